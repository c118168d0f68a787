// The chart of a KPI's page: line, expected band, flags; zoom by dragging; drawn again when the theme or the
// shown time changes. Its values stand in a table below, for those who do not see it.
import uPlot from "uplot";

const HEIGHT = 300;
const DAY = 86400, MONTH = 28 * DAY;
// LANG=C gives a browser language that Intl rejects
const locale = (() => {
  try { return Intl.getCanonicalLocales(navigator.language)[0]; } catch { return "en"; }
})();
const SUFFIX = { percent: " %", hours: " h", minutes: " min" };

// The tokens are light-dark(): only a computed colour tells what they are now.
function colour(token) {
  const probe = document.createElement("i");
  probe.className = `c-probe-${token}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function formats({ unit, currency, grain }) {
  const suffix = unit === "money" ? ` ${currency}` : SUFFIX[unit] ?? "";
  const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const full = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
  const day = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  const long = new Intl.DateTimeFormat(locale, grain === "hour" ? { ...day, hour: "2-digit", minute: "2-digit" }
    : grain === "month" ? { month: "short", year: "numeric", timeZone: "UTC" } : { weekday: "short", ...day });
  return {
    short: (value) => short.format(value) + suffix,
    full: (value) => (value == null ? "—" : full.format(value) + suffix),
    tick: (step) => {
      const near = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...(step >= MONTH ? { month: "short", year: "numeric" } : step >= DAY ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" }) });
      return (seconds) => near.format(new Date(seconds * 1000));
    },
    when: (seconds) => (seconds == null ? "—" : long.format(new Date(seconds * 1000))),
  };
}

// A dot for each flag, filled where it is open, with its words under the cursor.
function flagMarks(flags, colours) {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx } = plot;
        ctx.save();
        for (const flag of flags) {
          const at = plot.valToIdx(flag.x);
          const value = plot.data[3][at] ?? plot.scales.y.min;
          const [x, y] = [plot.valToPos(flag.x, "x", true), plot.valToPos(value, "y", true)];
          if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
          ctx.beginPath();
          ctx.arc(x, y, 4.5 * devicePixelRatio, 0, Math.PI * 2);
          ctx.lineWidth = 2 * devicePixelRatio;
          ctx.strokeStyle = flag.open ? colours.bad : colours.ink;
          ctx.fillStyle = flag.open ? colours.bad : colours.surface;
          ctx.fill();
          ctx.stroke();
        }
        ctx.restore();
      },
    },
  };
}

function draw(host) {
  const given = JSON.parse(host.dataset.kpiChart); // an attribute, since htmx drops script tags from what it swaps in
  const tokens = { line: "accent", band: "accent-soft", ink: "ink-2", grid: "line", bad: "bad", surface: "surface" };
  const colours = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, colour(token)]));
  const words = formats(given);
  const flagged = new Map(given.flags.map((flag) => [flag.x, flag.text]));
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colours.ink, font, grid: { stroke: colours.grid, width: 1 }, ticks: { stroke: colours.grid, width: 1 } };
  const hidden = { points: { show: false }, stroke: "transparent" };
  const reset = host.parentElement.querySelector("[data-chart-reset]");
  host.querySelector(".uplot")?.remove();
  const plot = new uPlot({
    width: host.clientWidth, height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { points: { size: 7 }, drag: { x: true, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, low, high) => range(low, high) } },
    axes: [{ ...axis, space: 70, values: (_, ticks, axisAt, space, step) => ticks.map(words.tick(step)) }, { ...axis, size: 66, values: (_, ticks) => ticks.map(words.short) }],
    series: [
      { label: "Period", value: (_, seconds) => (flagged.has(seconds) ? `${words.when(seconds)} · ${flagged.get(seconds)}` : words.when(seconds)) },
      { ...hidden, label: "Expected from", value: (_, value) => words.full(value) },
      { ...hidden, label: "to", value: (_, value) => words.full(value) },
      { label: "Value", stroke: colours.line, width: 2, points: { show: given.x.length < 45, size: 5, fill: colours.line }, value: (_, value) => words.full(value) },
    ],
    bands: [{ series: [2, 1], fill: colours.band }], // under the line, which comes after it
    plugins: [flagMarks(given.flags, colours)],
    hooks: { setScale: [(chart, key) => key === "x" && reset && (reset.hidden = !zoomed(chart, given.x))] },
  }, [given.x, given.low, given.high, given.y], host);
  if (reset) reset.onclick = () => plot.setScale("x", { min: given.x[0], max: given.x.at(-1) });
  host.plot = plot;
  host.dataset.drawn = "true";
}

const zoomed = (chart, x) => chart.scales.x.min > x[0] || chart.scales.x.max < x.at(-1);

// A little air above and below; a flat line in the middle.
function range(low, high) {
  if (low == null) return [0, 1];
  const air = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
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
