// Deciding on spans by keyboard: j and k move, y removes, n keeps, u takes the last decision back.
const spans = () => [...document.querySelectorAll("[data-span]")];
const current = () => document.querySelector('[data-span][aria-current="true"]');
const open = (span) => !span.dataset.choice;

function mark(span) {
  for (const one of spans()) one.removeAttribute("aria-current");
  if (!span) return;
  span.setAttribute("aria-current", "true");
  span.focus({ preventScroll: true });
  span.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = spans();
  mark(all[Math.min(Math.max(all.indexOf(current()) + step, 0), all.length - 1)]);
}

const press = (span, verb) => span?.querySelector(`[data-verb="${verb}"]`)?.click();
const decided = []; // keys of spans, the last one last
let place = 0; // of the span that was decided on, among those shown

function decide(verb) {
  const span = current() || spans().find(open);
  if (!span || !open(span)) return;
  press(span, verb);
}

function undo() {
  const key = decided.pop();
  const shown = key && document.querySelector(`[data-span="${CSS.escape(key)}"]`);
  if (shown && !open(shown)) { mark(shown); press(shown, "undo"); return; }
  if (!key) return;
  // one that was kept is no longer shown: the form of any other span takes it back
  const form = document.querySelector("[data-redaction] form[hx-post$='choose/']");
  window.htmx.ajax("POST", form.getAttribute("hx-post"), {
    target: "#work",
    values: { ...Object.fromEntries(new FormData(form)), span: key, kind: "", choice: "" },
  });
}

const ACTS = { j: () => move(1), k: () => move(-1), y: () => decide("remove"), n: () => decide("keep"), u: undo };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select") || !ACTS[event.key]) return;
  ACTS[event.key]();
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-verb]")?.dataset.verb;
  const span = event.target.closest("[data-span]");
  if (!verb || !span) return;
  place = spans().indexOf(span);
  if (verb !== "undo") decided.push(span.dataset.span);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "work") return;
  const all = spans();
  mark(all.slice(place).find(open) || all.find(open) || all[Math.min(place, all.length - 1)]);
});
if (spans().length) mark(spans().find(open) || spans()[0]);
