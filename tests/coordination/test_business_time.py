"""Working time: what is due when, over nights, weekends, holidays and changes of the clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.clocks import (
    Calendar,
    Unusable,
    as_duration,
    as_periods,
    due,
    read_duration,
    read_periods,
)
from coordination.clocks.business_time import counted

OFFICE = ((9 * 60, 17 * 60),)
BERLIN = ZoneInfo("Europe/Berlin")


def weekdays(periods=OFFICE, zone="Europe/Berlin", **more):
    return Calendar(zone, (periods,) * 5 + ((),) * 2, **more)


def elapsed(start, end, calendar, pauses=()):
    """The open time between two moments, outside the pauses: what `due` is checked by."""
    used = dt.timedelta(0)
    for begin, close in counted(start, calendar, pauses) if end > start else ():
        if begin >= end:
            break
        used += min(close, end) - begin
    return used


def berlin(*when):
    return dt.datetime(*when, tzinfo=BERLIN)


def test_friday_half_past_four_with_an_hour_is_due_on_monday_at_half_past_nine():
    assert due(berlin(2026, 11, 20, 16, 30), 60, weekdays()) == berlin(2026, 11, 23, 9, 30)


def test_a_target_used_up_at_closing_time_is_due_then():
    assert due(berlin(2026, 11, 20, 16), 60, weekdays()) == berlin(2026, 11, 20, 17)


def test_what_comes_in_at_night_counts_from_the_morning_and_lunch_does_not_count():
    split = weekdays(((9 * 60, 12 * 60), (13 * 60, 17 * 60)))
    assert due(berlin(2026, 11, 23, 3), 30, split) == berlin(2026, 11, 23, 9, 30)
    assert due(berlin(2026, 11, 23, 11, 30), 60, split) == berlin(2026, 11, 23, 13, 30)


def test_public_holidays_and_the_companys_own_days_are_closed():
    closed = frozenset({dt.date(2026, 12, 28)})
    calendar = weekdays(country="DE", closed=closed)  # 25 December 2026 is a Friday
    assert due(berlin(2026, 12, 24, 16, 30), 60, calendar) == berlin(2026, 12, 29, 9, 30)


def test_the_hour_that_the_clocks_skip_is_not_worked_and_the_one_that_comes_twice_is():
    nights = Calendar("Europe/Berlin", (((0, 6 * 60),),) * 7)
    spring, autumn = berlin(2026, 3, 29, 0), berlin(2026, 10, 25, 0)
    assert elapsed(spring, berlin(2026, 3, 29, 12), nights) == dt.timedelta(hours=5)
    assert elapsed(autumn, berlin(2026, 10, 25, 12), nights) == dt.timedelta(hours=7)
    assert due(spring, 330, nights) == berlin(2026, 3, 30, 0, 30)
    skipped = Calendar("Europe/Berlin", ((),) * 6 + (((125, 175), (180, 300)),))
    assert due(spring, 60, skipped) == berlin(2026, 3, 29, 4)


def test_a_pause_does_not_count():
    pauses = [(berlin(2026, 11, 23, 10), berlin(2026, 11, 24, 10))]
    assert due(berlin(2026, 11, 23, 9), 120, weekdays(), pauses) == berlin(2026, 11, 24, 11)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (((),) * 7, "nothing would ever be due"),
        ((((22 * 60, 6 * 60),),) + ((),) * 6, "over midnight"),
        ((((540, 720), (700, 800)),) + ((),) * 6, "overlap"),
        ((((540, 1441),),) + ((),) * 6, "24:00"),
        ((), "seven days"),
    ],
)
def test_a_calendar_that_cannot_be_counted_by_is_refused(week, words):
    with pytest.raises(Unusable, match=words):
        Calendar("UTC", week)


@st.composite
def calendars(draw):
    def day():
        ends = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
        ends = ends[: len(ends) // 2 * 2]
        return tuple((a * 15, b * 15) for a, b in zip(ends[::2], ends[1::2], strict=True))

    week = [day() for _ in range(7)]
    if not any(week):
        week[draw(st.integers(0, 6))] = ((600, 660),)
    zone = draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]))
    return Calendar(zone, tuple(week), draw(st.sampled_from(["", "DE", "US"])))


# Around both changes of the clocks, and at any other time of a year
def within(day, days):
    start = dt.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return st.integers(0, days * 24 * 60).map(lambda at: start + dt.timedelta(minutes=at))


moments = st.one_of(within("2026-03-27", 10), within("2026-10-23", 11), within("2026-01-01", 364))
minutes = st.integers(1, 3_000)
pauses = st.lists(
    st.tuples(moments, st.timedeltas(dt.timedelta(0), dt.timedelta(days=9))).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=3,
)


@given(moments, minutes, calendars(), pauses)
def test_at_the_due_time_exactly_the_target_has_gone_by(start, target, calendar, pauses):
    at = due(start, target, calendar, pauses)
    assert elapsed(start, at, calendar, pauses) == dt.timedelta(minutes=target)
    assert elapsed(start, at - dt.timedelta(seconds=1), calendar, pauses) < dt.timedelta(minutes=target)


@given(moments, minutes, minutes, calendars())
def test_two_targets_in_a_row_are_their_sum(start, first, second, calendar):
    assert due(due(start, first, calendar), second, calendar) == due(start, first + second, calendar)


@given(moments, moments, moments, calendars(), pauses)
def test_time_gone_by_adds_up_and_is_never_more_than_the_clock_says(a, b, c, calendar, pauses):
    a, b, c = sorted((a, b, c))
    parts = elapsed(a, b, calendar, pauses) + elapsed(b, c, calendar, pauses)
    assert elapsed(a, c, calendar, pauses) == parts
    assert dt.timedelta(0) <= parts <= c - a
    assert elapsed(c, a, calendar) == dt.timedelta(0) or a == c


@given(moments, minutes, calendars(), pauses)
def test_a_pause_never_brings_the_due_time_forward(start, target, calendar, pauses):
    assert due(start, target, calendar, pauses) >= due(start, target, calendar)


@given(calendars())
def test_hours_read_again_as_they_are_written(calendar):
    for periods in calendar.week:
        assert read_periods(as_periods(periods)) == periods


@given(st.integers(1, 120_000))
def test_durations_read_again_as_they_are_written(whole):
    assert read_duration(as_duration(whole)) == whole


def test_hours_and_durations_as_people_type_them():
    assert read_periods("13.30 to 17, 9-12") == ((540, 720), (810, 1020))
    assert read_periods("Closed") == ()
    assert [read_duration(text) for text in ("4", "4h", "1:30", "90 min", "1 h 5 m")] == [
        240,
        240,
        90,
        90,
        65,
    ]
    for text in ("22-6", "9-25", "9", "nine to five", "9-12 and 11-13"):
        with pytest.raises(Unusable):
            read_periods(text)
    for text in ("", "0", "soon", "-4", "99999 h"):
        with pytest.raises(Unusable):
            read_duration(text)
