// form[data-filters]: a change submits it, without the fields that say nothing, so that the address stays short.
export function filters() {
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
