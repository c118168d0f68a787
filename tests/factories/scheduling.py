"""Hours, times and bookings for tests."""

import datetime as dt

from django.utils import timezone

from research.models import Availability, Booking, Recruit, RecruitState, Scheduling, Session, WeeklyHours
from research.services.bookings import seat

HOUR = dt.timedelta(hours=1)


def hours_of(host, *, zone="UTC", windows=((0, 1440),), **rules):
    """Let `host` be booked at `windows` (minutes) of every day; no buffers, notice or limit unless given."""
    rules = {"before_minutes": 0, "after_minutes": 0, "notice_hours": 0, "daily_limit": 0, **rules}
    availability, _ = Availability.objects.update_or_create(host=host, defaults={"zone": zone, **rules})
    availability.weekly.all().delete()
    for weekday in range(1, 8):
        for start, end in windows:
            WeeklyHours.objects.create(
                availability=availability, weekday=weekday, start_minute=start, end_minute=end
            )
    return availability


def scheduling_of(study, *, hosts=None, **fields):
    """`study` is booked with `hosts` (its lead), who are there around the clock unless they have hours."""
    scheduling = Scheduling.objects.create(study=study, **{"step_minutes": 60, "change_hours": 0, **fields})
    for host in hosts or [study.lead]:
        scheduling.hosts.add(host)
        if not Availability.objects.filter(host=host).exists():
            hours_of(host)
    return scheduling


def booked(recruit, *, starts_at=None, hosts=None, **fields):
    """A booking with its session and seats, made past the rules and without mails."""
    starts_at = starts_at or (timezone.now() + dt.timedelta(days=2)).replace(
        minute=0, second=0, microsecond=0
    )
    hosts = hosts or [recruit.study.lead]
    session = Session.objects.create(
        study=recruit.study,
        title="Interview",
        held_on=starts_at.date(),
        participant=recruit.participant,
        moderator=hosts[0],
        created_by=hosts[0],
        created_at=timezone.now(),
    )
    booking = Booking.objects.create(
        **{
            "study": recruit.study,
            "recruit": recruit,
            "session": session,
            "starts_at": starts_at,
            "ends_at": starts_at + HOUR,
            "zone": "Europe/Berlin",
            "booked_at": timezone.now(),
            **fields,
        }
    )
    seat(booking, hosts)
    Recruit.objects.filter(pk=recruit.pk).update(state=RecruitState.BOOKED, session=session)
    return booking
