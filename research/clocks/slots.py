"""Which times of several hosts are free: arithmetic of instants, no more.

A session takes its host from `before` it begins until `after` it ends: to prepare, to write up. These
buffers belong to the host and stand beside those of the session next to it, so that between two sessions
there is room for both: the one's `after` and the other's `before`.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .hours import Opening, Span, Window, merged, openings

NOTHING = dt.timedelta()


class Mode(StrEnum):
    """Who of several hosts holds a session."""

    ONE = "one"  # the study's only host
    TOGETHER = "together"  # all of them
    IN_TURN = "in_turn"  # whoever is free and has had the fewest


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of a host when times are looked for. `key` is whatever the caller knows them by.

    `taken` are spans in which they cannot hold a session: sessions with their buffers, and what else their
    calendar says. `held` counts the sessions of each of their days that count to `daily_limit` (0: none).
    `weekly` is None for a host who is asked about times that were set by hand, whatever their hours are.
    """

    key: int
    zone: ZoneInfo
    weekly: Mapping[int, tuple[Window, ...]] | None
    exceptions: Mapping[dt.date, tuple[Window, ...]] = field(default_factory=dict)
    taken: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    held: Mapping[dt.date, int] = field(default_factory=dict)
    before: dt.timedelta = NOTHING
    after: dt.timedelta = NOTHING
    notice: dt.timedelta = NOTHING
    daily_limit: int = 0
    load: int = 0


class Slot(NamedTuple):
    """A time that can be booked, and the keys of the hosts who would hold it, the fittest first."""

    start: dt.datetime
    end: dt.datetime
    hosts: tuple[int, ...]


class _Ready:
    """One host with their time sorted, to be asked about many starts."""

    def __init__(self, host: Host, first: dt.date, last: dt.date, now: dt.datetime):
        self.host = host
        self.earliest = now + host.notice
        self.taken = merged(host.taken)
        self.openings: list[Opening] = []
        self.open: list[Span] | None = None
        if host.weekly is not None:
            self.openings = openings(host.zone, host.weekly, host.exceptions, first, last)
            self.open = merged((one.start, one.end) for one in self.openings)

    def starts(self, step: dt.timedelta) -> Iterable[dt.datetime]:
        """The starts on this host's grid: every `step` from the beginning of their hours."""
        for opening in self.openings:
            late = (opening.start - opening.anchor) % step
            at = opening.start + (step - late if late else NOTHING)
            while at < opening.end:
                yield at
                at += step

    def can(self, start: dt.datetime, length: dt.timedelta) -> bool:
        host, end = self.host, start + length
        if start < self.earliest:
            return False
        if self.open is not None and not _within(self.open, start, end):
            return False
        if _touches(self.taken, start - host.before, end + host.after):
            return False
        return not host.daily_limit or host.held.get(day_of(start, host.zone), 0) < host.daily_limit


def day_of(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    return at.astimezone(zone).date()


def _within(spans: Sequence[Span], start: dt.datetime, end: dt.datetime) -> bool:
    """Whether one of the sorted, separate spans holds all of `start` to `end`."""
    behind = bisect_right(spans, start, key=lambda span: span.start)
    return behind > 0 and spans[behind - 1].end >= end


def _touches(spans: Sequence[Span], start: dt.datetime, end: dt.datetime) -> bool:
    """Whether one of the sorted, separate spans shares a moment with `start` to `end`."""
    behind = bisect_right(spans, start, key=lambda span: span.start)
    if behind and spans[behind - 1].end > start:
        return True
    return behind < len(spans) and spans[behind].start < end


def free_slots(
    hosts: Sequence[Host],
    mode: Mode,
    *,
    length: dt.timedelta,
    step: dt.timedelta,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
    fixed: Iterable[dt.datetime] | None = None,
) -> list[Slot]:
    """The times at which a session of `length` can be booked, in order.

    `first` and `last` are days of each host's own calendar. With `fixed`, only those starts are looked at;
    else the hosts' hours give them: for one host or several in turn each host's own grid, for several
    together anybody's grid, since hosts in zones half an hour apart have no start in common. `hosts` of a
    slot are by load, fewest first, then by their key, so that two that look at once see the same.
    """
    ready = [_Ready(host, first, last, now) for host in hosts]
    if not ready:
        return []
    by_load = sorted(ready, key=lambda one: (one.host.load, one.host.key))
    grids = {one.host.key: set(one.starts(step)) for one in ready} if fixed is None else {}
    starts = set(fixed) if fixed is not None else set().union(*grids.values())
    found = []
    for start in sorted(starts):
        able = [one.host.key for one in by_load if one.can(start, length)]
        if mode == Mode.TOGETHER:
            if len(able) < len(ready):
                continue
        elif fixed is None:
            able = [key for key in able if start in grids[key]]
        if able:
            found.append(Slot(start, start + length, tuple(able)))
    return found


def chosen(slot: Slot, mode: Mode) -> tuple[int, ...]:
    """Who of a slot's hosts holds the session: all of them, or the one with the fewest."""
    return slot.hosts if mode == Mode.TOGETHER else slot.hosts[:1]


def nearest(slots: Sequence[Slot], start: dt.datetime, limit: int) -> list[Slot]:
    """The `limit` slots closest to `start`, in order of time: what to offer when it has just gone."""
    return sorted(sorted(slots, key=lambda slot: (abs(slot.start - start), slot.start))[:limit])
