// form[data-filters]: a change submits it, without the fields that say nothing, so that the address stays short.
const NARROW = matchMedia("(max-width: 760px)");

// On a phone, and in a narrow column ([data-fold]), the fields stand behind a button that says how many of them
// are in force. Whoever opened them has them open when the list comes anew.
const opened = new Set();

export function collapsed(root) {
  for (const toggle of root.querySelectorAll("[data-filter-toggle][hidden]")) {
    const form = toggle.closest("form");
    toggle.hidden = false;
    form.classList.add("folded");
    const open = opened.has(form.getAttribute("action"));
    form.dataset.folded = (NARROW.matches || form.closest("[data-fold]")) && !open ? "yes" : "no";
    toggle.setAttribute("aria-expanded", String(form.dataset.folded === "no"));
    count(form);
  }
}

function count(form) {
  const fields = [...form.querySelectorAll(".filter-fields :is(select, input)")];
  const number = fields.filter((field) => (field.type === "checkbox" ? field.checked : field.value)).length;
  form.querySelector("[data-filter-count]").textContent = number ? `(${number})` : "";
}

export function filters() {
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-filter-toggle]");
    if (!toggle) return;
    const form = toggle.closest("form");
    const open = form.dataset.folded === "yes";
    form.dataset.folded = open ? "no" : "yes";
    opened[open ? "add" : "delete"](form.getAttribute("action"));
    toggle.setAttribute("aria-expanded", String(open));
    if (open) form.querySelector(".filter-fields :is(select, input)")?.focus();
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.folded");
    if (form) count(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
  });
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest("form[data-filters]")) return;
    for (const [name, value] of [...event.detail.formData]) if (value === "") event.detail.formData.delete(name);
  });
  // Saved views are of what the list shows now, which htmx may have changed since the page came.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches(".saved-views")) event.detail.parameters.query = location.search.slice(1);
    if (event.target.matches("[data-save-view]") && event.target.closest(".saved-views"))
      event.detail.parameters.query = location.search.slice(1);
  });
}
