// Going from highlight to highlight, and giving one other words: by keys at its edges, or by selecting anew.
import { toast } from "../behaviours/toasts.js";
import { anchorOf } from "./anchors.js";

export function bounds({ transcript, move, aloud, floating, editable }) {
  let chosen = null; // the highlight gone to
  let moving = null; // the one that is given other words
  const label = floating.querySelector("[data-label]");
  const words = label?.textContent;

  const pieces = (pk) => [...transcript.querySelectorAll(`mark[data-h="${pk}"]`)];
  const all = () => [...new Set([...transcript.querySelectorAll("mark[data-says]")].map((mark) => mark.dataset.h))];

  function choose(pk) {
    for (const mark of transcript.querySelectorAll("mark.on")) mark.classList.remove("on");
    chosen = pk;
    for (const mark of pieces(pk)) mark.classList.add("on");
  }

  function step(by) {
    const marks = all();
    if (!marks.length) return toast("Nothing is highlighted here yet.");
    let at = marks.indexOf(chosen) + by;
    if (!marks.includes(chosen)) {
      const turn = move.current();
      const later = turn && marks.findIndex((pk) => turn.compareDocumentPosition(pieces(pk)[0]) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY));
      at = by > 0 ? Math.max(0, later ?? 0) : (later > 0 ? later : marks.length) - 1;
    }
    const pk = marks[(at + marks.length) % marks.length];
    const own = pieces(pk);
    move.focus(own[0].closest(".cue"));
    choose(pk);
    own[0].scrollIntoView({ block: "nearest" });
    aloud(`${own[0].dataset.says}: ${own.map((piece) => piece.textContent).join("")}. ${marks.indexOf(pk) + 1} of ${marks.length}`);
  }

  function textEnds(pk) {
    const own = pieces(pk);
    const first = document.createTreeWalker(own[0], NodeFilter.SHOW_TEXT).nextNode();
    const walker = document.createTreeWalker(own.at(-1), NodeFilter.SHOW_TEXT);
    let last = walker.nextNode();
    for (let node = last; node; node = walker.nextNode()) last = node;
    return [first, 0, last, last.length];
  }

  // Its words become the selection, which keys and fingers change; Enter or the button saves.
  function begin(pk, { select = true } = {}) {
    moving = pk;
    if (label) label.textContent = "Change to selection";
    if (select && pieces(pk).length) {
      choose(pk);
      move.focus(pieces(pk)[0].closest(".cue"));
      getSelection().setBaseAndExtent(...textEnds(pk));
    }
  }

  function stop() {
    moving = null;
    if (label) label.textContent = words;
    getSelection().removeAllRanges();
  }

  function save() {
    const selection = getSelection();
    const anchor = selection.rangeCount && !selection.isCollapsed && anchorOf(selection.getRangeAt(0), transcript);
    if (!anchor) return toast("Select the words that the highlight should have.");
    htmx.ajax("POST", `${transcript.dataset.highlights}${moving}/move/`, { source: transcript, swap: "none", values: anchor });
  }

  function shift(event) {
    if (!moving) begin(chosen);
    const selection = getSelection();
    if (selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const edges = [range.startContainer, range.startOffset, range.endContainer, range.endOffset];
    if (event.altKey) selection.setBaseAndExtent(edges[2], edges[3], edges[0], edges[1]);
    else selection.setBaseAndExtent(...edges);
    selection.modify("extend", event.key === "ArrowRight" ? "forward" : "backward", event.ctrlKey ? "word" : "character");
    aloud(selection.toString());
  }

  // True if the key was for us.
  function key(event) {
    const arrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const here = chosen && move.current()?.contains(pieces(chosen)[0]);
    if (editable && arrow && event.shiftKey && (moving || here)) shift(event);
    else if (moving && event.key === "Enter") save();
    else if (moving && event.key === "Escape") stop();
    else if (event.key === "h" && !event.ctrlKey && !event.metaKey) step(1);
    else if (event.key === "H") step(-1);
    else return false;
    return true;
  }

  transcript.addEventListener("focusin", (event) => {
    if (chosen && !moving && !event.target.closest(".cue")?.contains(pieces(chosen)[0])) choose(null);
  });
  document.body.addEventListener("research:done", () => { if (moving) { moving = null; if (label) label.textContent = words; } });

  const wanted = new URLSearchParams(location.search).get("place");
  if (editable && /^\d+$/.test(wanted ?? "")) {
    begin(wanted, { select: false });
    toast("Select the words that this highlight should have, then press Enter or Change to selection. Esc leaves it as it is.");
  }

  return { key, begin, save, moving: () => moving, chosen: () => chosen };
}
