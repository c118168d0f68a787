// The chart of a KPI: line, expected band, further lines, flags, incidents, annotations, targets and version
// breaks; zoom by dragging, buttons and keys; drawn again when the theme or the shown time changes. Its values
// stand in a table below, for those who do not see it.
import uPlot from "uplot";
import { formats, range, dashes, textColour } from "./kpi-chart/look.js";
import { behind, onTop } from "./kpi-chart/marks.js";
import { zoomable } from "./kpi-chart/zoom.js";

const HEIGHT = 320, FIRST_LINE = 4; // where the further lines begin among the series

function draw(host) {
  const given = JSON.parse(host.dataset.kpiChart); // an attribute, since htmx drops script tags from what it swaps in
  const tokens = { line: "accent", band: "accent-soft", ink: "ink-2", grid: "line", bad: "bad", surface: "surface" };
  const colours = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, textColour(token)]));
  const words = formats(given);
  const flagged = new Map(given.flags.map((flag) => [flag.x, flag.text]));
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colours.ink, font, grid: { stroke: colours.grid, width: 1 }, ticks: { stroke: colours.grid, width: 1 } };
  const hidden = { points: { show: false }, stroke: "transparent" };
  const value = (_, number) => words.full(number);
  const targets = given.targets.flatMap(({ value: wanted, low, high }) => [wanted, low, high]).filter((one) => one != null);
  host.querySelector(".uplot")?.remove();
  const plot = new uPlot({
    width: host.clientWidth, height: HEIGHT,
    padding: [18, given.lines.length ? 30 : 12, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), given.grain === "hour" ? given.zone : "Etc/UTC"),
    cursor: { points: { size: 7 }, drag: { x: true, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, low, high) => range(low, high, targets) } },
    axes: [{ ...axis, space: 70, values: (_, ticks, axisAt, space, step) => ticks.map(words.tick(step)) }, { ...axis, size: 66, values: (_, ticks) => ticks.map(words.short) }],
    series: [
      { label: "Period", value: (_, seconds) => (flagged.has(seconds) ? `${words.when(seconds)} · ${flagged.get(seconds)}` : words.when(seconds)) },
      { ...hidden, label: "Expected from", value },
      { ...hidden, label: "to", value },
      { label: given.lines.length ? "All" : "Value", stroke: colours.line, width: 2, points: { show: given.x.length < 45, size: 5, fill: colours.line }, value },
      ...given.lines.map(({ label, kind }, number) => ({
        label: `${String.fromCharCode(65 + number)} ${label}`, stroke: colours.ink, width: kind === "version" ? 2 : 1.4, dash: dashes(kind, number), spanGaps: false, points: { show: false }, value,
      })),
    ],
    bands: [{ series: [2, 1], fill: colours.band }], // under the line, which comes after it
    plugins: [behind(given, colours), onTop(given, colours, words, FIRST_LINE)],
  }, [given.x, given.low, given.high, given.y, ...given.lines.map(({ y }) => y)], host);
  zoomable(host, plot, given.x);
  host.plot = plot;
  host.dataset.drawn = "true";
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.plot && target.clientWidth && target.plot.width !== target.clientWidth) target.plot.setSize({ width: target.clientWidth, height: HEIGHT });
  }
});

function drawAll(root = document) {
  for (const host of root.querySelectorAll("[data-kpi-chart]")) {
    draw(host);
    sizes.observe(host);
  }
}

drawAll();
document.addEventListener("themechange", () => drawAll());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
document.addEventListener("htmx:afterSettle", (event) => event.target.querySelector?.("[data-kpi-chart]") && drawAll(event.target));
