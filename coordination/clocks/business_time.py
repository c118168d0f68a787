"""Counting only the hours in which somebody is there to answer.

Minutes are real ones: on the day the clocks go forward, a period that holds the skipped hour is an hour
shorter. A period's ends are read on the wall clock of the calendar's zone; where that time comes twice, the
first counts, and where it is skipped, the moment of the change.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from metrics.stats.calendars import public_holidays

DAY = 24 * 60
HORIZON = 2200  # the year up to which days are walked
Pause = tuple[dt.datetime, dt.datetime]


class Unusable(ValueError):
    """The calendar says nothing that can be counted by; the words say what is wrong."""


@dataclass(frozen=True)
class Calendar:
    """`week` has for each day from Monday on its periods as (start, end) in minutes after midnight.

    `country` (such as "DE") brings its public holidays, `closed` the company's own days; both are closed
    all day.
    """

    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    country: str = ""
    closed: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise Unusable("A week has seven days.")
        for periods in self.week:
            last = 0
            for start, end in periods:
                if not 0 <= start < DAY or not 0 < end <= DAY:
                    raise Unusable("A period lies between 00:00 and 24:00.")
                if end <= start:
                    raise Unusable(
                        "A period ends after it starts; one over midnight is two, one on each day."
                    )
                if start < last:
                    raise Unusable("Periods of a day may not overlap; write the earlier one first.")
                last = end
        if not any(self.week):
            raise Unusable("With no period on any day, nothing would ever be due. Open at least one day.")

    @property
    def minutes_a_week(self) -> int:
        return sum(end - start for periods in self.week for start, end in periods)

    def is_open(self, day: dt.date) -> bool:
        return bool(self.week[day.weekday()]) and day not in self.closed and not self.holiday(day)

    def holiday(self, day: dt.date) -> str:
        """The public holiday's name, or nothing."""
        return public_holidays(self.country, day, day).get(day, "") if self.country else ""


def due(start: dt.datetime, minutes: int, calendar: Calendar, pauses: Iterable[Pause] = ()) -> dt.datetime:
    """When `minutes` of open time have gone by since `start`, those in `pauses` not counted; in UTC.

    A target that is used up at the end of a period is due then, not when the next one begins.
    """
    left = dt.timedelta(minutes=minutes)
    if left <= dt.timedelta(0):
        return start.astimezone(dt.UTC)
    for begin, end in counted(start, calendar, pauses):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise AssertionError("a calendar with a period never ends")


def counted(start: dt.datetime, calendar: Calendar, pauses: Iterable[Pause]) -> Iterator[Pause]:
    """The open stretches after `start`, in UTC, without what the pauses take out of them."""
    rests = sorted((a.astimezone(dt.UTC), b.astimezone(dt.UTC)) for a, b in pauses if b > a)
    start = start.astimezone(dt.UTC)
    for rest_from, rest_to in rests:  # what begins inside a pause begins at its end: no day of it is walked
        if rest_from <= start < rest_to:
            start = rest_to
    spans = _open(start, calendar)
    while True:
        begin, end = next(spans)
        at = begin
        for rest_from, rest_to in rests:
            if rest_from >= end:
                break
            if rest_to <= at:
                continue
            if rest_from > at:
                yield at, rest_from
            at = rest_to
        if at < end:
            yield at, end
        else:  # closed by a pause that goes on: look again from where it ends
            spans = _open(at, calendar)


def _open(start: dt.datetime, calendar: Calendar) -> Iterator[Pause]:
    """The open stretches from `start` on, one after the other, without end."""
    zone = ZoneInfo(calendar.zone)
    last = start.astimezone(dt.UTC)
    if last.year >= HORIZON:
        raise Unusable(f"Nothing is counted beyond the year {HORIZON}.")
    # A day earlier: where a zone has left out a day, the wall clock jumps by as much
    day = start.astimezone(zone).date() - dt.timedelta(days=1)
    while True:
        if calendar.is_open(day):
            for opens, closes in calendar.week[day.weekday()]:
                begin, end = max(_moment(day, opens, zone), last), _moment(day, closes, zone)
                if begin < end:
                    yield begin, end
                    last = end
        day += dt.timedelta(days=1)
        if day.year > HORIZON:
            raise Unusable(f"Nothing is due before the year {HORIZON}: the calendar has too few open days.")


def _moment(day: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    days, rest = divmod(minutes, DAY)
    wall = dt.datetime.combine(day + dt.timedelta(days=days), dt.time(rest // 60, rest % 60), tzinfo=zone)
    at = wall.astimezone(dt.UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return at
    # The clocks skip this time of day: the moment at which they are put on stands for it
    before = wall.utcoffset()
    at = wall.replace(fold=1).astimezone(dt.UTC)
    while at.astimezone(zone).utcoffset() == before:
        at += dt.timedelta(minutes=1)
    return at
