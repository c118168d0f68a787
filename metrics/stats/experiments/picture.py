"""The intervals of a read-out as a picture: one line for each KPI and variant, about no change."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """Measures in units of the picture; a name stands `above` its line where there is no room beside it."""

    width: int
    row: int
    left: int
    right: int
    above: bool


WIDE, NARROW = Shape(760, 34, 250, 24, above=False), Shape(340, 52, 12, 12, above=True)
TOP, BOTTOM = 26, 30
CLASSES = {"better": "good", "holds": "good", "worse": "bad", "harmed": "bad"}
MARKS = {"better": "▲", "holds": "✓", "worse": "▼", "harmed": "✗"}


@dataclass(frozen=True, slots=True)
class Line:
    """An interval in shares of the control; `margin` is what a guardrail may lose, signed as it is drawn."""

    name: str
    low: float
    middle: float
    high: float
    result: str
    margin: float | None = None


def rows_of(readout: Mapping[str, Any]) -> list[Line]:
    """What can be drawn of a read-out: relative effects with the interval that decides."""
    lines = []
    several = sum(not one["is_control"] for one in readout["variants"]) > 1
    for kpi in readout["kpis"]:
        for one in kpi["variants"]:
            relative = one["relative"]
            if relative["interval"] is None:
                continue
            low, high = relative.get("interval_adjusted") or relative["interval"]
            margin = kpi["margin"]
            signed = None if margin is None else -margin if kpi["direction"] == "up" else margin
            name = f"{kpi['name']}, {one['name']}" if several else kpi["name"]
            lines.append(Line(name, low, relative["effect"], high, one["result"], signed))
    return lines


def svg(lines: Sequence[Line], shape: Shape = WIDE) -> str:
    """Inline SVG for a desk, or narrow for a phone.

    Colours come from the page's classes, and marks say the same without colour.
    """
    if not lines:
        return ""
    ends = [value for one in lines for value in (one.low, one.high, one.margin or 0.0)]
    # One interval without end must not flatten the others: what lies beyond ten times the median is cut.
    usual = sorted(max(abs(one.low), abs(one.high)) for one in lines)[len(lines) // 2]
    tick_at = _round(min(max(map(abs, ends)), 10 * usual) or 1.0)
    edge = tick_at * 1.08
    height = TOP + shape.row * len(lines) + BOTTOM

    def x(value: float) -> float:
        share = (min(max(value, -edge), edge) + edge) / (2 * edge)
        return shape.left + share * (shape.width - shape.left - shape.right)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shape.width} {height}"'
        f' class="intervals {"narrow" if shape.above else "wide"}" role="img"'
        ' aria-label="Intervals of every effect; the table below has the numbers">'
    ]
    ticks = (-tick_at, 0.0, tick_at) if shape.above else (-tick_at, -tick_at / 2, 0.0, tick_at / 2, tick_at)
    for tick in ticks:
        kind = "zero" if tick == 0 else "grid"
        parts.append(f'<path class="{kind}" d="M{x(tick):.1f} {TOP - 6}V{height - BOTTOM}"/>')
        words = f"{tick * 100:+.3g} %".replace("-", "\u2212") if tick else "no change"
        parts.append(
            f'<text class="tick" x="{x(tick):.1f}" y="{height - 10}" text-anchor="middle">{words}</text>'
        )
    for place, one in enumerate(lines):
        parts += _line(one, TOP + shape.row * (place + (0.7 if shape.above else 0.5)), x, shape)
    parts.append("</svg>")
    return "".join(parts)


def _round(value: float) -> float:
    """The next number up that is 1, 2, 4, 6 or 10 times a power of ten: halves of it are short too."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * times for times in (1, 2, 4, 6, 10) if size * times >= value * (1 - 1e-9))


def _line(one: Line, y: float, x: Any, shape: Shape) -> list[str]:
    kind = CLASSES.get(one.result, "open")
    most = 44 if shape.above else 34
    name = one.name if len(one.name) <= most else f"{one.name[: most - 1]}…"
    at = (0, y - 16, "start") if shape.above else (shape.left - 14, y + 4, "end")
    parts = [
        f'<g class="{kind}"><title>{escape(one.name)}</title>',
        f'<text class="name" x="{at[0]}" y="{at[1]:.1f}" text-anchor="{at[2]}">{escape(name)}'
        f" {MARKS.get(one.result, '')}</text>",
        f'<path class="reach" d="M{x(one.low):.1f} {y:.1f}H{x(one.high):.1f}"/>',
        f'<path class="ends" d="M{x(one.low):.1f} {y - 6:.1f}v12M{x(one.high):.1f} {y - 6:.1f}v12"/>',
        f'<circle cx="{x(one.middle):.1f}" cy="{y:.1f}" r="5"/>',
    ]
    if one.margin is not None:
        parts.append(f'<path class="margin" d="M{x(one.margin):.1f} {y - 12:.1f}v24"/>')
    return [*parts, "</g>"]
