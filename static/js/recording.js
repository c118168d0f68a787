// The recording on a session's page: upload one, or play it beside its transcript.
import { player } from "./recording/player.js";
import { dropping } from "./recording/dropping.js";
import { draw, row } from "./recording/rows.js";
import { Upload, post } from "./recording/upload.js";

const place = document.querySelector("[data-recording-drop]");
if (place) uploads();
const stage = document.querySelector("#player");
if (stage) player(stage);

function uploads() {
  const list = document.querySelector("#uploads");
  const running = new Set();
  dropping(place, (files) => {
    for (const file of files) add(file);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...running].some((upload) => upload.state === "sending")) event.preventDefault();
  });

  function add(file) {
    const view = row(list, file.name);
    const begin = (one) => post(place.dataset.recordingDrop, { name: one.name, size: String(one.size) });
    const gone = () => { running.delete(upload); view.item.remove(); };
    const upload = new Upload(file, begin, (said) => {
      draw(view, upload, said, gone);
      if (said.state !== "done") return;
      running.delete(upload);
      if (!running.size) location.reload();
    });
    running.add(upload);
    upload.start();
  }
}
