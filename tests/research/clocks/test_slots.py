"""Free times, checked against the definition: an instant is within hours if the wall clock says so."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.clocks.hours import Window, merged, openings
from research.clocks.slots import Host, Mode, Slot, chosen, day_of, free_slots, nearest

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Pacific/Apia",
    )
]
# Days around which something happens: clocks go forward and back, a leap day, a year's turn, a day that Samoa
# never had, and one like any other.
DAYS = [
    dt.date(*day)
    for day in (
        (2026, 3, 8),
        (2026, 3, 29),
        (2026, 4, 5),
        (2026, 10, 4),
        (2026, 10, 25),
        (2026, 11, 1),
        (2028, 2, 29),
        (2026, 12, 31),
        (2011, 12, 30),
        (2026, 6, 17),
    )
]
MINUTE = dt.timedelta(minutes=1)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
zones, days = st.sampled_from(ZONES), st.sampled_from(DAYS)


@st.composite
def windows(draw):
    first, second = sorted(
        draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(sorted))
    )
    return Window(first * 15, second * 15)


def _utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def _every_day(*spans):
    return {weekday: spans for weekday in range(1, 8)}


def _host(zone, *spans, key=1, **fields):
    return Host(key, zone, _every_day(*spans), **fields)


def _free(hosts, mode=Mode.ONE, *, on, length=60, step=30, days=0, now=LONG_AGO, fixed=None):
    return free_slots(
        hosts,
        mode,
        length=length * MINUTE,
        step=step * MINUTE,
        first=on,
        last=on + dt.timedelta(days=days),
        now=now,
        fixed=fixed,
    )


def _on_the_wall(slots, zone):
    return [f"{slot.start.astimezone(zone):%d %H:%M %z}" for slot in slots]


@given(zones, days, windows())
def test_an_instant_is_open_exactly_if_the_wall_clock_says_so(zone, day, window):
    found = merged((one.start, one.end) for one in openings(zone, _every_day(window), {}, day, day))
    at = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(hours=30)
    for _ in range(72 * 12):
        wall = at.astimezone(zone)
        says = wall.date() == day and window.start <= wall.hour * 60 + wall.minute < window.end
        assert says == any(start <= at < end for start, end in found), wall
        at += 5 * MINUTE


@given(
    zones,
    days,
    st.lists(windows(), min_size=1, max_size=3),
    st.sampled_from([15, 20, 30, 60]),
    st.sampled_from([30, 45, 60, 90]),
    st.integers(0, 45),
    st.integers(0, 45),
    st.lists(st.tuples(st.integers(0, 48 * 4), st.integers(1, 12)), max_size=5),
)
def test_every_slot_is_within_hours_and_clear_of_what_is_taken(
    zone, day, spans, step, length, before, after, busy
):
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(hours=12)
    taken = tuple((midnight + a * 15 * MINUTE, midnight + (a + n) * 15 * MINUTE) for a, n in busy)
    host = _host(zone, *spans, taken=taken, before=before * MINUTE, after=after * MINUTE)
    for slot in _free([host], on=day, length=length, step=step):
        assert slot.end - slot.start == length * MINUTE
        at = slot.start
        while at < slot.end:
            wall = at.astimezone(zone)
            minute = wall.hour * 60 + wall.minute
            assert any(window.start <= minute < window.end for window in spans)
            at += 5 * MINUTE
        for start, end in taken:
            assert slot.end + after * MINUTE <= start or slot.start - before * MINUTE >= end


@given(zones, days, windows(), st.sampled_from([15, 30, 60]))
def test_every_time_on_the_grid_that_fits_is_offered(zone, day, window, step):
    """Nothing is lost: each start on the wall's grid whose session is open from end to end is there."""
    host = _host(zone, window)
    offered = {slot.start for slot in _free([host], on=day, step=step, length=30)}
    at = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(hours=30)
    for _ in range(72 * 4):
        walls = [(at + minutes * MINUTE).astimezone(zone) for minutes in range(0, 30, 5)]
        inside = all(
            wall.date() == day and window.start <= wall.hour * 60 + wall.minute < window.end for wall in walls
        )
        minute = walls[0].hour * 60 + walls[0].minute
        on_grid = (minute - window.start) % step == 0
        assert (inside and on_grid) == (at in offered), walls[0]
        at += 15 * MINUTE


@given(zones, zones, days, windows(), windows())
def test_together_means_that_each_of_them_could_alone(first, second, day, one, other):
    hosts = [_host(first, one, key=1), _host(second, other, key=2)]
    for slot in _free(hosts, Mode.TOGETHER, on=day, days=1):
        assert set(slot.hosts) == {1, 2}
        assert chosen(slot, Mode.TOGETHER) == slot.hosts
        for host in hosts:
            assert _free([host], on=day - dt.timedelta(days=1), days=3, fixed=[slot.start])


def test_the_hour_that_is_skipped_is_offered_to_nobody():
    berlin = ZoneInfo("Europe/Berlin")
    slots = _free([_host(berlin, Window(60, 300))], on=dt.date(2026, 3, 29), step=60)
    assert _on_the_wall(slots, berlin) == ["29 01:00 +0100", "29 03:00 +0200", "29 04:00 +0200"]


def test_the_hour_that_comes_twice_is_offered_twice():
    new_york = ZoneInfo("America/New_York")
    slots = _free([_host(new_york, Window(60, 180))], on=dt.date(2026, 11, 1), step=60)
    assert _on_the_wall(slots, new_york) == ["01 01:00 -0400", "01 01:00 -0500", "01 02:00 -0500"]


def test_half_an_hour_of_daylight_saving_keeps_starts_on_the_wall():
    howe = ZoneInfo("Australia/Lord_Howe")
    forward = _free([_host(howe, Window(60, 300))], on=dt.date(2026, 10, 4), step=60)
    assert _on_the_wall(forward, howe) == ["04 01:00 +1030", "04 03:00 +1100", "04 04:00 +1100"]
    back = _free([_host(howe, Window(60, 240))], on=dt.date(2026, 4, 5), step=30, length=30)
    assert _on_the_wall(back, howe)[:4] == [
        *("05 01:00 +1100", "05 01:30 +1100", "05 01:30 +1030", "05 02:00 +1030")
    ]


@pytest.mark.parametrize(("name", "start"), [("Asia/Kolkata", (3, 30)), ("Asia/Kathmandu", (3, 15))])
def test_zones_off_the_hour_begin_when_their_wall_says_nine(name, start):
    slots = _free([_host(ZoneInfo(name), Window(540, 660))], on=dt.date(2026, 6, 17))
    assert [slot.start for slot in slots][:2] == [
        _utc(2026, 6, 17, *start),
        _utc(2026, 6, 17, *start) + 30 * MINUTE,
    ]


def test_the_leap_day_is_a_day_like_any_other():
    berlin = ZoneInfo("Europe/Berlin")
    slots = _free([_host(berlin, Window(540, 600))], on=dt.date(2028, 2, 28), days=2)
    assert _on_the_wall(slots, berlin) == ["28 09:00 +0100", "29 09:00 +0100", "01 09:00 +0100"]


def test_a_day_that_never_was_has_no_times():
    assert not _free([_host(ZoneInfo("Pacific/Apia"), Window(0, 1440))], on=dt.date(2011, 12, 30))


def test_hosts_half_an_hour_apart_find_a_time_together():
    hosts = [
        _host(ZoneInfo("Europe/Berlin"), Window(540, 720), key=1),
        _host(ZoneInfo("Asia/Kolkata"), Window(750, 1020), key=2),
    ]
    assert len(_free(hosts, Mode.TOGETHER, on=dt.date(2026, 6, 17), step=60)) > 0


def test_a_single_day_overrules_its_weekday():
    closed, longer = dt.date(2026, 6, 17), dt.date(2026, 6, 18)
    host = _host(
        ZoneInfo("UTC"),
        Window(540, 600),
        exceptions={closed: (), longer: (Window(540, 600), Window(780, 840))},
    )
    slots = _free([host], on=closed, days=1)
    assert [slot.start.hour for slot in slots] == [9, 13]


def test_notice_and_the_daily_limit_hold():
    host = _host(ZoneInfo("UTC"), Window(540, 720), notice=dt.timedelta(hours=24), daily_limit=2)
    day = dt.date(2026, 6, 17)
    slots = _free([host], on=day, step=60, now=_utc(2026, 6, 16, 10, 1))
    assert [slot.start.hour for slot in slots] == [11]
    full = _host(ZoneInfo("UTC"), Window(540, 720), daily_limit=2, held={day: 2})
    assert not _free([full], on=day)


def test_the_daily_limit_counts_the_hosts_own_day():
    auckland = ZoneInfo("Pacific/Auckland")
    at = _utc(2026, 6, 17, 20)
    assert day_of(at, auckland) == dt.date(2026, 6, 18)
    host = _host(auckland, Window(0, 1440), daily_limit=1, held={dt.date(2026, 6, 18): 1})
    assert not _free([host], on=dt.date(2026, 6, 17), days=1, fixed=[at])


def test_in_turn_whoever_has_had_the_fewest_comes_first():
    hosts = [_host(ZoneInfo("UTC"), Window(540, 600), key=key, load=load) for key, load in ((1, 3), (2, 1))]
    (slot,) = _free(hosts, Mode.IN_TURN, on=dt.date(2026, 6, 17))
    assert slot.hosts == (2, 1)
    assert chosen(slot, Mode.IN_TURN) == (2,)


def test_nobody_to_hold_it_means_no_times():
    assert _free([], on=dt.date(2026, 6, 17)) == []


def test_the_nearest_are_offered_in_order_of_time():
    slots = [Slot(_utc(2026, 6, 17, hour), _utc(2026, 6, 17, hour + 1), (1,)) for hour in (8, 9, 13, 16)]
    assert [slot.start.hour for slot in nearest(slots, _utc(2026, 6, 17, 10), 3)] == [8, 9, 13]
