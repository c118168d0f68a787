// The incident list by keyboard: j and k move, Enter opens, x ticks; the verbs' own keys are data-key buttons.
// A verb with nothing ticked is meant for the incident in focus.
const rows = () => [...document.querySelectorAll("[data-incidents] [data-row]")];
const current = () => document.activeElement?.closest("[data-row]") ?? null;
const box = (row) => row?.querySelector("input[name=pk]:not([disabled])");
const ticked = () => document.querySelectorAll("[data-incidents] input[name=pk]:checked");
let at = 0; // where the focus was, for when a swap takes it away

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(current());
  at = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[at].querySelector("a").focus();
  all[at].scrollIntoView({ block: "nearest" });
}

const ACTS = { j: () => move(1), k: () => move(-1), x: () => box(current())?.click() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (ACTS[event.key]) { ACTS[event.key](); event.preventDefault(); }
});

// Before a verb goes: with nothing ticked it takes the row in focus.
document.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-bulk-bar] button");
  if (!verb || ticked().length) return;
  const one = box(rows()[at] === current() ? current() : current() ?? rows()[at]);
  if (one) { one.checked = true; count(); }
}, true);

function count() {
  const words = document.querySelector("[data-bulk-count]");
  if (words && ticked().length) words.textContent = `${ticked().length} ticked`;
}
document.addEventListener("change", (event) => { if (event.target.closest("[data-incidents]")) count(); });
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "rows" && !event.target.contains(document.activeElement)) rows()[Math.min(at, rows().length - 1)]?.querySelector("a").focus({ preventScroll: true });
});
