// The triage inbox by keyboard: j and k move, Enter opens the page, x ticks; the verbs' own keys are
// data-key buttons. Also what fills a dialog's words, and the bar that appears when something is ticked.
const rows = () => [...document.querySelectorAll("[data-row] > a")];
const current = () => document.querySelector('[data-row] > a[aria-current="true"]');

function mark(pk) {
  for (const link of rows()) {
    if (link.parentElement.dataset.row === pk) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  current()?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  const next = all[Math.min(Math.max(all.indexOf(current()) + step, 0), all.length - 1)];
  if (!next || next === current()) return;
  mark(next.parentElement.dataset.row);
  next.click();
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.parentElement.querySelector("input:not([disabled])")?.click(),
  Enter: () => document.querySelector("[data-open-page]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  if (busy || event.defaultPrevented || !document.querySelector("[data-inbox]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  if (ACTS[event.key]) { ACTS[event.key](); event.preventDefault(); return; }
  // On a box the keys of the whole page are not heard, as one might be typing: the verbs' are handed on.
  if (event.target.matches("[data-bulk] input[name=pk]")) {
    const own = document.querySelector(`[data-inbox] [data-key="${CSS.escape(event.key)}"]`);
    if (own) { own.click(); event.preventDefault(); }
  }
});

function count() {
  const bar = document.querySelector("[data-bulk-bar]");
  if (!bar) return;
  const ticked = document.querySelectorAll("[data-bulk] input[name=pk]:checked").length;
  bar.hidden = !ticked;
  bar.querySelector("[data-bulk-count]").textContent = `${ticked} ticked`;
  // While something is ticked, the verbs' keys mean what is ticked: the bar stands before the open request.
  for (const button of bar.querySelectorAll("[data-key-ticked]")) {
    if (ticked) button.dataset.key = button.dataset.keyTicked;
    else delete button.dataset.key;
  }
}
document.addEventListener("change", (event) => { if (event.target.closest("[data-bulk]")) count(); });

// Whoever has a request open and is there stays on it: others see so, and that they left ten minutes later.
const EVERY = 60_000, THERE = 5 * 60_000;
let active = Date.now();
for (const name of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove"])
  document.addEventListener(name, () => { active = Date.now(); }, { passive: true });
function keep() {
  const open = document.querySelector("[data-keep]");
  if (!open || document.hidden || Date.now() - active > THERE) return;
  window.htmx.ajax("POST", open.dataset.keep, { source: open, target: open, swap: "outerHTML" }).catch(() => {});
}
setInterval(keep, EVERY);
document.addEventListener("visibilitychange", () => { active = Date.now(); keep(); });

// The side bar's number of what waits follows each decision.
function recount(waiting) {
  const number = document.querySelector(".side a[aria-current] .count");
  if (!number || waiting === undefined) return;
  if (waiting === "0") number.remove();
  else number.lastChild.textContent = waiting;
}

document.addEventListener("htmx:afterSwap", (event) => {
  const item = event.target.id === "triage-detail" && event.target.querySelector("[data-item]");
  if (item) {
    mark(item.dataset.item);
    event.target.closest("[data-inbox]").classList.add("opened");
  }
  if (event.target.id === "inbox") recount(event.target.querySelector("[data-waiting]")?.dataset.waiting);
  if (item || event.target.id === "inbox") event.target.querySelector(".inbox-title")?.focus({ preventScroll: true });
});

// A beginning is put in place of nothing or of another beginning, never of what the person wrote.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fills]");
  if (!chip) return;
  const field = document.querySelector(chip.dataset.fills);
  const beginnings = [...chip.closest(".chips").querySelectorAll("[data-words]")].map((one) => one.dataset.words);
  if (!field.value.trim() || beginnings.includes(field.value)) field.value = chip.dataset.words;
  else field.value = `${field.value.trimEnd()} ${chip.dataset.words}`;
  field.dispatchEvent(new Event("input", { bubbles: true })); // so that it is looked through
  if (chip.type === "radio") return; // arrow keys go on through the reasons
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
});
