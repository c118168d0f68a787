// The pages about tags: rows are walked with j and k; x chooses a tag, digits give a highlight its tag.
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const boxes = () => [...document.querySelectorAll("[data-taxonomy] input[name=tag]")];
const rows = () => [...document.querySelectorAll("[data-split] .said-row, [data-walk] .walked")];

function step(by) {
  const all = rows().length ? rows() : boxes();
  const at = all.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function give(digit) {
  const row = document.activeElement?.closest?.("[data-split] .said-row");
  const radio = row?.querySelectorAll("input[type=radio]")[Number(digit)];
  if (!radio) return false;
  radio.checked = true;
  step(1);
}

// On a box the keys of the whole page are not heard, as one might be typing: the bar's own are handed on.
function doWithChosen(key) {
  if (!document.activeElement?.matches?.("[data-taxonomy] input")) return act(key);
  document.querySelector(`[data-taxonomy] [data-key="${key}"]`)?.click();
}

// A row's own keys: what of it is marked so is clicked.
function act(key) {
  const row = document.activeElement?.closest?.("[data-walk] .walked") ?? rows()[0];
  const target = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  row.focus();
  target.click();
}

// A row that was decided gives way to the next.
let next = null;
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.("[data-walk] .walked");
  const all = rows();
  next = row ? all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1] : null;
});
document.body.addEventListener("htmx:afterSettle", () => {
  if (next?.isConnected) next.focus();
  else if (next) rows()[0]?.focus();
  next = null;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    s: () => (rows().length ? step(1) : false),
    ...Object.fromEntries(["m", "v", "e"].map((key) => [key, () => doWithChosen(key)])),
    x: () => document.activeElement?.matches?.("input[name=tag]") ? document.activeElement.click() : false,
  };
  const doing = /^\d$/.test(event.key) ? () => give(event.key) : acts[event.key] ?? (() => act(event.key));
  if (doing() !== false) event.preventDefault();
});
