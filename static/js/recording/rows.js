// A file on its way, as a row of a list: its name, a bar, what happens, and the buttons that fit.
const SIZES = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];

export function inWords(bytes) {
  const [unit, name] = SIZES.find(([limit]) => bytes >= limit) ?? [1, "B"];
  return `${(bytes / unit).toFixed(bytes >= 10 * unit || unit === 1 ? 0 : 1)} ${name}`;
}

const element = (name, className = "", text = "") => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
};

export function button(label, className, act) {
  const made = element("button", `btn sm ${className}`, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// `show({ state, words, sent, total, link, notes, buttons })` draws what is known; what is left out stays.
export function row(list, name) {
  const item = element("li", "upload");
  const title = element("span", "upload-name", name);
  const state = element("span", "upload-state", "Waiting");
  const bar = element("progress", "bar");
  const words = element("p", "upload-words small");
  const buttons = element("span", "upload-acts");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Progress of ${name}`);
  item.append(title, state, buttons, bar, words);
  list.append(item);

  function show(what) {
    if (what.state) { state.textContent = what.state; item.dataset.state = what.kind ?? ""; }
    if ("sent" in what) {
      bar.value = what.total ? what.sent / what.total : 1;
      bar.hidden = false;
    }
    if (what.bar === false) bar.hidden = true;
    if ("words" in what) words.textContent = what.words;
    if (what.link) {
      const link = element("a", "", name);
      link.href = what.link;
      title.replaceChildren(link);
    }
    if (what.notes?.length) {
      const notes = element("ul", "upload-notes small");
      notes.append(...what.notes.map((note) => element("li", "", note)));
      item.querySelector(".upload-notes")?.remove();
      item.append(notes);
    }
    if (what.buttons) buttons.replaceChildren(...what.buttons);
  }

  return { item, show };
}

const STATES = {
  waiting: ["Waiting", ""], sending: ["Sending", "busy"], checking: ["Checking", "busy"], paused: ["Paused", "paused"],
  retrying: ["Waiting for the connection", "paused"], failed: ["Failed", "bad"], done: ["Added", "good"],
};

// Draw an `Upload` (upload.js) as it goes; `gone()` is called when it is given up.
export function draw(view, upload, { sent, words, state }, gone) {
  const [label, kind] = STATES[state];
  const total = upload.file.size;
  const part = state === "sending" ? ` ${Math.floor((100 * sent) / total)} %` : "";
  const acts = [];
  if (["sending", "retrying"].includes(state)) acts.push(button("Pause", "", () => upload.pause()));
  if (["paused", "failed"].includes(state)) acts.push(button(state === "failed" ? "Try again" : "Resume", "", () => upload.start()));
  if (!["done", "checking"].includes(state)) acts.push(button("Remove", "quiet", async () => { await upload.cancel(); gone(); }));
  const changed = view.item.dataset.drawn !== state;
  view.item.dataset.drawn = state;
  view.show({
    state: label + part, kind, sent, total,
    words: words || (state === "sending" || state === "paused" ? `${inWords(sent)} of ${inWords(total)}` : ""),
    ...(changed ? { buttons: acts } : {}),
  });
}
