// Clips one after another, each with its quote, a breath between them.
// Keys: Space plays and pauses, → or j the next clip, ← or k the one before.
const GAP = 800;
const media = document.querySelector("#reel-media");
const now = document.querySelector("#reel-now");
const bar = document.querySelector("#reel-bar");
const place = document.querySelector("#reel-place");
const toggle = document.querySelector('[data-reel="0"] span');
const clips = [...document.querySelectorAll("[data-clip]")];
const busy = (target) => target.closest?.("input, textarea, select, [contenteditable], button, summary");
let index = -1;
let pause = 0;

const end = (clip) => (clip.dataset.to ? Number(clip.dataset.to) : media.duration || Number.POSITIVE_INFINITY);

function play(at) {
  clearTimeout(pause);
  pause = 0;
  if (at < 0 || at >= clips.length) return finish();
  clips[index]?.classList.remove("now");
  clips[index]?.removeAttribute("aria-current");
  index = at;
  const clip = clips[index];
  clip.classList.add("now");
  clip.setAttribute("aria-current", "true");
  clip.scrollIntoView({ block: "nearest" });
  now.replaceChildren(clip.querySelector(".quote").cloneNode(true), clip.querySelector(".said-meta").cloneNode(true));
  place.textContent = `${index + 1} of ${clips.length}`;
  media.closest(".reel-stage").classList.toggle("video", "video" in clip.dataset);
  const from = Number(clip.dataset.from);
  const start = () => { media.currentTime = from; media.play().catch(() => {}); };
  if (media.dataset.of === clip.dataset.clip && media.readyState) return start();
  media.dataset.of = clip.dataset.clip;
  media.src = `${clip.dataset.clip}#t=${from}${clip.dataset.to ? `,${clip.dataset.to}` : ""}`;
  media.addEventListener("loadedmetadata", start, { once: true });
  media.load();
}

function finish() {
  media.pause();
  clips[index]?.classList.remove("now");
  index = -1;
  bar.value = 0;
  place.textContent = "That was the last clip.";
}

function next() {
  if (pause) return;
  media.pause();
  pause = setTimeout(() => play(index + 1), GAP);
  show();
}

function turn() {
  if (pause) { clearTimeout(pause); pause = 0; return show(); }
  if (index < 0) return play(0);
  media.paused ? media.play().catch(() => {}) : media.pause();
}

const show = () => { toggle.textContent = media.paused && !pause ? "Play" : "Pause"; };

media.addEventListener("timeupdate", () => {
  if (index < 0) return;
  const from = Number(clips[index].dataset.from);
  const to = end(clips[index]);
  bar.value = Number.isFinite(to) && to > from ? Math.min(1, Math.max(0, (media.currentTime - from) / (to - from))) : 0;
  if (media.currentTime >= to && !media.paused) next();
});
media.addEventListener("ended", () => index >= 0 && next());
// The browser stops at the end of a media fragment by itself: that is the clip's end, not a person's pause.
media.addEventListener("pause", () => {
  if (index >= 0 && !pause && media.currentTime >= end(clips[index]) - 0.1) next();
  show();
});
media.addEventListener("play", show);
media.addEventListener("error", () => {
  if (index < 0) return;
  clips[index].classList.add("dim");
  place.textContent = "This clip could not be played.";
  next();
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-reel]");
  if (step) return step.dataset.reel === "0" ? turn() : play(index < 0 ? 0 : index + Number(step.dataset.reel));
  const one = event.target.closest("[data-reel-play]");
  if (one) play(clips.indexOf(one.closest("[data-clip]")));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || document.querySelector("dialog[open]")) return;
  const steps = { ArrowRight: 1, j: 1, ArrowLeft: -1, k: -1 };
  if (event.key in steps && !event.target.closest?.("input, textarea, select")) play(Math.max(0, index + steps[event.key]));
  else if (event.key === " " && !busy(event.target)) turn();
  else return;
  event.preventDefault();
});
