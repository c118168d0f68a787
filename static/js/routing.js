// Rules: put in order by dragging or by the arrow keys; on a rule's own page, what a closed condition says.
import Sortable from "sortablejs";

const SAVE_AFTER = 500; // milliseconds after the last key, so that a walk down the list is one change

const frame = document.querySelector("[data-rules]");
const list = () => frame?.querySelector("[data-arranging]");
const rules = () => [...(list()?.querySelectorAll("[data-panel]") ?? [])];
const say = (value) => document.body.dispatchEvent(new CustomEvent("announce", { bubbles: true, detail: { value } }));
const place = (rule) => `place ${rules().indexOf(rule) + 1} of ${rules().length}`;

let timer = 0;

// While it drags, Sortable writes styles on rows. A copy of an element with a style attribute is what our
// content security policy refuses, so copies are made without.
function unstyled(deep) {
  const style = this.getAttribute("style");
  this.removeAttribute("style");
  const copy = Element.prototype.cloneNode.call(this, deep);
  if (style) this.style.cssText = style;
  return copy;
}

function arrange() {
  const host = list();
  if (!host || host.sortable || !host.querySelector("[data-handle]")) return;
  for (const rule of rules()) rule.cloneNode = unstyled;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  host.sortable = new Sortable(host, {
    handle: "[data-handle]", draggable: "[data-panel]", animation: still ? 0 : 120, ghostClass: "moving",
    onEnd: ({ oldIndex, newIndex, item }) => {
      if (oldIndex === newIndex) return;
      say(`${item.dataset.name} is in ${place(item)}`);
      save(item.dataset.panel);
    },
  });
}

async function save(focused) {
  clearTimeout(timer);
  timer = 0;
  const order = rules().map((rule) => rule.dataset.panel).join(",");
  await window.htmx.ajax("POST", frame.dataset.arrangeUrl, { source: frame, target: frame, swap: "innerHTML", values: { order } });
  frame.querySelector(`[data-panel="${focused}"] [data-handle]`)?.focus();
}

function move(rule, key) {
  const all = rules();
  const at = all.indexOf(rule);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[key];
  if (to === undefined) return false;
  if (to < 0 || to >= all.length || to === at) { say(`${rule.dataset.name} is in ${place(rule)} already`); return true; }
  all[to][to < at ? "before" : "after"](rule);
  rule.querySelector("[data-handle]").focus();
  say(`${rule.dataset.name} is in ${place(rule)}`);
  clearTimeout(timer);
  timer = setTimeout(() => save(rule.dataset.panel), SAVE_AFTER);
  return true;
}

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-arranging] [data-handle]");
  if (handle && !event.ctrlKey && !event.metaKey && !event.altKey && move(handle.closest("[data-panel]"), event.key)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", () => { for (const rule of rules()) rule.removeAttribute("style"); });
// Another verb, or a link, waits for nothing: the order is kept first
document.addEventListener("htmx:beforeRequest", (event) => { if (timer && event.detail.elt !== frame && frame?.contains(event.detail.elt)) save(); });
document.addEventListener("htmx:afterSettle", arrange);
window.addEventListener("pagehide", () => {
  if (!timer || !list()) return;
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  fetch(frame.dataset.arrangeUrl, { method: "POST", keepalive: true, headers, body: new URLSearchParams({ order: rules().map((rule) => rule.dataset.panel).join(",") }) });
});
arrange();

// What is chosen inside a condition stands beside its name, also while it is closed
function said(condition) {
  const chosen = [...condition.querySelectorAll("input:checked")].map((box) => box.closest("label").textContent.trim());
  const typed = [...condition.querySelectorAll("input[type=text], textarea")].map((field) => field.value.trim()).filter(Boolean);
  const op = condition.querySelector("select");
  const not = op?.value === "not" && chosen.length ? "not " : "";
  condition.querySelector("[data-said]").textContent = not + [...chosen, ...typed].join(", ");
}
for (const condition of document.querySelectorAll("[data-rule-form] .asked")) {
  said(condition);
  condition.addEventListener("input", () => said(condition));
}
