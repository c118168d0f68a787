"""When the researchers can be booked, and what is booked of the study in the field."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from prodops import activity, search
from research.models import (
    Availability,
    Booking,
    BookingState,
    BusyTime,
    Recruit,
    RecruitState,
    Scheduling,
    Seat,
    Session,
    WeeklyHours,
    kind_of,
)

from .recruiting import IN_FIELD

MORNING, AFTERNOON = (9 * 60, 12 * 60), (13 * 60, 17 * 60)
# who, where they live, their weekdays
HOSTS = [("ines", "Europe/Paris", (1, 2, 3, 4, 5)), ("aiko", "Europe/Berlin", (1, 3, 5))]
GUIDE = """## Before
Ask for leave to record. Say that nothing can be done wrong.

## The last day the app stayed in the door pocket
1. Tell me about the last time one of your drivers did not use the app. What did they use?
2. How did you hear of it? What did it cost you?
3. Who else had to know?

## The prototype
Give them the phone. *Show the driver what the office sees of the day.* Stay silent for a minute.
"""
COMING = [
    ("Rosa Quintana", 1, 9, "Europe/Madrid"),
    ("Leo Marchetti", 2, 13, "Europe/Rome"),
]  # in days, at (UTC)
UNSAID = "Freya Nolan"  # was to come yesterday, and nobody has said how it went
HELD = 3  # of the sessions that took place were booked here


def build(world):
    """Hours of two researchers, the study in the field open for booking; sessions ahead, held and missed."""
    study = world.studies[IN_FIELD]
    hosts = [_hours(world, *row) for row in HOSTS]
    scheduling = Scheduling.objects.create(
        study=study,
        mode="in_turn",
        length_minutes=40,
        step_minutes=30,
        place="https://meet.fernway.example/field",
        guest_note="Have the phone or tablet at hand that you use at work. Nothing has to be prepared.",
        guide=GUIDE,
    )
    scheduling.hosts.set(hosts)
    recruits = {
        one.participant.name: one for one in Recruit.objects.filter(study=study).select_related("participant")
    }
    for number, (name, ahead, hour, zone) in enumerate(COMING):
        booking = _book(world, recruits[name], hosts[number], world.moment(-ahead, hour), zone)
        _session(world, booking, hosts[number])
        booking.observers.add(world.people["maya"])
    unsaid = _book(world, recruits[UNSAID], hosts[0], world.moment(1, 9), "Europe/Dublin")
    _session(world, unsaid, hosts[0])
    for recruit in _who_came(study):
        _held(world, recruit, hosts[0])
    missed = _book(world, recruits["Jonas Ek"], hosts[0], world.moment(5, 13), "Europe/Stockholm")
    Booking.objects.filter(pk=missed.pk).update(
        state=BookingState.GUEST_MISSED, ended_at=world.moment(5, 14), ended_by=hosts[0]
    )
    activity.record("booking.guest_missed", on=missed, by=hosts[0], at=world.moment(5, 14))


def _who_came(study):
    """The latest of those who came, each on another day."""
    came = Recruit.objects.filter(study=study, state=RecruitState.DONE, session__isnull=False)
    rows = came.select_related("session", "participant").order_by("session__held_on", "pk")
    return list({one.session.held_on: one for one in rows if one.session}.values())[-HELD:]


def _held(world, recruit, host):
    """A booking whose session stands already, and what was said of it in the evening."""
    ago = (world.today - recruit.session.held_on).days
    booking = _book(world, recruit, host, world.moment(ago, 9), recruit.participant.time_zone or "UTC")
    over = world.moment(ago, 10)
    Booking.objects.filter(pk=booking.pk).update(
        state=BookingState.HELD, ended_at=over, ended_by=host, session=recruit.session
    )
    activity.record("booking.held", on=booking, by=host, at=over)


def _hours(world, key, zone, weekdays):
    host = world.people[key]
    availability = Availability.objects.create(host=host, zone=zone)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(availability=availability, weekday=weekday, start_minute=start, end_minute=end)
        for weekday in weekdays
        for start, end in (MORNING, AFTERNOON)
    )
    BusyTime.objects.bulk_create(
        BusyTime(
            availability=availability,
            during=DateTimeTZRange(world.moment(-ahead, 7), world.moment(-ahead, 8), "[)"),
        )
        for ahead in range(1, 30, 7)
    )
    return host


def _book(world, recruit, host, starts_at, zone):
    ends_at = starts_at + dt.timedelta(minutes=40)
    booking = Booking.objects.create(
        study=recruit.study,
        recruit=recruit,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        place="https://meet.fernway.example/field",
        booked_at=min(world.moment(6, 9), starts_at - dt.timedelta(days=4)),
    )
    activity.record("booking.made", on=booking, by=None, at=booking.booked_at)
    during = DateTimeTZRange(starts_at - dt.timedelta(minutes=10), ends_at + dt.timedelta(minutes=15), "[)")
    Seat.objects.create(booking=booking, host=host, during=during)
    return booking


def _session(world, booking, host):
    kind = kind_of(booking.study.method)
    session = Session.objects.create(
        study=booking.study,
        title=f"{kind.label} with {booking.recruit.participant.name}",
        kind=kind,
        held_on=booking.starts_at.date(),
        participant=booking.recruit.participant,
        moderator=host,
        created_by=host,
        created_at=world.moment(6, 9),
    )
    search.index(session)
    Booking.objects.filter(pk=booking.pk).update(session=session)
    Recruit.objects.filter(pk=booking.recruit_id).update(
        state=RecruitState.BOOKED, session=session, changed_at=world.moment(1, 9)
    )
