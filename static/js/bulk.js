// Many files at once: transcripts first, then the recordings that join them; one list, a result for each.
import { dropping } from "./recording/dropping.js";
import { button, draw, inWords, row } from "./recording/rows.js";
import { Upload, post } from "./recording/upload.js";

const form = document.querySelector("[data-bulk]");
const list = document.querySelector("#uploads");
const sum = document.querySelector("#bulk-sum");
const again = document.querySelector("#bulk-again");
const media = new Set(form.dataset.media.split(" "));
const jobs = []; // { file, view, state: waiting | busy | added | here | failed, upload }
let working = false;

const isMedia = (file) => media.has(file.name.split(".").pop().toLowerCase()) || /^(audio|video)\//.test(file.type);
const token = () => JSON.parse(document.body.getAttribute("hx-headers"));

dropping(form, (files) => {
  for (const file of files) if (!file.name.startsWith(".")) add(file);
  work();
});

again.addEventListener("click", () => {
  for (const job of jobs) if (job.state === "failed") job.state = "waiting";
  work();
});

window.addEventListener("beforeunload", (event) => {
  if (working) event.preventDefault();
});

function add(file) {
  const same = jobs.find((job) => job.file.name === file.name && job.file.size === file.size && job.state !== "failed");
  if (same) return;
  const view = row(list, file.name);
  view.show({ bar: false, words: inWords(file.size), buttons: [button("Remove", "quiet", () => drop(job))] });
  const job = { file, view, state: "waiting", recording: isMedia(file) };
  jobs.push(job);
}

function drop(job) {
  jobs.splice(jobs.indexOf(job), 1);
  job.view.item.remove();
  tell();
}

async function work() {
  tell();
  if (working) return;
  working = true;
  for (;;) {
    const waiting = jobs.filter((job) => job.state === "waiting");
    const job = waiting.find((one) => !one.recording) ?? waiting[0];
    if (!job) break;
    job.state = "busy";
    await (job.recording ? recording(job) : transcript(job));
    tell();
  }
  working = false;
}

function end(job, state, said) {
  job.state = state;
  const words = { added: "Added", here: "Already here", failed: "Failed" };
  job.view.show({
    state: said.label ?? words[state], kind: state === "failed" ? "bad" : "good", bar: false,
    words: said.words ?? "", link: said.link, notes: said.notes, buttons: [],
  });
  if (state === "failed") job.view.show({ buttons: [button("Remove", "quiet", () => drop(job))] });
}

async function transcript(job) {
  const most = Number(form.dataset.most);
  if (job.file.size > most) {
    const mb = (bytes) => `${Math.round(bytes / 1024 ** 2).toLocaleString()} MB`;
    const words = `The file has ${mb(job.file.size)}; a transcript has up to ${mb(most)}. Upload the text, not the recording.`;
    return end(job, "failed", { words });
  }
  job.view.show({ state: "Reading", kind: "busy", words: inWords(job.file.size), buttons: [] });
  const body = new FormData();
  body.append("file", job.file);
  body.append("modified", String(job.file.lastModified));
  try {
    const response = await fetch(form.dataset.transcripts, { method: "POST", headers: token(), body });
    if (response.redirected) return end(job, "failed", { words: "You have been signed out. Sign in in another tab and try again." });
    if (!response.headers.get("Content-Type")?.includes("json")) return end(job, "failed", { words: `The server answered ${response.status}. Try again.` });
    const said = await response.json();
    if (!response.ok) return end(job, "failed", { words: said.error });
    end(job, said.outcome === "here" ? "here" : "added", { label: said.words, words: `${said.title} · ${said.day}`, link: said.url, notes: said.warnings });
  } catch {
    end(job, "failed", { words: "The connection broke. Try again when it is back." });
  }
}

function recording(job) {
  const begin = (file) => post(form.dataset.recordings, { name: file.name, size: String(file.size), modified: String(file.lastModified) });
  return new Promise((done) => {
    job.upload ??= new Upload(job.file, begin, (said) => job.tell(said));
    job.tell = (said) => {
      draw(job.view, job.upload, said, () => { drop(job); done(); });
      if (said.state === "done") { end(job, said.words ? "here" : "added", { words: "Recording", link: said.row.page }); done(); }
      if (said.state === "failed") { job.state = "failed"; done(); }
      if (said.state === "paused") done(); // the others need not wait for it
    };
    job.upload.start();
  });
}

function tell() {
  const count = (state) => jobs.filter((job) => job.state === state).length;
  const [added, here, failed] = ["added", "here", "failed"].map(count);
  sum.hidden = !jobs.length;
  again.hidden = !failed;
  const parts = [`${added + here + failed} of ${jobs.length} done`, added && `${added} added`, here && `${here} already here`, failed && `${failed} failed`];
  document.querySelector("#bulk-words").textContent = parts.filter(Boolean).join(" · ");
}
