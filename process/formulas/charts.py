"""Where the lines of a server-drawn chart run."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 480, 132
LEFT, RIGHT, TOP, BOTTOM = 4, 476, 12, 116


class Spot(NamedTuple):
    """A value on a day; `told` says what it means where a level is kept ("met", "missed", "doubt", "other").

    A new `run` breaks the line: before and after it things are not counted the same way.
    """

    on: dt.date
    value: float
    told: str = ""
    run: int = 0


class Dot(NamedTuple):
    x: float
    y: float
    on: dt.date
    value: float
    told: str


class Span(NamedTuple):
    x: float
    width: float


class Mark(NamedTuple):
    y: float
    value: float


class Picture(NamedTuple):
    """A key result over its cycle, in a box of `WIDTH` by `HEIGHT`."""

    dots: list[Dot]
    lines: list[str]  # the points of each polyline
    marks: list[Mark]  # start and target, bounds or levels
    ideal: tuple[float, float] | None  # the heights of the even way at both ends
    band: tuple[float, float] | None  # the top of the bounds, and their height
    doubts: list[Span]
    breaks: list[float]
    today_x: float


def picture(
    spots: Sequence[Spot],
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    marks: Sequence[float],
    even: tuple[float, float] | None = None,
    low: float | None = None,
    high: float | None = None,
    steps: bool = False,
    doubts: Sequence[tuple[dt.date, dt.date]] = (),
    breaks: Sequence[dt.date] = (),
) -> Picture:
    """The chart of `spots` in order of time over the days `first` to `last`.

    `marks` are values with a line of their own, always in view. `even` is the way from a start to a target:
    better is up, so where the target is the lower value the scale is turned over. `low` and `high` bound the
    band to keep to, open where one is None. `steps` draws what rises all at once. Days in `doubts` are
    hatched, `breaks` cut the chart.
    """
    heights = [*marks, *(spot.value for spot in spots)]
    bottom, top = min(heights, default=0.0), max(heights, default=1.0)
    if low is not None or high is not None:  # room for the band beyond its bound
        room = (top - bottom) / 4 or max(abs(top), 1.0) / 10
        bottom, top = bottom - room, top + room
    span = (top - bottom) or 1.0
    days = max((last - first).days, 1)
    turned = even is not None and even[1] < even[0]

    def x(day: dt.date) -> float:
        return round(LEFT + min(max((day - first).days / days, 0.0), 1.0) * (RIGHT - LEFT), 1)

    def y(value: float) -> float:
        share = min(max((value - bottom) / span, 0.0), 1.0)
        return round(BOTTOM - (1 - share if turned else share) * (BOTTOM - TOP), 1)

    dots = [Dot(x(spot.on), y(spot.value), spot.on, spot.value, spot.told) for spot in spots]
    runs: dict[int, list[str]] = {}
    for spot, dot in zip(spots, dots, strict=True):
        points = runs.setdefault(spot.run, [])
        if steps and points:
            points.append(f"{dot.x},{points[-1].split(',')[1]}")
        points.append(f"{dot.x},{dot.y}")
    band = None
    if low is not None or high is not None:
        upper = TOP - 8.0 if high is None else y(high)
        lower = BOTTOM + 4.0 if low is None else y(low)
        band = (upper, round(lower - upper, 1))
    a_day = dt.timedelta(days=1)
    return Picture(
        dots=dots,
        lines=[" ".join(points) for points in runs.values()],
        marks=[Mark(y(value), value) for value in marks],
        ideal=(y(even[0]), y(even[1])) if even else None,
        band=band,
        doubts=[Span(x(since), round(max(x(upto + a_day) - x(since), 2.0), 1)) for since, upto in doubts],
        breaks=[x(day) for day in breaks if first < day <= last],
        today_x=x(today),
    )


class Placed(NamedTuple):
    """A value of a series at its place in a box of `WIDTH` by `HEIGHT`."""

    x: float
    y: float
    value: float
    label: str


def shares_over(series: Sequence[tuple[str, float | None]]) -> list[Placed]:
    """Where (label, value from 0 to 1) pairs lie, evenly from left to right, 1 on top; None leaves its place
    empty."""
    step = (RIGHT - LEFT) / max(len(series) - 1, 1)
    return [
        Placed(round(LEFT + place * step, 1), round(BOTTOM - value * (BOTTOM - TOP), 1), value, label)
        for place, (label, value) in enumerate(series)
        if value is not None
    ]
