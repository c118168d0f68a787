// Pairs of KPIs: walked with j and k, settled by the keys that stand on their buttons.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-walk] .walked")];

function step(by) {
  const all = rows();
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function act(key) {
  const row = document.activeElement?.closest?.("[data-walk] .walked") ?? rows()[0];
  const target = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  row.focus();
  target.click();
  row.querySelector("details[open] textarea")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const acts = { j: () => step(1), k: () => step(-1), 1: () => act("1"), 2: () => act("2"), d: () => act("d") };
  if (acts[event.key] && acts[event.key]() !== false) event.preventDefault();
});
