// [data-theme-choice="light|dark|system"]: choose, remember, tell those who draw.
export function theme() {
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    if (choice === "system") {
      localStorage.removeItem("theme");
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem("theme", choice);
      document.documentElement.dataset.theme = choice;
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  });
}
