// [data-editor]: a Markdown textarea with a toolbar and a preview that the server renders.
const marks = {
  bold: (text) => wrap(text, "**", "bold words"),
  italic: (text) => wrap(text, "*", "words in italics"),
  link: (text) => [`[${text || "words"}](https://)`, text ? text.length + 11 : 1, text ? 0 : 5],
  heading: (text) => lines(text, (line) => `## ${line.replace(/^#+ /, "")}`, "Heading"),
  list: (text) => lines(text, (line) => `- ${line}`, "item"),
  numbers: (text) => lines(text, (line, index) => `${index + 1}. ${line}`, "item"),
  quote: (text) => lines(text, (line) => `> ${line}`, "quote"),
};

// Each answers [new text, where the selection starts in it, how long it is].
function wrap(text, sign, empty) {
  const inner = text || empty;
  return [`${sign}${inner}${sign}`, sign.length, inner.length];
}

function lines(text, change, empty) {
  const changed = (text || empty).split("\n").map(change).join("\n");
  return [changed, 0, changed.length];
}

function apply(area, mark) {
  let { selectionStart: start, selectionEnd: end, value } = area;
  if (!["bold", "italic", "link"].includes(mark)) {
    start = value.lastIndexOf("\n", start - 1) + 1;
    const after = value.indexOf("\n", end);
    end = after < 0 ? value.length : after;
  }
  const [text, from, length] = marks[mark](value.slice(start, end));
  area.focus();
  area.setSelectionRange(start, end);
  // insertText keeps the browser's undo; where it is refused, the text is set
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end);
  area.setSelectionRange(start + from, start + from + length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(editor, on) {
  const area = editor.querySelector("textarea");
  const preview = editor.querySelector("[data-editor-shown]");
  const button = editor.querySelector("[data-editor-preview]");
  preview.hidden = !on;
  area.hidden = on;
  button.setAttribute("aria-pressed", String(on));
  for (const mark of editor.querySelectorAll("[data-mark]")) mark.disabled = on;
  if (!on) area.focus();
}

export function editors() {
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (mark) apply(mark.closest("[data-editor]").querySelector("textarea"), mark.dataset.mark);
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest?.("[data-editor] textarea");
    const mark = { b: "bold", i: "italic" }[event.key.toLowerCase()];
    if (!area || !mark || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    apply(area, mark);
  });
  // A second press goes back to writing and asks the server nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = event.target.closest?.("[data-editor-preview]");
    if (button?.getAttribute("aria-pressed") !== "true") return;
    event.preventDefault();
    show(button.closest("[data-editor]"), false);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const editor = event.target.closest?.("[data-editor-shown]")?.closest("[data-editor]");
    if (editor) show(editor, true);
  });
}

// The toolbar only does something with JavaScript, so it shows itself.
export function toolbars(root) {
  for (const bar of root.querySelectorAll?.("[data-editor-bar]") ?? []) bar.hidden = false;
}
