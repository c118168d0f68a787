"""A series as a picture: coordinates for a page's SVG, or a whole SVG file for a mail."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

MARGIN = 3.0
LARGEST, SMALLEST = 1e300, 1e-290  # beyond these doubles have no room for sums and steps
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Picture(NamedTuple):
    """`lines` are "x,y x,y …", one line for each run without a gap; `target` is a height.

    `band` is (top, bottom) of where the values are to lie; `low` and `high` are the values at the lower
    and upper edge, `first` and `last` the times at the left and right one. `marks` are dots.
    """

    width: float
    height: float
    lines: tuple[str, ...] = ()
    marks: tuple[tuple[float, float], ...] = ()
    breaks: tuple[float, ...] = ()
    target: float | None = None
    band: tuple[float, float] | None = None
    low: float | None = None
    high: float | None = None
    first: int | None = None
    last: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.lines


def draw(
    points: Sequence[tuple[int, float | None]],
    *,
    width: float = 300.0,
    height: float = 90.0,
    target: float | None = None,
    low: float | None = None,
    high: float | None = None,
    marked: Sequence[int] = (),
    breaks: Sequence[int] = (),
) -> Picture:
    """The picture of `points` (second, value), oldest first; None is a gap.

    The axis runs between round numbers around the values and `target`. Of the thresholds `low` and `high`
    the part on the axis is drawn. `marked` and `breaks` are seconds; those off the axis are left out.
    """
    points = [(at, _sane(value)) for at, value in points]
    target, low, high = _sane(target), _sane(low), _sane(high)
    known = [(at, value) for at, value in points if value is not None]
    if not known:
        return Picture(width, height)
    values = [value for _, value in known]
    if target is not None:
        values.append(target)
    bottom, top = rounded(min(values), max(values))
    first, last = points[0][0], points[-1][0]

    def x(at: int) -> float:
        share = (at - first) / (last - first) if last > first else 0.5
        return round(MARGIN + share * (width - 2 * MARGIN), 1)

    def y(value: float) -> float:
        share = (value - bottom) / (top - bottom)
        return round(height - MARGIN - min(max(share, 0.0), 1.0) * (height - 2 * MARGIN), 1)

    held = dict(known)
    return Picture(
        width,
        height,
        lines=tuple(_line(run, x, y) for run in _runs(points)),
        marks=tuple((x(at), y(held[at])) for at in sorted(set(marked)) if at in held),
        breaks=tuple(x(at) for at in sorted(set(breaks)) if first <= at <= last),
        target=None if target is None else y(target),
        band=None if low is None and high is None else _band(low, high, bottom, top, y),
        low=bottom,
        high=top,
        first=first,
        last=last,
    )


def rounded(low: float, high: float) -> tuple[float, float]:
    """Round numbers at or outside `low` and `high`, never equal; zero stays an edge if nothing is below."""
    span = high - low
    # what is flatter than a double can tell apart is drawn in the middle of something wider
    if span <= max(1e-9 * max(abs(low), abs(high)), SMALLEST):
        span = max(abs(high) * 0.2, SMALLEST * 10) if high else 2.0
        low, high = low - span / 2, high + span / 2
    step = _step(span / 4)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    digits = max(0, 2 - math.floor(math.log10(step)))
    bottom, top = round(bottom, digits) + 0.0, round(top, digits) + 0.0
    return (bottom, top) if bottom < top else (low, high)


def svg(picture: Picture, colours: Mapping[str, str]) -> str:
    """The picture as a file of its own. `colours`: line, target, band, mark and break."""
    width, height = f"{picture.width:g}", f"{picture.height:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">'
    ]
    if picture.band:
        above, below = picture.band
        parts.append(
            f'<rect x="0" y="{above:g}" width="{width}" height="{below - above:g}" fill="{colours["band"]}"/>'
        )
    if picture.target is not None:
        at = f"{picture.target:g}"
        ends = f'x1="0" y1="{at}" x2="{width}" y2="{at}"'
        parts.append(f'<line {ends} stroke="{colours["target"]}" stroke-dasharray="5 4"/>')
    for moment in picture.breaks:
        ends = f'x1="{moment:g}" y1="0" x2="{moment:g}" y2="{height}"'
        parts.append(f'<line {ends} stroke="{colours["break"]}" stroke-dasharray="2 3"/>')
    for line in picture.lines:
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colours["line"]}" stroke-width="2"'
            ' stroke-linejoin="round" stroke-linecap="round"/>'
        )
    for x, y in picture.marks:
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="3.5" fill="{colours["mark"]}"/>')
    return "".join([*parts, "</svg>"])


def thinned(points: Sequence[tuple[int, float | None]], most: int) -> list[tuple[int, float | None]]:
    """At most `most` points: the means of as many neighbours as that takes, at the last one's time."""
    size = -(-len(points) // most)
    if size <= 1:
        return list(points)
    found: list[tuple[int, float | None]] = []
    for start in range(0, len(points), size):
        group = points[start : start + size]
        known = [value for _, value in group if value is not None]
        found.append((group[-1][0], math.fsum(known) / len(known) if known else None))
    return found


def _sane(value: float | None) -> float | None:
    """None for what is no number, and nothing larger than can be drawn."""
    return None if value is None or not math.isfinite(value) else max(-LARGEST, min(value, LARGEST))


def _runs(points: Sequence[tuple[int, float | None]]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _line(run: list[tuple[int, float]], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    if len(run) == 1:  # alone between two gaps: a short dash
        at, value = run[0]
        return f"{max(x(at) - 2, 0):g},{y(value):g} {x(at) + 2:g},{y(value):g}"
    return " ".join(f"{x(at):g},{y(value):g}" for at, value in run)


def _band(
    low: float | None, high: float | None, bottom: float, top: float, y: Callable[[float], float]
) -> tuple[float, float] | None:
    upper = top if high is None else min(max(high, bottom), top)
    lower = bottom if low is None else min(max(low, bottom), top)
    return (y(upper), y(lower)) if y(upper) < y(lower) else None


def _step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in STEPS if step * power >= size * (1 - 1e-9))
