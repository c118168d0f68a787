// [data-combobox]: a text field whose suggestions the server sends (htmx); arrows, Enter, Escape and the
// pointer choose. The hidden field holds the chosen value and is emptied by typing on.
const parts = (combo) => ({
  hidden: combo.querySelector("input[type=hidden]"),
  input: combo.querySelector("[role=combobox]"),
  list: combo.querySelector("[role=listbox]"),
});

const show = (combo, open) => {
  const { input, list } = parts(combo);
  list.hidden = !open;
  input.setAttribute("aria-expanded", open);
  if (!open) mark(combo, null);
};

function mark(combo, option) {
  const { input, list } = parts(combo);
  for (const one of list.querySelectorAll("[role=option]")) one.setAttribute("aria-selected", one === option);
  if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  else input.removeAttribute("aria-activedescendant");
}

function choose(combo, option) {
  const { hidden, input } = parts(combo);
  hidden.value = option.dataset.value;
  input.value = option.dataset.text;
  show(combo, false);
  input.dispatchEvent(new Event("change", { bubbles: true }));
  gather(combo, option);
  combo.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { ...option.dataset } }));
}

// [data-combobox-many]: what is chosen joins the list of ticked things above, and the field is free again.
function gather(combo, option) {
  const many = combo.closest("[data-combobox-many]");
  if (!many) return;
  const chosen = many.querySelector("[data-chosen]");
  const { hidden, input } = parts(combo);
  const there = [...chosen.querySelectorAll("input")].find((box) => box.value === option.dataset.value);
  if (there) there.checked = true;
  else {
    const row = document.createElement("li");
    const label = row.appendChild(document.createElement("label"));
    label.className = "check";
    const box = label.appendChild(document.createElement("input"));
    Object.assign(box, { type: "checkbox", name: many.dataset.name, value: option.dataset.value, checked: true });
    label.append(" ", Object.assign(document.createElement("span"), { textContent: option.dataset.text }));
    chosen.append(row);
  }
  hidden.value = input.value = "";
}

export function comboboxes() {
  const comboOf = (event) => event.target.closest?.("[data-combobox]");
  document.addEventListener("input", (event) => {
    const combo = comboOf(event);
    if (combo) parts(combo).hidden.value = "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const combo = comboOf(event);
    if (combo && event.target.matches("[role=listbox]")) show(combo, document.activeElement === parts(combo).input);
  });
  document.addEventListener("keydown", (event) => {
    const combo = comboOf(event);
    if (!combo) return;
    const { list } = parts(combo);
    const options = [...list.querySelectorAll("[role=option]")];
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      const step = event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1;
      show(combo, true);
      mark(combo, options[(at + step + options.length) % options.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      choose(combo, options[at]);
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      show(combo, false);
      event.stopPropagation();
      event.preventDefault();
    }
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-combobox] [role=option]");
    if (option) { choose(option.closest("[data-combobox]"), option); event.preventDefault(); }
  });
  document.addEventListener("focusout", (event) => {
    const combo = comboOf(event);
    if (combo && !combo.contains(event.relatedTarget)) show(combo, false);
  });
}
