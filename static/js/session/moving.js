// Moving between turns and selecting inside them by keyboard.
import { rangeOver, saidOf } from "./anchors.js";

const turnOf = (node) => (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest(".cue");

export function moving(transcript) {
  const turns = () => transcript.children;
  let stop = transcript.querySelector(".cue:target") ?? turns()[0]; // where Tab enters
  if (stop) stop.tabIndex = 0;

  const current = () => document.activeElement?.closest?.(".cue") ?? null;

  // The first turn in view, for the first j on a page that was only scrolled.
  function inView() {
    const top = document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0;
    for (const turn of turns()) if (turn.getBoundingClientRect().bottom > top + 8) return turn;
    return turns()[0];
  }

  function focus(turn) {
    if (!turn) return;
    if (stop) stop.tabIndex = -1;
    stop = turn;
    turn.tabIndex = 0;
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const turn = current();
    if (!turn) return focus(inView());
    getSelection().removeAllRanges();
    focus(by > 0 ? turn.nextElementSibling : turn.previousElementSibling);
  }

  // Whole turns: the selection grows from where it began to the turn stepped on.
  function stretch(by) {
    const selection = getSelection();
    const turn = current() ?? inView();
    const began = selection.isCollapsed ? turn : turnOf(selection.anchorNode) ?? turn;
    const next = selection.isCollapsed ? turn : by > 0 ? turn.nextElementSibling : turn.previousElementSibling;
    if (!next) return;
    const forward = !(began.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_PRECEDING);
    const range = forward ? rangeOver(began, next) : rangeOver(next, began);
    focus(next);
    if (forward) selection.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    else selection.setBaseAndExtent(range.endContainer, range.endOffset, range.startContainer, range.startOffset);
  }

  // Letters and words: a caret in the turn, drawn by us since the page's text shows none.
  function caret(event) {
    const turn = current();
    if (!turn) return false;
    const selection = getSelection();
    if (turnOf(selection.focusNode) !== turn && selection.isCollapsed) selection.collapse(saidOf(turn), 0);
    const direction = event.key === "ArrowRight" ? "forward" : "backward";
    selection.modify(event.shiftKey ? "extend" : "move", direction, event.ctrlKey || event.altKey ? "word" : "character");
    drawCaret(selection, turn);
    return true;
  }

  function drawCaret(selection, turn) {
    if (!window.Highlight) return;
    CSS.highlights.delete("caret");
    if (!selection.isCollapsed || turnOf(selection.focusNode) !== turn || selection.focusNode.nodeType !== Node.TEXT_NODE) return;
    const range = document.createRange();
    const last = selection.focusNode.length;
    range.setStart(selection.focusNode, Math.min(selection.focusOffset, last));
    range.setEnd(selection.focusNode, Math.min(selection.focusOffset + 1, last));
    CSS.highlights.set("caret", new Highlight(range));
  }

  transcript.addEventListener("focusin", (event) => {
    const turn = event.target.closest(".cue");
    if (turn && turn !== stop) { stop.tabIndex = -1; stop = turn; stop.tabIndex = 0; }
  });
  transcript.addEventListener("focusout", () => window.Highlight && CSS.highlights.delete("caret"));

  return { current, focus, step, stretch, caret };
}
