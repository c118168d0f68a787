"""A series as a picture: SVG for pages without scripts, mails and, through it, PNG."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 120, 58, 44
DASHES = ("7 4", "2 3", "10 3 2 3", "1 4", "12 5", "4 2 1 2")
INK, QUIET, GRID, ACCENT, BAND, BAD = "#1f2421", "#5f6761", "#dfe2dc", "#1f6f4a", "#dcebe2", "#a8322a"

type Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Extra:
    """A line beside the main one, told from it by its dashes and the name at its end."""

    name: str
    values: Values


@dataclass(slots=True)
class Plot:
    """What is drawn. All sequences go with `times` (oldest first); a None is a gap.

    `steps`: (first, last, value) of targets; `shades`: (first, last, text); `lines`: (when, text).
    """

    title: str
    subtitle: str
    times: Sequence[dt.datetime]
    values: Values
    low: Values = ()
    high: Values = ()
    extras: Sequence[Extra] = ()
    steps: Sequence[tuple[dt.datetime, dt.datetime, float]] = ()
    shades: Sequence[tuple[dt.datetime, dt.datetime, str]] = ()
    lines: Sequence[tuple[dt.datetime, str]] = ()
    dots: Sequence[tuple[dt.datetime, bool]] = ()  # (when, whether it is open)
    label: Callable[[float], str] = field(default=lambda value: f"{value:g}")


def svg(plot: Plot) -> str:
    """The picture, 960 by 420, in dark ink on white. It has no script, no style sheet and no link."""
    frame = _Frame(plot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="Libertinus Serif, Inter, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(20, 26, plot.title, size=17, weight="bold"),
        _text(20, 46, plot.subtitle, fill=QUIET),
        *_shades(plot, frame),
        *_axes(plot, frame),
        *_band(plot, frame),
        *_steps(plot, frame),
        *_lines(plot, frame),
    ]
    for number, extra in enumerate(plot.extras):
        dash = DASHES[number % len(DASHES)]
        parts += [
            f'<polyline points="{run}" fill="none" stroke="{QUIET}" stroke-width="1.6"'
            f' stroke-dasharray="{dash}"/>'
            for run in frame.runs(extra.values)
        ]
    parts += [
        f'<polyline points="{run}" fill="none" stroke="{ACCENT}" stroke-width="2.2" stroke-linejoin="round"/>'
        for run in frame.runs(plot.values)
    ]
    parts += [*_ends(plot, frame), *_dots(plot, frame), "</svg>"]
    return "".join(parts)


class _Frame:
    """Where times and values lie in the picture."""

    def __init__(self, plot: Plot) -> None:
        known = [value for value in plot.values if value is not None]
        for extra in plot.extras:
            known += [value for value in extra.values if value is not None]
        known += [value for side in (plot.low, plot.high) for value in side if value is not None]
        known += [value for _, _, value in plot.steps]
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        air = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
        self.low = max(0.0, low - air) if low >= 0 else low - air
        self.high = high + air
        self.times = plot.times
        self.first, self.last = plot.times[0].timestamp(), plot.times[-1].timestamp()

    def x(self, when: dt.datetime) -> float:
        span = self.last - self.first or 1.0
        share = (when.timestamp() - self.first) / span
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def runs(self, values: Values) -> list[str]:
        """ "x,y x,y …" of each stretch without a gap; a value between two gaps is a short dash."""
        found: list[list[str]] = [[]]
        for when, value in zip(self.times, values, strict=False):
            if value is None:
                found.append([])
            else:
                found[-1].append(f"{self.x(when):.1f},{self.y(value):.1f}")
        for run in found:
            if len(run) == 1:
                x, y = run[0].split(",")
                run[:] = [f"{float(x) - 2:.1f},{y}", f"{float(x) + 2:.1f},{y}"]
        return [" ".join(run) for run in found if run]


def _axes(plot: Plot, frame: _Frame) -> list[str]:
    parts = []
    for tick in _ticks(frame.low, frame.high):
        y = frame.y(tick)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
        parts.append(_text(LEFT - 8, y + 4, plot.label(tick), fill=QUIET, anchor="end"))
    count = min(6, len(plot.times))
    shown = {round(n * (len(plot.times) - 1) / max(count - 1, 1)) for n in range(count)}
    long = (frame.last - frame.first) > 300 * 86_400
    for n in sorted(shown):
        when = plot.times[n]
        words = f"{when:%b %Y}" if long else f"{when.day} {when:%b}"
        parts.append(_text(frame.x(when), HEIGHT - BOTTOM + 20, words, fill=QUIET, anchor="middle"))
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers between the two."""
    raw = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= raw)
    first = math.ceil(low / step)
    return [round(n * step, 12) for n in range(first, int(high / step) + 1)]


def _band(plot: Plot, frame: _Frame) -> list[str]:
    """The expected band, a polygon for each stretch that has one."""
    parts: list[str] = []
    upper: list[str] = []
    lower: list[str] = []
    nothing = [None] * len(plot.times)
    whens = [*plot.times, plot.times[-1]]  # and one more, which ends the last stretch
    lows, highs = [*(plot.low or nothing), None], [*(plot.high or nothing), None]
    for when, low, high in zip(whens, lows, highs, strict=True):
        if low is None or high is None:
            if len(upper) > 1:
                parts.append(f'<polygon points="{" ".join(upper + lower[::-1])}" fill="{BAND}"/>')
            upper, lower = [], []
            continue
        upper.append(f"{frame.x(when):.1f},{frame.y(high):.1f}")
        lower.append(f"{frame.x(when):.1f},{frame.y(low):.1f}")
    return parts


def _steps(plot: Plot, frame: _Frame) -> list[str]:
    return [
        f'<path d="M{frame.x(first):.1f} {frame.y(value):.1f}H{frame.x(last):.1f}" stroke="{INK}"'
        ' stroke-width="1.2" stroke-dasharray="5 5" fill="none"/>'
        + _text(frame.x(first) + 4, frame.y(value) - 5, f"Target {plot.label(value)}", size=11)
        for first, last, value in plot.steps
    ]


def _shades(plot: Plot, frame: _Frame) -> list[str]:
    parts = []
    for first, last, text in plot.shades:
        left, right = frame.x(first), frame.x(last)
        parts.append(
            f'<rect x="{left - 2:.1f}" y="{TOP}" width="{right - left + 4:.1f}"'
            f' height="{HEIGHT - TOP - BOTTOM}" fill="#f7e4e1"><title>{_plain(text)}</title></rect>'
        )
    return parts


def _lines(plot: Plot, frame: _Frame) -> list[str]:
    parts = []
    for when, text in plot.lines:
        x = frame.x(when)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{INK}" stroke-dasharray="3 3"/>')
        parts.append(_text(x + 4, TOP + 10, text, size=11))
    return parts


def _ends(plot: Plot, frame: _Frame) -> list[str]:
    """The names of the lines at their ends, moved apart where they would cover each other."""
    ends = []
    for name, values, colour in [
        *((extra.name, extra.values, QUIET) for extra in plot.extras),
        *([("All", plot.values, ACCENT)] if plot.extras else []),
    ]:
        known = [value for value in values if value is not None]
        if known:
            ends.append((frame.y(known[-1]), name, colour))
    parts = []
    lowest = 0.0
    for y, name, colour in sorted(ends):
        lowest = max(y + 4, lowest + 14)
        shown = name if len(name) < 18 else f"{name[:16]}…"
        parts.append(_text(WIDTH - RIGHT + 8, lowest, shown, fill=colour))
    return parts


def _dots(plot: Plot, frame: _Frame) -> list[str]:
    at = dict(zip(plot.times, plot.values, strict=False))
    parts = []
    for when, is_open in plot.dots:
        value = at.get(when)
        y = HEIGHT - BOTTOM if value is None else frame.y(value)
        fill = BAD if is_open else "#fff"
        edge = BAD if is_open else INK
        parts.append(
            f'<circle cx="{frame.x(when):.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="{edge}"'
            ' stroke-width="2"/>'
        )
    return parts


def _text(
    x: float,
    y: float,
    words: str,
    *,
    fill: str = INK,
    size: int = 13,
    anchor: str = "start",
    weight: str = "",
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" text-anchor="{anchor}"{bold}>'
        f"{_plain(words)}</text>"
    )


def _plain(words: str) -> str:
    """Text that is no markup, without the characters that XML cannot hold."""
    return escape("".join(char for char in words if char.isprintable()))
