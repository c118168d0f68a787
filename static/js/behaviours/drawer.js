// The side bar as a drawer on phones; [data-drawer] opens and closes it.
export function drawer() {
  const set = (open) => {
    document.body.classList.toggle("drawer-open", open);
    for (const button of document.querySelectorAll("[data-drawer]")) button.setAttribute("aria-expanded", open);
    if (open) document.querySelector(".side a")?.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer]")) set(!document.body.classList.contains("drawer-open"));
    else if (document.body.classList.contains("drawer-open") && !event.target.closest(".side")) set(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.body.classList.contains("drawer-open")) return;
    set(false);
    document.querySelector("[data-drawer]")?.focus();
  });
}
