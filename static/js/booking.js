// The page where participants choose a time: shown in the zone their own device is set to, unless they or we
// know better. Choosing a zone needs no button then.
const form = document.querySelector("[data-zone-form]");
const zones = form?.querySelector("select");

if (form && zones) {
  form.querySelector("button").hidden = true;
  zones.addEventListener("change", () => form.requestSubmit());
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [...zones.options].some((option) => option.value === here);
  if ("guess" in form.dataset && known && zones.value !== here) {
    zones.value = here;
    form.requestSubmit();
  }
}
