"""Flagging what is unusual in a metric's series.

Everything here is causal (what is said of a point depends on it and on earlier points only),
deterministic, and independent of the unit of the values. Daily and longer grains get the full detector
(`daily`, and `short_history` until it has enough to go on), finer grains the simple ones of `hourly`.

Points are judged in order of time. Of points with the very same timestamp the last one counts. A value
that is None, NaN or infinite is a missing one. Timestamps are dates, datetimes (naive ones are UTC),
`numpy.datetime64`, or numbers (see `timegrid.DAY_NUMBERS_BELOW`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.stats.batches import Floats
from metrics.stats.daily import Verdict
from metrics.stats.incidents import KINDS, Kind
from metrics.stats.monitor import LateTimestamp, Monitor, Point, Stage, State
from metrics.stats.timegrid import Instant, Timestamp

__all__ = [
    "Band", "Flag", "Kind", "LateTimestamp", "State", "Timestamp",
    "advance", "detect", "expected_band", "start",
]  # fmt: skip

type Value = float | None

LARGEST = 1e300
"""Values beyond this count as being at it: sums of them stay finite."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something unusual at one point: the start of an incident, or news of one."""

    index: int
    """Position of the point in the series; of empty slots before a point, that point's."""
    score: float
    """Over the threshold: 1 is just unusual enough."""
    kind: Kind
    expected: float
    low: float
    high: float
    """The band the point was expected in, in the unit of the values (NaN where there is none)."""
    upgrades: int | None = None
    """Index of the flag whose incident this one continues, such as the spike that became a level shift."""
    provisional: bool = False
    """The series is too young for more than a rough check."""


@dataclass(frozen=True, slots=True)
class Band:
    """Where each point was expected before it was known: one number per point, NaN where unknown."""

    expected: Floats
    low: Floats
    high: Floats


def detect(
    timestamps: Sequence[Timestamp], values: Sequence[Value], events: Sequence[bool] | None = None
) -> list[Flag]:
    """Flags of a whole series, in order of time.

    `events` marks the points of days known to be special (holidays, launches): the band is wider there and
    nothing is learnt from them.
    """
    points, positions = _ordered(timestamps, values, events)
    monitor = Monitor()
    flags = [flag for point in points for flag in _flags(monitor, point)]
    return [_renumbered(flag, positions) for flag in flags]


def expected_band(
    timestamps: Sequence[Timestamp], values: Sequence[Value], events: Sequence[bool] | None = None
) -> Band:
    """The band each point of a series was expected in, for its chart. `events` as for `detect`."""
    points, positions = _ordered(timestamps, values, events)
    expected, low, high = (np.full(len(values), np.nan) for _ in range(3))
    monitor = Monitor()
    for point in points:
        for index, verdict in monitor.add(point):
            # The point's own slot comes after the empty ones before it.
            at = positions[index]
            expected[at], low[at], high[at] = verdict.expected[0], verdict.low[0], verdict.high[0]
    return Band(expected, low, high)


def start(
    timestamps: Sequence[Timestamp] = (), values: Sequence[Value] = (), events: Sequence[bool] | None = None
) -> State:
    """The state after a history, for `advance`."""
    points, _ = _ordered(timestamps, values, events)
    monitor = Monitor()
    for point in points:
        for _verdict in monitor.add(point):
            pass
    return monitor.snapshot()


def advance(
    state: State, timestamp: Timestamp, value: Value, *, event: bool = False
) -> tuple[State, list[Flag]]:
    """Judge one new point without the history: the same flags as `detect` gives on the whole series.

    Raises LateTimestamp where the point is not later than the last one.
    """
    monitor = Monitor.resumed(state)
    flags = _flags(monitor, Point(Instant.of(timestamp), _number(value), bool(event)))
    return monitor.snapshot(), flags


def _number(value: Value) -> float:
    """A finite float that can be added to others, or NaN."""
    number = np.nan if value is None else float(value)
    return float(np.clip(number, -LARGEST, LARGEST)) if np.isfinite(number) else np.nan


def _ordered(
    timestamps: Sequence[Timestamp], values: Sequence[Value], events: Sequence[bool] | None
) -> tuple[list[Point], list[int]]:
    """Points in order of time, the last one of each timestamp, and their positions in the series."""
    marks = [False] * len(values) if events is None else events
    if not len(timestamps) == len(values) == len(marks):
        raise ValueError("Timestamps, values and events differ in length.")
    instants = [Instant.of(timestamp) for timestamp in timestamps]
    last_of = {instant.seconds: position for position, instant in enumerate(instants)}
    positions = [last_of[seconds] for seconds in sorted(last_of)]
    points = [Point(instants[at], _number(values[at]), bool(marks[at])) for at in positions]
    return points, positions


def _flags(monitor: Monitor, point: Point) -> list[Flag]:
    provisional = monitor.state.stage is Stage.YOUNG
    return [
        _flag(index, verdict, provisional=provisional)
        for index, verdict in monitor.add(point)
        if verdict.kind[0]
    ]


def _flag(index: int, verdict: Verdict, *, provisional: bool) -> Flag:
    kind, upgrades = KINDS[verdict.kind[0]], int(verdict.upgrades[0])
    assert kind is not None, "only slots with something unusual are made flags"
    return Flag(
        index=index,
        score=float(verdict.score[0]),
        kind=kind,
        expected=float(verdict.expected[0]),
        low=float(verdict.low[0]),
        high=float(verdict.high[0]),
        upgrades=upgrades if upgrades >= 0 else None,
        provisional=provisional,
    )


def _renumbered(flag: Flag, positions: list[int]) -> Flag:
    """The flag with positions in the caller's series instead of counts in order of time."""
    upgrades = None if flag.upgrades is None else positions[flag.upgrades]
    return replace(flag, index=positions[flag.index], upgrades=upgrades)
