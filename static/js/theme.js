// Before the first paint: the theme the person chose, or none, which follows the system.
const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;
