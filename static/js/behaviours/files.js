// input[data-most]: a file of more bytes than that is refused here, before it is sent: what was typed stays,
// and nobody waits for an upload that cannot be taken. data-most-say: what to do instead.
const MB = 1024 ** 2;
const number = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 0 });

function words(file, { most, mostSay = "" }) {
  const limit = number.format(most / MB);
  return `“${file.name}” is ${number.format(file.size / MB)} MB; at most ${limit} MB can be read here. ${mostSay}`.trim();
}

export function files() {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-most]")) return;
    input.parentElement.querySelector("[data-too-large]")?.remove();
    input.removeAttribute("aria-invalid");
    const large = [...input.files].find((file) => file.size > Number(input.dataset.most));
    if (!large) return;
    const said = document.createElement("div");
    Object.assign(said, { className: "error", role: "alert", textContent: words(large, input.dataset) });
    said.dataset.tooLarge = "";
    input.before(said);
    input.setAttribute("aria-invalid", "true");
    input.value = "";
  });
}
