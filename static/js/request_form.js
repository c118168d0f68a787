// The request form: the currency follows the chosen account until the person picks another.
const currency = document.querySelector("#id_currency");
let touched = false;
currency?.addEventListener("change", (event) => { if (event.isTrusted) touched = true; });
document.addEventListener("combobox:chosen", (event) => {
  const offered = [...(currency?.options ?? [])].some((option) => option.value === event.detail.currency);
  if (currency && !touched) currency.value = offered ? event.detail.currency : "";
});
