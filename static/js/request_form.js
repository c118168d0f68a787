// The request form: the currency follows the chosen account until the person picks another.
const currency = document.querySelector("#id_currency");
let touched = false;
currency?.addEventListener("change", (event) => { if (event.isTrusted) touched = true; });
document.addEventListener("combobox:chosen", (event) => {
  const offered = [...(currency?.options ?? [])].some((option) => option.value === event.detail.currency);
  if (currency && !touched) currency.value = offered ? event.detail.currency : "";
});

// Fields that are asked only after a certain answer to another. Without this script all are shown, with
// the condition in words; the server heeds it either way.
const form = document.querySelector("#request-form, [data-own-fields]");
const answers = (name) =>
  [...(form?.elements ?? [])]
    .filter((field) => [name, `${name}_text`, `${name}_amount`].includes(field.name))
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => field.value.trim())
    .filter(Boolean);

function ask() {
  const hidden = new Set();
  for (const box of document.querySelectorAll("[data-when]")) {
    const wanted = JSON.parse(box.dataset.whenIs);
    const given = answers(box.dataset.when);
    const met = !hidden.has(box.dataset.when) && (wanted.length ? given.some((one) => wanted.includes(one)) : given.length > 0);
    box.hidden = !met;
    if (!met) for (const field of box.querySelectorAll("[name]")) hidden.add(field.name);
    const words = box.querySelector("[data-when-words]");
    if (words) words.hidden = true;
  }
}
if (document.querySelector("[data-when]")) {
  ask();
  for (const name of ["input", "change"]) form.addEventListener(name, ask);
}

// What was typed in the last second is saved as one leaves, unless by sending it.
let leaving = false;
let changed = false;
form?.addEventListener("input", () => { changed = true; });
form?.addEventListener("submit", () => { leaving = true; });
document.addEventListener("htmx:afterRequest", (event) => { if (event.target.id === "draft-state" && event.detail.successful) changed = false; });
window.addEventListener("pagehide", () => {
  if (leaving || !changed || !form?.dataset.beacon) return;
  const data = new FormData(form);
  data.delete("evidence_files");
  navigator.sendBeacon(form.dataset.beacon, data);
});
