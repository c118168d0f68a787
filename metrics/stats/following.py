"""Series followed as they grow: what is found in new points, and the band each was expected in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from metrics.stats.anomalies import Flag, State, backfill
from metrics.stats.backfill import judge_next
from metrics.stats.points import Events, Point
from metrics.stats.timegrid import Timestamp

type Expected = tuple[float, float, float]
"""What a point was expected to be, and the lowest and highest that would not have surprised."""


class News(NamedTuple):
    """A series' points that nobody has judged, in order of time.

    `state` is the one after all earlier points, None where these are the first. `events` marks the points
    of days known to be special (None: none of them).
    """

    state: State | None
    timestamps: Sequence[Timestamp]
    values: Sequence[float]
    events: Events = None


@dataclass(frozen=True, slots=True)
class Followed:
    """`expected` has one entry for each of the points given; None where nothing could be expected yet.

    A flag's index counts from the first point that the state has seen.
    """

    state: State
    flags: list[Flag]
    expected: list[Expected | None]


def follow(many: Sequence[News]) -> list[Followed]:
    """Judge the new points of many series together: what `detect` says on each whole series."""
    found: dict[int, Followed] = {}
    whole = [order for order, news in enumerate(many) if news.state is None]
    judged = backfill([(many[order].timestamps, many[order].values, many[order].events) for order in whole])
    for order, one in zip(whole, judged, strict=True):
        found[order] = Followed(one.state, one.flags, [_finite(*row) for row in one.band.tolist()])
    grown = [order for order, news in enumerate(many) if news.state is not None]
    found |= zip(grown, _grow([many[order] for order in grown]), strict=True)
    return [found[order] for order in range(len(many))]


def _grow(many: list[News]) -> list[Followed]:
    """Point by point, each time all series that have one more."""
    states = [news.state or State() for news in many]
    flags: list[list[Flag]] = [[] for _ in many]
    expected: list[list[Expected | None]] = [[] for _ in many]
    for step in range(max((len(news.values) for news in many), default=0)):
        going = [order for order, news in enumerate(many) if len(news.values) > step]
        points = [
            Point.of(news.timestamps[step], news.values[step], bool(news.events and news.events[step]))
            for news in (many[order] for order in going)
        ]
        for order, one in zip(going, judge_next([states[order] for order in going], points), strict=True):
            states[order] = one.state
            flags[order] += one.flags
            expected[order].append(_finite(*one.band))
    return [Followed(*parts) for parts in zip(states, flags, expected, strict=True)]


def _finite(*band: float) -> Expected | None:
    expected, low, high = band
    return (expected, low, high) if all(map(math.isfinite, band)) else None
