// The command palette: "/" or Ctrl/⌘-K or the search button opens it; arrows choose, Enter goes, Escape closes.
// Without this the button is a link to the search page. Pages visited are remembered on this machine only.
const KEPT = 6;

export function palette() {
  const dialog = document.querySelector("#palette");
  if (!dialog) return;
  const input = dialog.querySelector("input[name=q]");
  const list = dialog.querySelector("#palette-options");
  const key = `recent:${dialog.dataset.recent}`;
  let chosen = -1;

  const read = () => { try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; } };
  const options = () => [...list.querySelectorAll("[role=option]")];

  const remember = () => {
    const title = document.title.replace(/ · Prodops$/, "");
    const here = { url: location.pathname, title };
    if (here.url === "/" || here.url.startsWith("/search/") || !document.querySelector("#side")) return;
    localStorage.setItem(key, JSON.stringify([here, ...read().filter((one) => one.url !== here.url)].slice(0, KEPT + 1)));
  };

  const choose = (at) => {
    const all = options();
    chosen = all.length ? (at + all.length) % all.length : -1;
    all.forEach((option, n) => {
      option.id = `palette-option-${n}`;
      option.setAttribute("aria-selected", n === chosen);
    });
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };

  const offerRecent = () => {
    const recent = read().filter((one) => one.url !== location.pathname).slice(0, KEPT);
    if (input.value.trim() || !recent.length) return;
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", "palette-recent");
    const label = document.createElement("span");
    Object.assign(label, { className: "label", id: "palette-recent", textContent: "Recent" });
    group.append(label);
    for (const one of recent) {
      const option = document.createElement("a");
      option.setAttribute("role", "option");
      Object.assign(option, { href: one.url, tabIndex: -1 });
      const words = document.createElement("span");
      Object.assign(words, { className: "grow", textContent: one.title });
      option.append(words);
      group.append(option);
    }
    list.prepend(group);
  };

  const open = () => {
    if (dialog.open) return;
    input.value = "";
    dialog.showModal();
    input.focus();
    window.htmx.trigger(input, "palette:fill");
  };

  remember();
  document.addEventListener("palette:open", open);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  list.addEventListener("htmx:afterSwap", () => { offerRecent(); choose(0); list.scrollTop = 0; });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && options()[chosen]) {
      const link = options()[chosen];
      if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
      else location.href = link.href;
      dialog.close();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("click", () => dialog.close());
}
