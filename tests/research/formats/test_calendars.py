"""iCalendar, out and in."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from research.formats.calendars import Invitation, NotACalendar, Person, busy_times, written

MADE = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
NAMES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "UTC"]


def _invitation(start, zone="Europe/Berlin", **fields):
    return Invitation(
        **{
            "uid": "a@prodops",
            "sequence": 0,
            "starts_at": start,
            "ends_at": start + HOUR,
            "zone": ZoneInfo(zone),
            "title": "A talk, about; things\\",
            "words": "First line\nSecond line",
            "place": "https://video.example.test/room",
            "organizer": Person("Maya", "research@fernway.test"),
            "attendee": Person("Noor", "noor@example.test"),
            "made_at": MADE,
            **fields,
        }
    )


def _observed(component, local):
    """The offset that a VTIMEZONE gives a wall time, read as RFC 5545 says: the latest onset before it."""
    onsets = [(part["DTSTART"].dt, part["TZOFFSETTO"].td) for part in component.subcomponents]
    return max((one for one in onsets if one[0] <= local), key=lambda one: one[0])[1]


@given(
    st.sampled_from(NAMES),
    st.integers(0, 3 * 365 * 24 * 4).map(lambda quarters: NEW_YEAR + quarters * HOUR / 4),
)
def test_any_reader_finds_the_instant_from_wall_time_and_zone(name, start):
    """Without knowing the zone's name: by the VTIMEZONE alone. Hours that come twice are left to the name."""
    read = Calendar.from_ical(written(_invitation(start, name)))
    (event,) = read.walk("VEVENT")
    said = event["DTSTART"].dt
    assert said == start
    if name == "UTC":
        assert not read.walk("VTIMEZONE")
        return
    (zone,) = read.walk("VTIMEZONE")
    assert event["DTSTART"].params["TZID"] == zone["TZID"] == name
    wall = said.replace(tzinfo=None)
    if said.replace(fold=0).utcoffset() == said.replace(fold=1).utcoffset():
        assert wall - _observed(zone, wall) == start.replace(tzinfo=None)


def test_the_onset_of_half_an_hour_is_told_by_the_offset_before_it():
    at = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    (zone,) = Calendar.from_ical(written(_invitation(at, "Australia/Lord_Howe"))).walk("VTIMEZONE")
    onsets = {
        (part.name, f"{part['DTSTART'].dt:%Y-%m-%d %H:%M}", part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in zone.subcomponents
    }
    half, full = dt.timedelta(hours=10, minutes=30), dt.timedelta(hours=11)
    assert ("DAYLIGHT", "2026-10-04 02:00", half, full) in onsets
    assert ("STANDARD", "2027-04-04 02:00", full, half) in onsets


def test_an_invitation_says_who_when_and_where_in_text_of_any_kind():
    start = dt.datetime(2026, 11, 30, 13, tzinfo=dt.UTC)
    data = written(_invitation(start, sequence=3))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    read = Calendar.from_ical(data)
    (event,) = read.walk("VEVENT")
    assert (read["METHOD"], event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        *("REQUEST", "a@prodops", 3, "CONFIRMED"),
    )
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("A talk, about; things\\", "First line\nSecond line")
    assert (event["ATTENDEE"], event["ORGANIZER"]) == (
        *("mailto:noor@example.test", "mailto:research@fernway.test"),
    )


def test_a_cancellation_takes_the_same_event_away():
    start = dt.datetime(2026, 11, 30, 13, tzinfo=dt.UTC)
    read = Calendar.from_ical(written(_invitation(start, sequence=4, cancelled=True)))
    (event,) = read.walk("VEVENT")
    assert (read["METHOD"], event["STATUS"], event["UID"], event["SEQUENCE"]) == (
        *("CANCEL", "CANCELLED", "a@prodops", 4),
    )


def _calendar(*events):
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@x\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT\r\n"
        for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def _busy(*events, zone="Europe/Berlin", days=14, first=dt.datetime(2026, 10, 19, tzinfo=dt.UTC)):
    spans = busy_times(_calendar(*events), first, first + dt.timedelta(days=days), ZoneInfo(zone))
    return [f"{start:%m-%d %H:%M}-{end:%H:%M}" for start, end in spans]


def test_a_weekly_meeting_stays_on_the_wall_when_the_clocks_change():
    weekly = (
        "DTSTART;TZID=Europe/Berlin:20260901T090000\r\nDTEND;TZID=Europe/Berlin:20260901T100000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=TU\r\nEXDATE;TZID=Europe/Berlin:20261103T090000"
    )
    assert _busy(weekly, days=21) == ["10-20 07:00-08:00", "10-27 08:00-09:00"]


def test_only_what_takes_time_counts():
    at = "DTSTART:20261020T100000Z\r\nDTEND:20261020T110000Z\r\n"
    assert _busy(f"{at}STATUS:CANCELLED", f"{at}TRANSP:TRANSPARENT") == []
    assert _busy(f"{at}STATUS:TENTATIVE") == ["10-20 10:00-11:00"]


def test_whole_days_and_floating_times_are_the_hosts_own():
    assert _busy("DTSTART;VALUE=DATE:20261021\r\nDTEND;VALUE=DATE:20261022", zone="Asia/Kolkata") == [
        "10-20 18:30-18:30"
    ]
    assert _busy("DTSTART:20261020T090000\r\nDURATION:PT30M", zone="Asia/Kathmandu") == ["10-20 03:15-03:45"]


@pytest.mark.parametrize(
    "data", [b"", b"<html>Sign in</html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe"]
)
def test_what_is_no_calendar_is_told_so(data):
    with pytest.raises(NotACalendar):
        busy_times(data, MADE, MADE + HOUR, ZoneInfo("UTC"))
