// A session's page: read, move, select, tag. What the server drew is complete without this; only selecting
// words needs a script.
import { toast } from "./behaviours/toasts.js";
import { anchorOf, rangeOver } from "./session/anchors.js";
import { bounds } from "./session/bounds.js";
import { correcting } from "./session/correcting.js";
import { moving } from "./session/moving.js";
import { palette } from "./session/palette.js";

const transcript = document.querySelector("#transcript");
const moment = document.querySelector("#moment");
const floating = document.querySelector("#float-mark");
const repeat = document.querySelector("[data-repeat]");
const LAST = "research:last-tags";

const lastTags = () => JSON.parse(sessionStorage.getItem(LAST) ?? "[]");
const aloud = (words) => { document.querySelector("#said-aloud").textContent = words; };
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const pending = (range) => {
  if (!window.Highlight) return;
  range ? CSS.highlights.set("pending", new Highlight(range)) : CSS.highlights.delete("pending");
};

if (transcript) start();
elsewhere();

// A link to a cue that is in another text of the session leads on to that.
function elsewhere() {
  const moments = document.querySelector("[data-moments]")?.dataset.moments;
  if (!moments || !/^#c\d+$/.test(location.hash) || document.querySelector(location.hash)) return;
  fetch(moments.replace("/0/", `/${location.hash.slice(2)}/`)).then((answer) => {
    if (answer.ok) location.replace(`${answer.url.split("#")[0]}${location.hash}`);
  });
}

function start() {
  const move = moving(transcript);
  const tagger = transcript.dataset.create ? palette(transcript.dataset.paletteUrl) : null;
  const correct = tagger && correcting(transcript, move);
  const edges = bounds({ transcript, move, aloud, floating, editable: Boolean(tagger) });
  if (tagger) (window.requestIdleCallback ?? setTimeout)(() => tagger.load());

  // What there is to highlight: the selection, else the turn in focus.
  function wanted() {
    const selection = getSelection();
    if (selection.rangeCount && !selection.isCollapsed) {
      const range = selection.getRangeAt(0);
      const anchor = anchorOf(range, transcript);
      if (anchor) return { range, anchor };
    }
    const turn = move.current();
    if (!turn) return null;
    const range = rangeOver(turn, turn);
    return { range, anchor: anchorOf(range, transcript) };
  }

  function send(url, values, chosen) {
    const fields = {
      ...values,
      tag: chosen.filter((tag) => tag.slug).map((tag) => tag.slug),
      new_tag: chosen.filter((tag) => !tag.slug).map((tag) => tag.name),
    };
    if (chosen.length) sessionStorage.setItem(LAST, JSON.stringify(chosen));
    if (fields.new_tag.length) tagger.forget();
    floating.hidden = true;
    htmx.ajax("POST", url, { source: transcript, swap: "none", values: fields });
  }

  function mark() {
    const found = wanted();
    if (!found) return toast("Select some words first, or move to a turn with j and k.");
    pending(found.range);
    floating.hidden = true;
    tagger.open({
      title: "Tag this highlight",
      quote: found.anchor.quote,
      near: found.range.getBoundingClientRect(),
      then: (chosen) => send(transcript.dataset.create, found.anchor, chosen),
    });
  }

  function again() {
    const found = wanted();
    if (found) send(transcript.dataset.create, found.anchor, lastTags());
    else toast("Select some words first, or move to a turn with j and k.");
  }

  function open(pk) {
    htmx.ajax("GET", `${transcript.dataset.highlights}${pk}/`, { target: "#moment-body", swap: "innerHTML" }).then(() => {
      if (!moment.open) moment.showModal();
    });
  }

  function changeTags(button) {
    const quote = moment.querySelector(".quote")?.textContent ?? "";
    const before = button.dataset.tags.split(" ").filter(Boolean);
    moment.close();
    tagger.open({
      title: "Tags of this highlight",
      quote,
      tags: before,
      then: (chosen) => send(button.dataset.changeTags, { before }, chosen),
    });
  }

  function changeWords(button) {
    moment.close();
    edges.begin(button.dataset.moveMark);
    toast("Select the words it should have, or move its edges with Shift and the arrows; then press Enter. Esc leaves it.");
  }

  document.addEventListener("click", (event) => {
    const change = event.target.closest("[data-change-tags]");
    if (change) return changeTags(change);
    const opener = event.target.closest("[data-open-mark]");
    if (opener && !event.ctrlKey && !event.metaKey) { event.preventDefault(); return open(opener.dataset.openMark); }
    const other = event.target.closest("[data-move-mark]");
    if (other) return changeWords(other);
    const jump = event.target.closest("[data-jump]");
    if (jump && document.querySelector(jump.hash)) { event.preventDefault(); return light(jump.dataset.jump, jump.hash); }
    if (event.target.closest("[data-undo]")) event.target.closest(".toast-item").classList.add("used");
    const drawn = event.target.closest("mark[data-h]");
    if (drawn && getSelection().isCollapsed) open(drawn.dataset.h);
  });
  document.querySelector("[data-highlight]")?.addEventListener("click", mark);
  repeat?.addEventListener("click", again);
  floating.addEventListener("mousedown", (event) => event.preventDefault());
  floating.addEventListener("click", () => (edges.moving() ? edges.save() : mark()));

  // To the first words of a highlight, lit for a moment.
  function light(pk, hash) {
    history.replaceState(null, "", hash);
    const pieces = transcript.querySelectorAll(`mark[data-h="${pk}"]`);
    for (const piece of pieces) {
      piece.classList.remove("lit");
      requestAnimationFrame(() => piece.classList.add("lit"));
    }
    const turn = document.querySelector(hash);
    move.focus(turn);
    turn?.scrollIntoView({ block: "center" });
  }

  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || document.querySelector("dialog[open]")) {
      const acts = { t: "[data-change-tags]", w: "[data-move-mark]" };
      const act = moment.open && !typing(event.target) && acts[event.key] && moment.querySelector(acts[event.key]);
      if (!act) return;
      event.preventDefault(); // else the letter would be typed into the palette that opens
      act.click();
      return;
    }
    if (edges.key(event)) return event.preventDefault();
    if (["ArrowLeft", "ArrowRight"].includes(event.key) && !event.metaKey && move.caret(event)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      j: () => move.step(1),
      k: () => move.step(-1),
      J: () => move.stretch(1),
      K: () => move.stretch(-1),
      u: () => ([...document.querySelectorAll(".toast-item:not(.used) [data-undo]")].at(-1) ?? { click: () => toast("There is nothing to undo here.") }).click(),
      e: () => (correct && move.current() ? correct.open(move.current()) : toast("Move to a turn with j and k, then press e to correct it.")),
      Enter: () => {
        if (move.current() !== document.activeElement) return false;
        const drawn = edges.chosen() ?? move.current()?.querySelector("mark[data-h]")?.dataset.h;
        if (!drawn) return false;
        open(drawn);
      },
    };
    if (acts[event.key] && acts[event.key]() !== false) event.preventDefault();
  });

  // A finger or a mouse has selected words: the button comes to them.
  let wait;
  document.addEventListener("selectionchange", () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      const selection = getSelection();
      const inside = tagger && selection.rangeCount && !selection.isCollapsed && transcript.contains(selection.anchorNode);
      const open = document.querySelector("dialog[open]");
      floating.hidden = !inside || Boolean(open);
      if (!floating.hidden) placeFloating(selection.getRangeAt(0).getBoundingClientRect());
    }, 120);
  });

  function placeFloating(box) {
    const touch = matchMedia("(pointer: coarse)").matches;
    floating.classList.toggle("touch", touch);
    floating.style.top = touch ? "" : `${Math.max(60, box.top - 44) + scrollY}px`;
    floating.style.left = touch ? "" : `${Math.min(innerWidth - 140, Math.max(8, box.left + box.width / 2 - 56)) + scrollX}px`;
  }

  document.querySelector("#tagger")?.addEventListener("close", () => pending(null));

  // The last thing can be undone, for as long as nothing else was done.
  document.addEventListener("htmx:oobAfterSwap", () => {
    [...document.querySelectorAll(".toast-item:has([data-undo])")].slice(0, -1).forEach((item) => item.remove());
  });

  document.body.addEventListener("research:done", (event) => {
    const { say, focus } = event.detail;
    moment.close();
    getSelection().removeAllRanges();
    document.querySelectorAll(".toast-item.used").forEach((item) => item.remove());
    aloud(say);
    showRepeat();
    requestAnimationFrame(() => move.focus(document.querySelector(`#c${focus}`)));
  });

  function showRepeat() {
    const tags = lastTags();
    if (!repeat || !tags.length) return;
    repeat.hidden = false;
    repeat.title = tags.map((tag) => tag.name).join(", ");
  }

  showRepeat();
  if (location.hash.startsWith("#c")) move.focus(document.getElementById(location.hash.slice(1)));
}
