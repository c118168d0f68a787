// Playing a recording beside its transcript: the turn that is spoken is lit, a turn's time jumps there.
// Keys: Space plays and pauses, ← → go five seconds, , and . change the speed, p plays the turn in focus.
const STEP = 5;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const FOLLOW = "research:follow";
const field = (target) => target.closest?.("input, textarea, select, [contenteditable], audio, video");
const pressed = (target) => target.closest?.("button, summary"); // by Space

export function player(stage) {
  const media = stage.querySelector("audio, video");
  const transcript = document.querySelector("#transcript");
  const offset = Number(stage.dataset.offset) / 1000;
  const follow = stage.querySelector("[data-follow]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let cues = null; // [{ at, turn }] in the order of time, read again when htmx has redrawn turns
  let now = null;
  let stop = Number.NaN;
  let following = localStorage.getItem(FOLLOW) !== "off";

  const aloud = (words) => { document.querySelector("#said-aloud").textContent = words; };

  function times() {
    cues ??= [...(transcript?.querySelectorAll("[data-at]") ?? [])]
      .map((turn) => ({ at: Number(turn.dataset.at) / 1000 + offset, turn }))
      .sort((first, second) => first.at - second.at);
    return cues;
  }

  // The last turn that has begun by then.
  function spoken(time) {
    const all = times();
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].at <= time + 0.05) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function light() {
    const turn = times()[spoken(media.currentTime) - 1]?.turn ?? null;
    if (turn === now) return;
    now?.classList.remove("now");
    now?.removeAttribute("aria-current");
    now = turn;
    if (!turn) return;
    turn.classList.add("now");
    turn.setAttribute("aria-current", "true");
    if (following && !media.paused && getSelection().isCollapsed)
      turn.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  }

  function show() {
    follow.setAttribute("aria-pressed", String(following));
    stage.querySelector("[data-speed]").textContent = `${media.playbackRate}×`;
  }

  // From there on; to `end` where one is given, as a clip.
  function play(from, end = Number.NaN) {
    stop = end;
    const go = () => { media.currentTime = Math.max(0, from); media.play().catch(() => {}); };
    media.readyState ? go() : (media.addEventListener("loadedmetadata", go, { once: true }), media.load());
  }

  function speed(by) {
    const index = SPEEDS.findIndex((one) => one >= media.playbackRate);
    media.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index + by))];
    show();
    aloud(`Speed ${media.playbackRate}`);
  }

  function toggle() {
    stop = Number.NaN;
    media.paused ? media.play().catch(() => {}) : media.pause();
  }

  const seek = (by) => { stop = Number.NaN; media.currentTime = Math.max(0, media.currentTime + by); };

  media.addEventListener("timeupdate", () => {
    if (media.currentTime >= stop) { stop = Number.NaN; media.pause(); }
    light();
  });
  media.addEventListener("seeked", light);
  media.addEventListener("error", () => { stage.querySelector("[data-trouble]").hidden = false; });
  document.addEventListener("htmx:afterSettle", () => { cues = null; now = null; light(); });

  stage.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    const acts = {
      back: () => seek(-STEP), on: () => seek(STEP), slower: () => speed(-1), faster: () => speed(1),
      follow: () => {
        following = !following;
        localStorage.setItem(FOLLOW, following ? "on" : "off");
        show();
        aloud(following ? "The page follows the recording" : "The page stays where it is");
      },
      turn: () => {
        const turn = document.activeElement?.closest?.(".cue") ?? now;
        if (turn?.dataset.at) play(Number(turn.dataset.at) / 1000 + offset);
      },
    };
    acts[act]?.();
  });

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const clip = event.target.closest("[data-clip-from]");
    if (clip) return playClip(clip);
    const at = event.target.closest(".cue .at");
    const turn = at?.closest("[data-at]");
    if (!turn) return;
    event.preventDefault();
    history.replaceState(null, "", at.hash);
    play(Number(turn.dataset.at) / 1000 + offset);
  });

  // A highlight: to its end, or to the next turn where the transcript gives none.
  function playClip(button) {
    const from = Number(button.dataset.clipFrom) / 1000 + offset;
    const to = button.dataset.clipTo ? Number(button.dataset.clipTo) / 1000 + offset : times()[spoken(from)]?.at;
    play(from, to ?? Number.NaN);
  }

  // Before the page's own keys: arrows move a caret inside a turn only while nothing plays.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || document.querySelector("dialog[open]")) return;
    const arrows = { ArrowLeft: -STEP, ArrowRight: STEP };
    if (field(event.target)) return;
    if (event.key === " " && !pressed(event.target)) toggle();
    else if (event.key in arrows && !(media.paused && document.activeElement?.closest?.(".cue"))) seek(arrows[event.key]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  stage.querySelector("[data-bar]").hidden = false;
  show();
  light();
}
