// A tree of boxes: drawn larger and smaller, pulled about, and walked along its edges with the arrow keys.
const frame = document.querySelector("[data-tree]");
const svg = frame?.querySelector("svg.tree");
const scroll = frame?.querySelector(".tree-scroll");

if (svg) {
  const full = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
  let scale = 1;

  const draw = (to) => {
    scale = Math.min(2, Math.max(0.25, to));
    svg.setAttribute("width", Math.round(full[0] * scale));
    svg.setAttribute("height", Math.round(full[1] * scale));
  };
  const fit = () => draw(Math.min(1, Math.max(0.6, (scroll.clientWidth - 4) / full[0])));
  const zoom = { in: () => draw(scale * 1.2), out: () => draw(scale / 1.2), fit };

  frame.addEventListener("click", (event) => zoom[event.target.closest("[data-zoom]")?.dataset.zoom]?.());
  fit();
  window.addEventListener("resize", fit); // a phone that is turned

  const node = (key) => svg.querySelector(`[data-node="${key}"]`);
  const edges = (end, key) => [...svg.querySelectorAll(`path[data-${end}="${key}"]`)];

  // The edges of the box that is looked at stand out.
  const mark = (box) => {
    svg.querySelectorAll("path.on").forEach((path) => path.classList.remove("on"));
    if (box) [...edges("parent", box.dataset.node), ...edges("child", box.dataset.node)].forEach((path) => path.classList.add("on"));
  };
  svg.addEventListener("focusin", (event) => mark(event.target.closest("[data-node]")));
  svg.addEventListener("focusout", () => mark(null));
  svg.addEventListener("pointerover", (event) => mark(event.target.closest("[data-node]")));

  // Pulled about with the mouse; a pull is no click on the box it began on.
  let pull = null;
  scroll.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    pull = { x: event.clientX, y: event.clientY, left: scroll.scrollLeft, top: scroll.scrollTop, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!pull) return;
    const [x, y] = [event.clientX - pull.x, event.clientY - pull.y];
    pull.moved ||= Math.hypot(x, y) > 4;
    if (pull.moved) scroll.scrollTo(pull.left - x, pull.top - y);
  });
  window.addEventListener("pointerup", () => setTimeout(() => (pull = null)));
  svg.addEventListener("click", (event) => pull?.moved && event.preventDefault());
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  const beside = (box, by) => {
    const { x, y } = box.getBoundingClientRect();
    const column = [...svg.querySelectorAll("[data-node]")]
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, place]) => Math.abs(place.x - x) < 4 && (by > 0 ? place.y > y + 1 : place.y < y - 1))
      .sort((one, other) => by * (one[1].y - other[1].y));
    return column[0]?.[0];
  };
  const steps = {
    ArrowRight: (box) => node(edges("parent", box.dataset.node)[0]?.dataset.child),
    ArrowLeft: (box) => node(edges("child", box.dataset.node)[0]?.dataset.parent),
    ArrowDown: (box) => beside(box, 1),
    ArrowUp: (box) => beside(box, -1),
  };
  frame.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-node]");
    const next = box && steps[event.key]?.(box);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
    const act = { "+": zoom.in, "=": zoom.in, "-": zoom.out, 0: fit }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}
