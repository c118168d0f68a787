"""Flagging what is unusual in a metric's series.

Everything here is causal (what is said of a point depends on it and on earlier points only),
deterministic, and independent of the unit of the values. Daily and longer grains get the full detector
(`daily`, and `short_history` until it has enough to go on), finer grains the simple ones of `hourly`.

Points are judged in order of time. Of points with the very same timestamp the last one counts. A value
that is None, NaN or infinite is a missing one. Timestamps are dates, datetimes (naive ones are UTC),
`numpy.datetime64`, or numbers (see `timegrid.DAY_NUMBERS_BELOW`).

`events` marks the points of days known to be special (holidays, launches): the band is wider there and
nothing is learnt from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.stats.backfill import Series, advance_many, backfill
from metrics.stats.batches import Floats
from metrics.stats.flags import Flag
from metrics.stats.incidents import Kind
from metrics.stats.monitor import LateTimestamp, Monitor, State
from metrics.stats.points import Events, Point, Value, ordered
from metrics.stats.timegrid import Timestamp

__all__ = [
    "Band", "Flag", "Kind", "LateTimestamp", "Series", "State", "Timestamp", "Value",
    "advance", "advance_many", "backfill", "detect", "detect_many", "expected_band", "start",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """Where each point was expected before it was known: one number per point, NaN where unknown."""

    expected: Floats
    low: Floats
    high: Floats


def detect(timestamps: Sequence[Timestamp], values: Sequence[Value], events: Events = None) -> list[Flag]:
    """Flags of a whole series, in order of time."""
    points, positions = ordered(timestamps, values, events)
    monitor = Monitor()
    return [flag.renumbered(positions) for point in points for flag in monitor.flags(point)]


def detect_many(series: Sequence[Series]) -> list[list[Flag]]:
    """Flags of each of many series: what `detect` gives, at a small part of the cost."""
    return [judged.flags for judged in backfill(series)]


def expected_band(timestamps: Sequence[Timestamp], values: Sequence[Value], events: Events = None) -> Band:
    """The band each point of a series was expected in, for its chart."""
    points, positions = ordered(timestamps, values, events)
    expected, low, high = (np.full(len(values), np.nan) for _ in range(3))
    monitor = Monitor()
    for point in points:
        for index, verdict in monitor.add(point):
            # The point's own slot comes after the empty ones before it.
            at = positions[index]
            expected[at], low[at], high[at] = verdict.expected[0], verdict.low[0], verdict.high[0]
    return Band(expected, low, high)


def start(timestamps: Sequence[Timestamp] = (), values: Sequence[Value] = (), events: Events = None) -> State:
    """The state after a history, for `advance`. Indexes of later flags count from the history's start."""
    points, _ = ordered(timestamps, values, events)
    monitor = Monitor()
    for point in points:
        monitor.flags(point)
    return monitor.snapshot()


def advance(
    state: State, timestamp: Timestamp, value: Value, *, event: bool = False
) -> tuple[State, list[Flag]]:
    """Judge one new point without the history: the same flags as `detect` gives on the whole series.

    Raises LateTimestamp where the point is not later than the last one.
    """
    monitor = Monitor.resumed(state)
    flags = monitor.flags(Point.of(timestamp, value, event))
    return monitor.snapshot(), flags
