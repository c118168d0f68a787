// What a swap changed, said to those who do not see it: the server's HX-Trigger {"announce": "…"}.
export function announce() {
  const region = document.createElement("div");
  region.className = "visually-hidden";
  region.setAttribute("role", "status");
  document.body.append(region);
  document.addEventListener("announce", (event) => {
    region.textContent = "";
    setTimeout(() => { region.textContent = event.detail.value; }, 50); // after the swap, or it goes unheard
  });
}
