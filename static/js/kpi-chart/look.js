// Words, colours and dashes of a KPI's chart.

const DAY = 86400, MONTH = 28 * DAY;
const SUFFIX = { percent: " %", hours: " h", minutes: " min" };
const PARTS = [[7, 4], [2, 3], [10, 3, 2, 3], [1, 4], [12, 5], [4, 2, 1, 2]];
// LANG=C gives a browser language that Intl rejects
const locale = (() => {
  try { return Intl.getCanonicalLocales(navigator.language)[0]; } catch { return "en"; }
})();

// The tokens are light-dark(): only a computed colour tells what they are now.
export function textColour(token) {
  const probe = document.createElement("i");
  probe.className = `c-probe-${token}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

export const dashes = (kind, number) => (kind === "before" ? [3, 5] : kind === "version" ? [2, 2] : PARTS[number % PARTS.length]);

export function formats({ unit, currency, grain, zone }) {
  const suffix = unit === "money" ? ` ${currency}` : SUFFIX[unit] ?? "";
  const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const full = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
  const timeZone = grain === "hour" ? zone : "UTC";
  const day = { day: "numeric", month: "short", year: "numeric", timeZone };
  const long = new Intl.DateTimeFormat(locale, grain === "hour" ? { ...day, hour: "2-digit", minute: "2-digit" }
    : grain === "month" ? { month: "short", year: "numeric", timeZone } : { weekday: "short", ...day });
  return {
    short: (value) => short.format(value) + suffix,
    full: (value) => (value == null ? "—" : full.format(value) + suffix),
    tick: (step) => {
      const near = new Intl.DateTimeFormat(locale, { timeZone, ...(step >= MONTH ? { month: "short", year: "numeric" } : step >= DAY ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" }) });
      return (seconds) => near.format(new Date(seconds * 1000));
    },
    when: (seconds) => (seconds == null ? "—" : long.format(new Date(seconds * 1000))),
  };
}

// A little air above and below, the targets in sight; a flat line in the middle.
export function range(low, high, targets = []) {
  if (low == null) return [0, 1];
  [low, high] = [Math.min(low, ...targets), Math.max(high, ...targets)];
  const air = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}
