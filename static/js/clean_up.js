// The clean-up by keyboard: j and k walk the rows, x ticks one; the bar's own keys decide on what is ticked.
const boxes = () => [...document.querySelectorAll("[data-rows-row] input[type=checkbox]")];

function step(by) {
  const all = boxes();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const ACTS = { j: () => step(1), k: () => step(-1), x: () => boxes().includes(document.activeElement) && document.activeElement.click() };

document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
  if (busy || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (ACTS[event.key]) { ACTS[event.key](); event.preventDefault(); return; }
  // On a box the keys of the whole page are not heard, as one might be typing: they are handed on.
  if (event.target.matches("[data-rows] input")) {
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
    if (own) { own.matches("select") ? own.focus() : own.click(); event.preventDefault(); }
  }
});
