// form[data-picks]: how many of its rows are chosen; the style sheet shows its bar while there are any.
export function picks() {
  const tell = (form) => {
    const number = form.querySelectorAll("input[type=checkbox]:checked").length;
    for (const place of form.querySelectorAll("[data-picks-count]")) place.textContent = number;
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-picks]");
    if (form) tell(form);
  });
  document.addEventListener("click", (event) => {
    const none = event.target.closest("[data-picks-none]");
    if (!none) return;
    const form = none.closest("form");
    for (const box of form.querySelectorAll("input[type=checkbox]:checked")) box.checked = false;
    tell(form);
  });
  for (const form of document.querySelectorAll("form[data-picks]")) tell(form);
}
