"""Where the lines of a server-drawn chart run."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 480, 132
LEFT, RIGHT, TOP, BOTTOM = 4, 476, 12, 116


class Dot(NamedTuple):
    x: float
    y: float
    on: dt.date
    value: float


class Trajectory(NamedTuple):
    """A key result over its quarter, in a box of `WIDTH` by `HEIGHT`: what was said against the even way."""

    dots: list[Dot]
    line: str  # the polyline's points
    start_y: float
    target_y: float
    today_x: float


def trajectory(
    values: Sequence[tuple[dt.date, float]],
    *,
    start: float,
    target: float,
    first: dt.date,
    last: dt.date,
    today: dt.date,
) -> Trajectory:
    """The chart of `values` (day, value) in order of time; the even way runs from start to target.

    Better is up: where the target is the lower value, the scale is turned over.
    """
    heights = [start, target, *(value for _, value in values)]
    low, high = min(heights), max(heights)
    span = (high - low) or 1.0
    days = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        share = min(max((day - first).days / days, 0.0), 1.0)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def y(value: float) -> float:
        share = (value - low) / span
        if target < start:
            share = 1 - share
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    dots = [Dot(x(day), y(value), day, value) for day, value in values]
    return Trajectory(
        dots=dots,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        start_y=y(start),
        target_y=y(target),
        today_x=x(today),
    )
