// form[data-draft="key"]: what is typed is kept on this machine until the form has been accepted.
const fields = (form) =>
  [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));

const read = (form) =>
  fields(form).map((field) => [field.name, ["checkbox", "radio"].includes(field.type) ? field.checked : field.value, field.value]);

export function drafts(root) {
  for (const form of root.querySelectorAll?.("form[data-draft]") ?? []) {
    const key = `draft:${form.dataset.draft}`;
    const fresh = JSON.stringify(read(form));
    const kept = sessionStorage.getItem(key);
    if (kept && kept !== fresh && !form.querySelector(".form-errors")) {
      for (const [name, state, value] of JSON.parse(kept)) {
        for (const field of fields(form).filter((one) => one.name === name)) {
          if (["checkbox", "radio"].includes(field.type)) { if (field.value === value) field.checked = state; }
          else field.value = state;
        }
      }
      form.querySelector("[data-draft-kept]")?.removeAttribute("hidden");
    }
    form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(read(form))));
    // Sent by htmx: what came back is a fresh form, which must not find the old words.
    form.addEventListener("htmx:beforeOnLoad", (event) => {
      if (event.detail.requestConfig?.elt === form && event.detail.xhr.status < 400) sessionStorage.removeItem(key);
    });
    form.addEventListener("submit", () => sessionStorage.setItem(`${key}:sent`, "1"));
    form.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
      sessionStorage.removeItem(key);
      location.reload();
    });
  }
  // A page without the form's errors after sending it means that it was accepted.
  for (const key of Object.keys(sessionStorage)) {
    if (!key.endsWith(":sent")) continue;
    const draft = key.slice(0, -5);
    if (!document.querySelector(`form[data-draft="${CSS.escape(draft.slice(6))}"]`)) sessionStorage.removeItem(draft);
    sessionStorage.removeItem(key);
  }
}
