// Messages at the edge of the page, and what went wrong with an htmx request: never swallowed.
export function toast(text, level = "info") {
  const host = document.querySelector(".toasts");
  const item = document.createElement("div");
  item.className = `toast-item ${level}`;
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "btn quiet sm";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  item.append(words, close);
  host.append(item);
}

const WORDS = {
  0: "You seem to be offline. Nothing was saved; try again when the connection is back.",
  401: "You have been signed out. Sign in in another tab and try again; what you typed is still here.",
  403: "Your role does not allow this.",
  404: "This is no longer here, or you may not see it.",
  409: "Somebody changed this meanwhile. Reload to see their version.",
  413: "That is too large to send.",
  429: "Too many tries. Wait a minute and try again.",
  503: "Prodops is briefly out of reach. Try again in a moment.",
};

// A refusal in plain words says more than its number.
const reason = (xhr) =>
  xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") && xhr.responseText.length < 300 ? xhr.responseText : "";

export function toasts() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast-item")?.remove();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    toast(reason(event.detail.xhr) || (WORDS[status] ?? `That did not work (${status}). Try again; if it keeps failing, tell an admin.`), "error");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, () => toast(WORDS[0], "error"));
  // A form that came back with errors (422) is swapped in like any answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  // An expired session answers a partial with the sign-in page: go there and come back.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseURL?.includes("/accounts/login/")) {
      event.detail.shouldSwap = false;
      toast(WORDS[401], "error");
    }
  });
}
