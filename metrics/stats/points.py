"""A caller's series as points in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, isfinite, nan

from metrics.stats.timegrid import Instant, Timestamp

type Value = float | None
type Events = Sequence[bool] | None

LARGEST = 1e300
"""Values beyond this count as being at it: sums of them stay finite."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value, NaN where missing, with whether its day is a known event."""

    instant: Instant
    value: float
    event: bool

    @classmethod
    def of(cls, timestamp: Timestamp, value: Value, event: bool) -> "Point":
        return cls(Instant.of(timestamp), _number(value), bool(event))


def ordered(
    timestamps: Sequence[Timestamp], values: Sequence[Value], events: Events
) -> tuple[list[Point], list[int]]:
    """Points in order of time, the last one of each timestamp, and their positions in the series."""
    marks = [False] * len(values) if events is None else events
    if not len(timestamps) == len(values) == len(marks):
        raise ValueError("Timestamps, values and events differ in length.")
    points = [Point.of(*given) for given in zip(timestamps, values, marks, strict=True)]
    last_of = {point.instant.seconds: position for position, point in enumerate(points)}
    positions = [last_of[seconds] for seconds in sorted(last_of)]
    return [points[position] for position in positions], positions


def _number(value: Value) -> float:
    """A finite float that can be added to others, or NaN."""
    number = nan if value is None else float(value)
    if -LARGEST <= number <= LARGEST:
        return number
    return copysign(LARGEST, number) if isfinite(number) else nan
