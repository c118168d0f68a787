"""iCalendar in and out: an invitation that every calendar understands, and when a calendar is busy.

Out: one event a file, its times in the reader's own zone with that zone spelled out (VTIMEZONE), one UID for
the life of a booking and a SEQUENCE that rises with each change (RFC 5545, RFC 5546). In: what takes time,
repeated events counted one by one, and nothing of what it is about.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from research.clocks.hours import Span, merged, steady_stretches

MOST_EVENTS = 20_000  # of one calendar, repetitions counted
PRODID = "-//Prodops//Sessions//EN"
_AROUND = dt.timedelta(days=400)  # of a zone's changes, before and after an event


class NotACalendar(Exception):
    """What was fetched or given is not iCalendar; the words are for whoever gave it."""


class Person(NamedTuple):
    name: str
    email: str


class Invitation(NamedTuple):
    """One booking as one person's calendar is to have it. Times are aware; `zone` is that person's."""

    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: ZoneInfo
    title: str
    words: str
    place: str
    organizer: Person
    attendee: Person
    made_at: dt.datetime
    cancelled: bool = False

    @property
    def method(self) -> str:
        return "CANCEL" if self.cancelled else "REQUEST"


def written(invitation: Invitation) -> bytes:
    """The invitation, or its cancellation, as an iCalendar file."""
    zone = invitation.zone
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    if str(zone) != "UTC":
        calendar.add_component(zone_of(zone, invitation.starts_at))
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.made_at.astimezone(dt.UTC))
    event.add("dtstart", _local(invitation.starts_at, zone))
    event.add("dtend", _local(invitation.ends_at, zone))
    event.add("summary", invitation.title)
    event.add("description", invitation.words)
    if invitation.place:
        event.add("location", invitation.place)
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if invitation.cancelled else "OPAQUE")
    event.add("organizer", _address(invitation.organizer))
    attendee = _address(invitation.attendee)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")  # they have chosen the time themselves
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _local(at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return at.astimezone(dt.UTC if str(zone) == "UTC" else zone)


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    return address


def zone_of(zone: ZoneInfo, around: dt.datetime) -> Timezone:
    """The zone's rules for a year on either side of `around`: each change by itself, as it really happens.

    An observance begins at the wall time that still counts by the offset before it (RFC 5545, 3.6.5).
    """
    start = around.astimezone(dt.UTC)
    component = Timezone()
    component.add("tzid", str(zone))
    before = None
    for stretch in steady_stretches(zone, start - _AROUND, start + _AROUND):
        local = stretch.start.astimezone(zone)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        earlier = stretch.offset if before is None else before
        part.add("dtstart", (stretch.start + earlier).replace(tzinfo=None))
        part.add("tzoffsetfrom", earlier)
        part.add("tzoffsetto", stretch.offset)
        part.add("tzname", local.tzname() or str(zone))
        component.add_component(part)
        before = stretch.offset
    return component


def busy_times(data: bytes, first: dt.datetime, last: dt.datetime, zone: ZoneInfo) -> list[Span]:
    """When a calendar is taken between two instants, in UTC, what overlaps merged.

    Left out: what is cancelled, what says that it leaves time free, and days marked without times that say
    nothing (a birthday). Times without a zone ("floating") and whole days are those of `zone`. Raises
    `NotACalendar`.
    """
    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise NotACalendar("What stands there is not a calendar in iCalendar format.") from error
    if not calendars:
        raise NotACalendar("What stands there is not a calendar in iCalendar format.")
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for calendar in calendars:
        if getattr(calendar, "name", "") != "VCALENDAR":
            raise NotACalendar("What stands there is not a calendar in iCalendar format.")
        found += _taken(calendar, first, last, zone)
    return merged(found)


def _taken(
    calendar: Calendar, first: dt.datetime, last: dt.datetime, zone: ZoneInfo
) -> Sequence[tuple[dt.datetime, dt.datetime]]:
    day = dt.timedelta(days=1)  # floating times may be as far from UTC as any zone
    try:
        query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
        events = []
        for event in query.after(first - day):  # one by one: a meeting of every second has no end
            if _instant(event.start, zone) >= last:
                break
            events.append(event)
            if len(events) > MOST_EVENTS:
                raise NotACalendar(f"It has more than {MOST_EVENTS:,} events in this time.")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NotACalendar("One of its events cannot be read.") from error
    spans = (_span(event, zone) for event in events if _takes_time(event))
    return [(max(start, first), min(end, last)) for start, end in spans if start < last and end > first]


def _takes_time(event: Event) -> bool:
    said = str(event.get("TRANSP", "OPAQUE")).upper()
    shown = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper()
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and said != "TRANSPARENT"
        and shown not in ("FREE", "WORKINGELSEWHERE")
    )


def _span(event: Event, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    start, end = event.start, event.end
    return _instant(start, zone), _instant(end, zone)


def _instant(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(dt.UTC)
