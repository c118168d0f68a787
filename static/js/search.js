// The search page: j and k go through the results, and what narrows them stands open where there is room.
const rows = () => [...document.querySelectorAll("#results [data-hit]")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = event.key === "j" ? Math.min(at + 1, all.length - 1) : Math.max(at - 1, 0);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
  event.preventDefault();
});

const wide = matchMedia("(min-width: 861px)");
const open = () => document.querySelectorAll("[data-wide-open]").forEach((one) => { one.open = wide.matches; });
wide.addEventListener("change", open);
document.addEventListener("htmx:afterSettle", open);
open();
