// The check-in page by keyboard. Ctrl+Enter (⌘ on a Mac) saves all from anywhere in the form; a figure
// typed where nothing else takes it (a milestone's box, a button) sets that row's confidence and goes on.
const form = document.querySelector("[data-check-in]");
const TAKES_FIGURES = "input:not([type=checkbox]), textarea, select";

form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(document.querySelector(`button[form="${form.id}"]`) ?? undefined);
    return;
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!plain || !/^[0-9]$/.test(event.key) || event.target.matches(TAKES_FIGURES)) return;
  const confidence = event.target.closest("fieldset")?.querySelector("[data-confidence]");
  if (!confidence) return;
  event.preventDefault();
  confidence.value = event.key;
  confidence.focus();
});
