// The tag palette: search, pick several, make new ones. Enter picks; Enter again, with nothing typed, saves.
let loaded;

export function palette(url) {
  const dialog = document.querySelector("#tagger");
  const search = dialog.querySelector("#tagger-search");
  const list = dialog.querySelector("#tagger-list");
  const chosenBox = dialog.querySelector("#tagger-chosen");
  const guide = dialog.querySelector("#tagger-guide");
  const save = dialog.querySelector("#tagger-save");
  let chosen = []; // [{slug, name, colour}]; no slug: to be made
  let active = null;
  let ready = false; // the tags are there
  let done = () => {};

  const load = () => (loaded ??= fetch(url, { headers: { "HX-Request": "true" } }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }).then((html) => { list.innerHTML = html; }).catch(() => {
    loaded = undefined;
    list.textContent = "The tags could not be loaded. Close this and try again.";
  }));

  const options = () => [...list.querySelectorAll(".option[data-name]")].filter((option) => !option.hidden);
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();
  const picked = (name) => chosen.some((tag) => same(tag.name, name));

  function activate(option) {
    active?.classList.remove("active");
    active = option ?? null;
    search.setAttribute("aria-activedescendant", active?.id ?? "");
    explain(active?.dataset ?? {});
    if (!active) return;
    active.classList.add("active");
    active.scrollIntoView({ block: "nearest" });
  }

  // Where the tag stands, when to use it, and what was tagged with it.
  function explain({ path, guide: words, example }) {
    const part = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
    guide.replaceChildren(...[
      path && part("path", path),
      words && part("words", words),
      example && part("eg", `“${example}”`),
    ].filter(Boolean));
    guide.hidden = !guide.childNodes.length;
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    list.querySelector("[data-new]")?.remove();
    let exact = false;
    for (const option of list.querySelectorAll(".option[data-slug]")) {
      const name = option.dataset.name.toLowerCase();
      const former = option.dataset.formerly.toLowerCase(); // an old name finds the tag
      const known = `${name} ${former}`;
      option.hidden = !wanted.split(/\s+/).every((word) => known.includes(word));
      exact ||= name === wanted || former.split("|").includes(wanted);
    }
    for (const group of list.querySelectorAll("[role=group]"))
      group.hidden = !group.querySelector(".option:not([hidden])");
    if (wanted && !exact) offer(search.value.trim());
    const shown = options();
    activate(wanted ? shown.find((option) => option.dataset.name.toLowerCase().startsWith(wanted)) ?? shown[0] : null);
  }

  function offer(name) {
    const option = document.createElement("div");
    Object.assign(option, { id: "option-new", className: "option new", textContent: `Create “${name}”` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    Object.assign(option.dataset, { new: "", name, colour: "slate", guide: "A new tag of this study, until product ops make it a workspace tag." });
    list.append(option);
  }

  function draw() {
    chosenBox.replaceChildren(...chosen.map((tag) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = `tag c-${tag.colour}`;
      chip.textContent = `${tag.name} ×`;
      chip.setAttribute("aria-label", `Take off ${tag.name}`);
      chip.addEventListener("click", () => { toggle(tag); search.focus(); });
      return chip;
    }));
    for (const option of list.querySelectorAll(".option[data-slug]"))
      option.setAttribute("aria-selected", picked(option.dataset.name));
  }

  function toggle(tag) {
    chosen = picked(tag.name) ? chosen.filter((one) => !same(one.name, tag.name)) : [...chosen, tag];
    draw();
  }

  function pick(option) {
    const { slug, name, colour } = option.dataset;
    toggle({ slug, name, colour });
    search.value = "";
    filter();
    search.focus();
  }

  function finish() {
    dialog.close();
    done(chosen);
  }

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    const shown = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = shown.indexOf(active);
      activate(shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : (at + step + shown.length) % shown.length]);
    } else if (event.key === "Enter" && !ready) {
      load().then(() => search.dispatchEvent(new KeyboardEvent("keydown", event))); // typed ahead
    } else if (event.key === "Enter") {
      if (active && !(event.ctrlKey || event.metaKey)) pick(active);
      else {
        if (active && !picked(active.dataset.name)) pick(active);
        finish();
      }
    } else if (event.key === "Backspace" && !search.value && chosen.length) toggle(chosen.at(-1));
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest(".option[data-name]");
    if (option) pick(option);
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest(".option[data-name]");
    if (option && option !== active) activate(option);
  });
  save.addEventListener("click", finish);

  return {
    load,
    forget: () => { loaded = undefined; },
    // `tags` are slugs picked from the start; `then` gets what was picked. Escape leaves without it.
    async open({ title, quote, near, tags = [], then }) {
      done = then;
      dialog.querySelector("#tagger-title").textContent = title;
      dialog.querySelector("#tagger-quote").textContent = quote.replaceAll("\n", " ");
      chosen = [];
      ready = false;
      search.value = "";
      dialog.showModal();
      place(dialog, near);
      search.focus();
      await load();
      ready = true;
      chosen = [...list.querySelectorAll(".option[data-slug]")]
        .filter((option) => tags.includes(option.dataset.slug))
        .map((option) => ({ ...option.dataset }));
      draw();
      filter();
    },
  };
}

// Below the words it is about where there is room, else above; on a phone the style sheet puts it at the bottom.
function place(dialog, near) {
  dialog.style.top = "";
  if (!near || matchMedia("(max-width: 760px)").matches) return;
  const height = dialog.offsetHeight;
  const below = near.bottom + 12;
  const top = below + height < innerHeight ? below : Math.max(16, near.top - height - 12);
  dialog.style.top = `${Math.min(top, Math.max(16, innerHeight - height - 16))}px`;
}
