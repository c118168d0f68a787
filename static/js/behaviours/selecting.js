// [data-selects]: a number in it is selected when the focus comes to it, so that typing replaces it.
const select = (field) => {
  if (field?.matches?.("[data-selects] input[type=number]")) field.select();
};

export function selecting() {
  document.addEventListener("focusin", (event) => select(event.target));
  select(document.activeElement); // it had the focus before this ran
}
