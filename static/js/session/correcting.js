// Correcting a turn in place. What is typed and not saved is kept until it is.
import { points } from "./anchors.js";

export function correcting(transcript, move) {
  const kept = new Map(); // turn's id → words typed, and those they correct
  const formOf = (turn) => turn?.querySelector(".turn-edit");

  function open(turn) {
    const link = turn?.querySelector(".fix");
    if (!link) return false;
    if (formOf(turn)) return focus(turn);
    htmx.ajax("GET", link.getAttribute("href"), { target: turn, swap: "beforeend" }).then(() => {
      if (!formOf(turn)) return;
      turn.classList.add("editing");
      if (kept.has(turn.id)) {
        // with what they corrected: should somebody have changed that since, the server says so
        const { text, seen } = formOf(turn).elements;
        [text.value, seen.value] = kept.get(turn.id);
      }
      focus(turn);
    });
  }

  function focus(turn) {
    const text = formOf(turn).elements.text;
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  // Where the turn will stand that somebody else made while this page was open.
  function placeOf(pk, before) {
    const there = document.getElementById(`c${pk}`);
    if (there) return there;
    before.insertAdjacentHTML("afterend", "<li hidden></li>");
    before.nextElementSibling.id = `c${pk}`;
    return before.nextElementSibling;
  }

  function leave(form) {
    const turn = form.closest(".cue");
    const { text, seen } = form.elements;
    if (form.querySelector("[name=also]")) kept.delete(turn.id);
    else if (text.value !== seen.value) kept.set(turn.id, [text.value, seen.value]);
    else kept.delete(turn.id);
    form.remove();
    turn.classList.remove("editing");
    move.focus(turn);
  }

  transcript.addEventListener("click", (event) => {
    const link = event.target.closest(".fix");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link.closest(".cue"));
    }
    const away = event.target.closest("[data-leave]");
    if (away) leave(away.closest(".turn-edit"));
  });
  // Before htmx sends it: the place of the caret, counted as the server counts.
  transcript.addEventListener("click", (event) => {
    const form = event.target.closest("[data-split]")?.closest(".turn-edit");
    if (form) form.elements.offset.value = points(form.elements.text.value.slice(0, form.elements.text.selectionStart));
  }, true);
  transcript.addEventListener("keydown", (event) => {
    const form = event.target.closest(".turn-edit");
    if (!form) return;
    if (event.key === "Escape") leave(form);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (event.shiftKey) form.querySelector("[data-split]")?.click();
      else form.requestSubmit();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // Both texts, or why not: the form comes back in its place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (xhr.status !== 409 || !target.matches(".turn-edit")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.detail.target.matches?.(".turn-edit") && transcript.querySelector(".turn-edit [role=alert]")?.closest(".turn-edit");
    if (!form) return;
    let before = form.closest(".cue");
    for (const { value } of form.querySelectorAll("[name=also]")) before = placeOf(value, before);
    form.elements.text.focus();
  });
  document.body.addEventListener("research:done", (event) => kept.delete(`c${event.detail.focus}`));

  return { open };
}
