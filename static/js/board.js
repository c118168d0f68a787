// A board: dragged or moved by the arrow keys while it is arranged; its wall asks again by itself.
import Sortable from "sortablejs";

const frame = document.querySelector("[data-board]");
const SAVE_AFTER = 500; // milliseconds after the last key, so that a walk across the board is one change

const grid = () => frame?.querySelector("[data-arranging]");
const tiles = () => [...(grid()?.querySelectorAll("[data-panel]") ?? [])];
const say = (value) => document.body.dispatchEvent(new CustomEvent("announce", { bubbles: true, detail: { value } }));

let timer = 0;
let saving = null; // the promise of what is being sent
let again = false;

function arrange() {
  const host = grid();
  if (!host || host.sortable) return;
  for (const tile of tiles()) tile.cloneNode = unstyled;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  host.sortable = new Sortable(host, {
    handle: "[data-handle]", draggable: "[data-panel]", animation: still ? 0 : 120, ghostClass: "moving",
    onEnd: ({ oldIndex, newIndex, item }) => {
      if (oldIndex === newIndex) return;
      renumber();
      say(words(item));
      save();
    },
  });
}

// While it drags, Sortable writes styles on tiles. A copy of an element with a style attribute is what our
// content security policy refuses, so copies are made without; and what is left over goes before a swap.
function unstyled(deep) {
  const style = this.getAttribute("style");
  this.removeAttribute("style");
  const copy = Element.prototype.cloneNode.call(this, deep);
  if (style) this.style.cssText = style;
  return copy;
}
document.addEventListener("htmx:beforeSwap", () => { for (const tile of tiles()) tile.removeAttribute("style"); });

const words = (tile) => `${tile.dataset.name} is in place ${tiles().indexOf(tile) + 1} of ${tiles().length}`;

function renumber() {
  for (const tile of tiles()) tile.querySelector("[data-handle]").setAttribute("aria-label", `Move ${words(tile).replace(" is in", ":")}. The arrow keys move it`);
}

// What was said last becomes true: one request at a time, the newest order last.
async function save() {
  clearTimeout(timer);
  timer = 0;
  again = true;
  saving ??= (async () => {
    while (again && grid()) {
      again = false;
      await window.htmx.ajax("POST", frame.dataset.arrangeUrl, { source: frame, target: frame, swap: "innerHTML", values: sent() }).catch(() => {});
    }
  })().finally(() => { saving = null; });
  await saving;
}

const sent = () => ({ order: tiles().map((tile) => tile.dataset.panel).join(","), version: grid().dataset.versionNow });

// Another verb waits until the order is kept, and then speaks of the board as it is.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt === frame || !frame?.contains(elt) || !(timer || saving)) return;
  event.preventDefault();
  (timer ? save() : saving).then(() => { if (elt.isConnected) elt.matches("form") ? elt.requestSubmit() : elt.click(); });
});

// So does a link, whose page is to show the new order.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !(timer || saving) || !grid() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (timer ? save() : saving).then(() => link.click());
});

// Whoever closes the page right after a move has it kept all the same.
window.addEventListener("pagehide", () => {
  if (!timer || !grid()) return;
  clearTimeout(timer);
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  fetch(frame.dataset.arrangeUrl, { method: "POST", keepalive: true, headers, body: new URLSearchParams(sent()) });
});

function move(tile, key) {
  const all = tiles();
  const at = all.indexOf(tile);
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[key];
  if (to === undefined) return false;
  if (to < 0 || to >= all.length || to === at) { say(`${words(tile)} already`); return true; }
  all[to][to < at ? "before" : "after"](tile);
  tile.querySelector("[data-handle]").focus();
  renumber();
  say(words(tile));
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER);
  return true;
}

document.addEventListener("keydown", (event) => {
  const meaning = event.key === "Escape" && document.querySelector(".tile-title:is(:hover, :focus-within) + .tile-meaning");
  if (meaning) {
    meaning.classList.add("dismissed");
    meaning.previousElementSibling.addEventListener("focusout", () => meaning.classList.remove("dismissed"), { once: true });
    meaning.previousElementSibling.addEventListener("mouseleave", () => meaning.classList.remove("dismissed"), { once: true });
  }
  const handle = event.target.closest?.("[data-arranging] [data-handle]");
  if (handle && !event.ctrlKey && !event.metaKey && !event.altKey && move(handle.closest("[data-panel]"), event.key)) event.preventDefault();
});

// The order is kept: the next change starts from here, and can be taken back.
document.addEventListener("arranged", (event) => {
  const { version } = event.detail;
  if (!grid()) return;
  grid().dataset.versionNow = version;
  for (const field of frame.querySelectorAll("[data-version]")) field.value = version;
  frame.querySelector("[data-undo]")?.removeAttribute("disabled");
});

// Somebody else was quicker: what they made is shown in place of ours, and said.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 409 || !frame?.contains(event.detail.target)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("refused", (event) => {
  again = false;
  clearTimeout(timer);
  const item = document.createElement("div");
  item.className = "toast-item warning";
  item.textContent = event.detail.value;
  document.querySelector(".toasts")?.append(item);
});

// After a verb of a panel's menu the focus goes back to the panel.
let left = "";
document.addEventListener("htmx:beforeRequest", (event) => { left = event.target.closest?.("[data-panel]")?.dataset.panel ?? left; });
document.addEventListener("htmx:afterSettle", () => {
  arrange();
  if (!left || !grid()) return;
  (document.querySelector(`[data-panel="${left}"] [data-handle]`) ?? tiles()[0]?.querySelector("[data-handle]"))?.focus();
  left = "";
});
arrange();

// On a wall: new numbers every minute while somebody can see them, and at once when somebody can again.
const EVERY = 60_000;
const wall = document.querySelector("[data-wall]");
if (wall) {
  const said = document.querySelector("[data-wall-said]");
  const time = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const pause = document.querySelector("[data-wall-pause]");
  const paused = () => pause.getAttribute("aria-pressed") === "true";
  let asked = Date.now();
  const refresh = () => {
    if (document.hidden || paused()) return;
    asked = Date.now();
    window.htmx.trigger(wall, "refresh");
  };
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", () => { if (Date.now() - asked >= EVERY) refresh(); });
  pause.addEventListener("click", () => {
    pause.setAttribute("aria-pressed", String(!paused()));
    if (paused()) said.textContent = `Paused at ${time()}`;
    else refresh();
  });
  // an answer that was on its way when somebody paused is shown, and the pause still said
  wall.addEventListener("htmx:afterSwap", () => { said.textContent = `${paused() ? "Paused at" : "As of"} ${time()}`; });
  // A session that has ended answers with the sign-in page, which is no board.
  wall.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.responseURL?.includes("/accounts/login/")) return;
    event.detail.shouldSwap = false;
    said.textContent = "This screen has been signed out. Leave, sign in, and come back.";
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    wall.addEventListener(name, () => { said.textContent = `Prodops did not answer at ${time()}: these numbers are older. It is tried again each minute.`; });
  document.querySelector("[data-wall-full]").addEventListener("click", () => document.documentElement.requestFullscreen?.());
}
