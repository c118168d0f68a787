// Closer and wider, earlier and later: by the buttons under the chart and by + − ← → on it.

const KEYS = { "+": "in", "=": "in", "-": "out", ArrowLeft: "back", ArrowRight: "on", 0: "all" };

export function zoomable(host, plot, x) {
  const first = x[0], last = x.at(-1), least = (x[1] - first || 1) * 4;
  const buttons = host.parentElement.querySelectorAll("[data-zoom]");
  const show = (min, max) => plot.setScale("x", { min: Math.max(min, first), max: Math.min(max, last) });
  const act = (name) => {
    const { min, max } = plot.scales.x, width = max - min, middle = min + width / 2;
    if (name === "all") show(first, last);
    else if (name === "in" && width > least) show(middle - width / 4, middle + width / 4);
    else if (name === "out") show(middle - width, middle + width);
    else if (name === "back") { const step = Math.min(width / 2, min - first); show(min - step, max - step); }
    else if (name === "on") { const step = Math.min(width / 2, last - max); show(min + step, max + step); }
  };
  const mark = () => {
    const { min, max } = plot.scales.x, all = min <= first && max >= last;
    for (const button of buttons) {
      if (button.dataset.zoom === "all") button.hidden = all;
      else button.disabled = (button.dataset.zoom === "back" && min <= first) || (button.dataset.zoom === "on" && max >= last) || (button.dataset.zoom === "out" && all);
    }
  };
  for (const button of buttons) button.onclick = () => act(button.dataset.zoom);
  host.onkeydown = (event) => {
    const name = !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key];
    if (!name) return;
    event.preventDefault();
    event.stopPropagation();
    act(name);
  };
  (plot.hooks.setScale ??= []).push((_, key) => key === "x" && mark());
  mark();
}
