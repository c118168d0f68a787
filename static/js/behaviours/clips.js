// [data-clips="address"] [data-said="12"]: a highlight in a list. Where its recording can be played, it gets a small play button,
// and plays in one player at the foot of the page.
let dock = null;

async function ask(root) {
  const rows = [...root.querySelectorAll("[data-clips] [data-said]:not([data-asked])")].slice(0, 200);
  if (!rows.length) return;
  for (const row of rows) row.dataset.asked = "";
  const wanted = new URLSearchParams(rows.map((row) => ["highlight", row.dataset.said]));
  const response = await fetch(`${rows[0].closest("[data-clips]").dataset.clips}?${wanted}`).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const { clips } = await response.json();
  for (const row of rows) if (clips[row.dataset.said]) add(row, clips[row.dataset.said]);
}

function add(row, clip) {
  const quote = row.querySelector(".quote")?.textContent.trim() ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet sm clip-play";
  button.textContent = "▶ Play";
  button.setAttribute("aria-label", `Play the moment: ${quote.slice(0, 60)}`);
  button.addEventListener("click", () => play(clip, quote, button));
  row.querySelector(".said-meta")?.append(button);
}

function play(clip, quote, opener) {
  dock?.remove();
  dock = document.createElement("section");
  dock.className = "clip-dock";
  dock.setAttribute("aria-label", "Clip");
  const media = document.createElement(clip.video ? "video" : "audio");
  media.controls = true;
  media.autoplay = true;
  media.src = clip.url;
  media.setAttribute("aria-label", "The moment itself");
  const words = document.createElement("p");
  words.textContent = quote;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn quiet sm";
  close.textContent = "Close";
  const shut = () => { dock?.remove(); dock = null; opener.focus(); };
  close.addEventListener("click", shut);
  dock.addEventListener("keydown", (event) => event.key === "Escape" && shut());
  media.addEventListener("timeupdate", () => { if (clip.to && media.currentTime >= clip.to && media.currentTime < clip.to + 1) media.pause(); });
  dock.append(words, media, close);
  document.body.append(dock);
  close.focus({ preventScroll: true });
}

export const clips = (root) => { ask(root); };
