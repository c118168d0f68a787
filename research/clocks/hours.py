"""Hours on the wall turned into instants, whatever the clocks do in between.

A host says "Mondays 09:00 to 17:00" and means what the clock on the wall shows. An instant is within hours
exactly if the wall clock then shows a time within them: of an hour that is skipped nothing is left, an hour
that comes twice is open twice. That definition is what this module computes and what its tests check.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 24 * 60  # minutes
_STRIDE = dt.timedelta(hours=6)  # no zone has ever changed its offset twice within it


class Window(NamedTuple):
    """A stretch of a day by the wall clock, in minutes after midnight: 0 <= start < end <= 1440."""

    start: int
    end: int


class Span(NamedTuple):
    """A stretch of time, both ends aware and in UTC; the end itself is no longer part of it."""

    start: dt.datetime
    end: dt.datetime


class Steady(NamedTuple):
    """A stretch of time through which a zone keeps one offset from UTC."""

    start: dt.datetime
    end: dt.datetime
    offset: dt.timedelta


def steady_stretches(zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> list[Steady]:
    """`start` to `end` (UTC) cut where the zone's offset changes, to the second."""
    found: list[Steady] = []
    begun, at, offset = start, start, _offset(zone, start)
    while at < end:
        later = min(at + _STRIDE, end)
        then = _offset(zone, later)
        if then != offset:
            turn = _turn(zone, at, later, offset)
            found.append(Steady(begun, turn, offset))
            begun, offset = turn, then
        at = later
    if begun < end:
        found.append(Steady(begun, end, offset))
    return found


def _offset(zone: ZoneInfo, at: dt.datetime) -> dt.timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # every ZoneInfo knows
    return offset


def _turn(zone: ZoneInfo, early: dt.datetime, late: dt.datetime, before: dt.timedelta) -> dt.datetime:
    """The first second with another offset than `before`, which `early` still has and `late` no longer."""
    while late - early > dt.timedelta(seconds=1):
        middle = early + dt.timedelta(seconds=(late - early) // dt.timedelta(seconds=2))
        if _offset(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late


class Opening(NamedTuple):
    """A window of one day as it really takes place: open from `start` to `end`, through one offset.

    `anchor` is when the wall clock showed the window's beginning, or would have: starts are counted from it.
    """

    start: dt.datetime
    end: dt.datetime
    anchor: dt.datetime


def openings(
    zone: ZoneInfo,
    weekly: Mapping[int, Iterable[Window]],
    exceptions: Mapping[dt.date, Iterable[Window]],
    first: dt.date,
    last: dt.date,
) -> list[Opening]:
    """When a host is open on the days `first` to `last` of their own calendar, in order.

    `weekly` has the windows of each ISO weekday (Monday is 1). `exceptions` has the windows of single days,
    in place of the weekly ones: an empty one closes the day.
    """
    midnight = dt.datetime.combine(first, dt.time(), dt.UTC)
    behind = dt.datetime.combine(last, dt.time(), dt.UTC) + dt.timedelta(days=1)
    margin = dt.timedelta(days=2)  # no zone is further from UTC than a day
    stretches = steady_stretches(zone, midnight - margin, behind + margin)
    found = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        naive = dt.datetime.combine(day, dt.time(), dt.UTC)
        for window in sorted(exceptions.get(day, weekly.get(day.isoweekday(), ()))):
            begins, ends = (naive + dt.timedelta(minutes=minutes) for minutes in window)
            for stretch in stretches:
                anchor = begins - stretch.offset
                start, end = max(anchor, stretch.start), min(ends - stretch.offset, stretch.end)
                if start < end:
                    found.append(Opening(start, end, anchor))
    return sorted(found)


def merged(spans: Iterable[tuple[dt.datetime, dt.datetime]]) -> list[Span]:
    """The same time covered by spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, end))
        else:
            found.append(Span(start, end))
    return found
