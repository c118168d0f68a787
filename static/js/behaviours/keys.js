// Keys: / and Ctrl/⌘-K search, c create, g then a letter goes places, ? shows the keys of this page.
// A page's own: [data-key="t"] is clicked, or focused if it is a field.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

export function keys() {
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      document.dispatchEvent(new CustomEvent("palette:open"));
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { link.click(); event.preventDefault(); }
      return;
    }
    const acts = {
      "/": () => document.dispatchEvent(new CustomEvent("palette:open")),
      "?": () => document.querySelector("#keys")?.showModal(),
      c: () => { const menu = document.querySelector("[data-create]"); if (menu) { menu.open = true; menu.querySelector(".menu-list a")?.focus(); } },
      g: () => { going = Date.now(); },
    };
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
    if (own) { own.matches("input, textarea, select") ? own.focus() : own.click(); event.preventDefault(); }
    else if (acts[event.key]) { acts[event.key](); event.preventDefault(); }
  });
}
