// A field of a form: of the answers that a condition may name, those of the chosen field.
const when = document.querySelector("#id_when");
const boxes = [...document.querySelectorAll("[name=when_is]")];

function narrow() {
  const groups = new Map();
  for (const box of boxes) {
    const group = box.closest("label")?.parentElement?.parentElement;
    const fits = box.value.startsWith(`${when.value}|`);
    if (!fits) box.checked = false;
    if (group) groups.set(group, (groups.get(group) ?? false) || fits);
  }
  for (const [group, shown] of groups) group.hidden = !shown;
  const field = boxes[0]?.closest("fieldset");
  if (field) field.hidden = ![...groups.values()].some(Boolean);
}
if (when && boxes.length) {
  narrow();
  when.addEventListener("change", narrow);
}
