"""A series followed as it grows: what is found in its new points, and the band each was expected in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.stats.anomalies import Flag, State, backfill
from metrics.stats.monitor import Monitor, Stage
from metrics.stats.points import Point
from metrics.stats.timegrid import Timestamp

type Expected = tuple[float, float, float]
"""What a point was expected to be, and the lowest and highest that would not have surprised."""


@dataclass(frozen=True, slots=True)
class Followed:
    """`expected` has one entry for each of the points given; None where nothing could be expected yet."""

    state: State
    flags: list[Flag]
    expected: list[Expected | None]


def follow(state: State, timestamps: Sequence[Timestamp], values: Sequence[float]) -> Followed:
    """Judge points, in order of time and later than all before: what `detect` says on the whole series.

    A flag's index counts from the first point that the state has seen.
    """
    monitor = Monitor.resumed(state)
    first = state.count
    flags: list[Flag] = []
    expected: list[Expected | None] = [None] * len(values)
    for timestamp, value in zip(timestamps, values, strict=True):
        provisional = monitor.state.stage is Stage.YOUNG
        for index, verdict in monitor.add(Point.of(timestamp, value, False)):
            if index >= first:
                # The point's own slot comes after the empty ones before it.
                band = (float(verdict.expected[0]), float(verdict.low[0]), float(verdict.high[0]))
                expected[index - first] = _finite(*band)
            if flag := Flag.of(index, verdict, provisional=provisional):
                flags.append(flag)
    return Followed(monitor.snapshot(), flags, expected)


def follow_many(histories: Sequence[tuple[Sequence[Timestamp], Sequence[float]]]) -> list[Followed]:
    """The same for whole series from their first point on, together: a small part of the cost."""
    judged = backfill([(timestamps, values, None) for timestamps, values in histories])
    return [Followed(one.state, one.flags, [_finite(*row) for row in one.band.tolist()]) for one in judged]


def _finite(*band: float) -> Expected | None:
    expected, low, high = band
    return (expected, low, high) if all(map(math.isfinite, band)) else None
