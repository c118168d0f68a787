// One recording on its way to the server: in chunks, paused and resumed, over a bad line, after a reload.
// The server knows how far it is (Upload-Offset); a chunk it has already is answered as if it were new.
const WAIT_MOST = 30_000;
const FIRST = 1024 * 1024; // the first chunk shows soon how fast the line is
const FAST = 2_000; // a chunk that took less lets the next one be larger
const OVER = new Set([403, 404, 410, 413, 415, 422, 507]);

const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
const key = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

class Stopped extends Error {}

// A JSON answer, or an error that says in words what to do. `over`: trying again by itself is no use.
async function answer(response) {
  if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) {
    const out = response.redirected && response.url.includes("/accounts/login/");
    const error = new Error(out ? "You have been signed out. Sign in in another tab, then press Resume." : `The server answered ${response.status}.`);
    error.over = out || OVER.has(response.status);
    throw error;
  }
  const said = await response.json();
  if (response.ok) return said;
  const error = new Error(said.error);
  error.status = response.status;
  error.over = OVER.has(response.status);
  error.offset = Number(response.headers.get("Upload-Offset") ?? Number.NaN);
  throw error;
}

export const post = async (url, fields) =>
  answer(await fetch(url, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body: JSON.stringify(fields) }));

// `tell({ state, sent, words })` hears of every step: waiting, sending, paused, retrying, failed, done.
export class Upload {
  constructor(file, begin, tell) {
    this.file = file;
    this.begin = begin;
    this.tell = tell;
    this.sent = 0;
    this.state = "waiting";
    window.addEventListener("online", () => this.wake?.());
  }

  say(state, words = "") {
    this.state = state;
    this.tell({ state, sent: this.sent, words, row: this.row });
  }

  async start() {
    if (this.state === "sending") return;
    this.stopped = false;
    this.say("sending");
    for (let tries = 0; ; ) {
      try {
        await this.run(() => { tries = 0; });
        return;
      } catch (error) {
        if (error instanceof Stopped || this.stopped) return this.say("paused");
        if (error.over) return this.say("failed", error.message);
        const wait = Math.min(WAIT_MOST, 1000 * 2 ** tries++);
        this.say("retrying", navigator.onLine ? `${error.message} Trying again in ${Math.round(wait / 1000)} s.` : "You are offline. It goes on when the connection is back.");
        await new Promise((done) => { this.wake = done; setTimeout(done, wait); });
        if (this.stopped) return this.say("paused");
        this.say("sending");
      }
    }
  }

  pause() {
    this.stopped = true;
    this.request?.abort();
    this.wake?.();
  }

  async cancel() {
    this.pause();
    localStorage.removeItem(key(this.file));
    if (this.row && this.state !== "done") await fetch(this.row.url, { method: "DELETE", headers: headers() }).catch(() => {});
  }

  async run(went) {
    this.row = await this.begin(this.file);
    if (this.row.state === "ready") return this.done("It is here already.");
    // Of another visit, or another browser: is it this very file? What this browser began, it knows.
    if (this.row.offset && localStorage.getItem(key(this.file)) !== this.row.url) await this.verify();
    localStorage.setItem(key(this.file), this.row.url);
    let chunk = Math.min(FIRST, this.row.chunk);
    while (this.row.offset < this.file.size) {
      if (this.stopped) throw new Stopped();
      const began = performance.now();
      await this.put(this.row.offset, Math.min(chunk, this.file.size - this.row.offset));
      went();
      const took = performance.now() - began;
      chunk = Math.min(this.row.chunk, Math.max(FIRST / 4, took < FAST ? chunk * 2 : chunk / 2));
    }
    this.say("checking", "All sent. The server checks the file.");
    this.row = await post(this.row.url.replace(/upload\/$/, "finish/"), {});
    this.done();
  }

  done(words = "") {
    this.sent = this.file.size;
    localStorage.removeItem(key(this.file));
    this.say("done", words);
  }

  // What is there must be of this very file: the end of it is sent once more, and compared.
  async verify() {
    const length = Math.min(FIRST, this.row.offset, this.row.chunk);
    try {
      await this.put(this.row.offset - length, length);
    } catch (error) {
      if (error.status !== 409) throw error;
      await fetch(this.row.url, { method: "DELETE", headers: headers() });
      this.row = await this.begin(this.file);
    }
  }

  async put(offset, length) {
    const part = this.file.slice(offset, offset + length);
    const digest = await this.digest(part);
    try {
      this.row = { ...this.row, ...(await this.send(part, offset, digest)) };
    } catch (error) {
      if (error.status !== 409 || Number.isNaN(error.offset) || error.offset === this.row.offset) throw error;
      this.row.offset = error.offset; // another tab was quicker
    }
    this.sent = this.row.offset;
    this.say("sending");
  }

  async digest(part) {
    if (!window.crypto?.subtle) return null;
    const hash = await crypto.subtle.digest("SHA-256", await part.arrayBuffer());
    return `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(hash)))}:`;
  }

  // XMLHttpRequest, as fetch does not say how much of a body has gone.
  send(part, offset, digest) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("PUT", this.row.url);
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Upload-Offset", offset);
      if (digest) request.setRequestHeader("Content-Digest", digest);
      request.upload.onprogress = (event) => {
        this.sent = Math.max(this.sent, offset + event.loaded);
        this.say("sending");
      };
      request.onload = () => answer(asResponse(request)).then(done, failed);
      request.onerror = () => failed(new Error("The connection broke."));
      request.onabort = () => failed(new Stopped());
      request.send(part);
    });
  }
}

function asResponse(request) {
  return {
    ok: request.status >= 200 && request.status < 300,
    status: request.status,
    redirected: request.responseURL.includes("/accounts/login/"),
    url: request.responseURL,
    headers: { get: (name) => request.getResponseHeader(name) },
    json: async () => JSON.parse(request.responseText),
  };
}
