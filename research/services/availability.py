"""A host's hours and their calendar; how a study is booked."""

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from prodops import activity, jobs, vault
from research.formats.calendars import NotACalendar, busy_times
from research.models import Availability, BusyTime, DayHours, Scheduling, StudySlot, WeeklyHours
from research.queries.scheduling import zone_named
from research.sources import calendars

AHEAD = dt.timedelta(days=120)  # for which a calendar's busy times are kept
BEHIND = dt.timedelta(days=1)
EVERY = dt.timedelta(minutes=30)


class Overlapping(Exception):
    """Two windows of one day share time."""


def usual(zone):
    """What a host begins with, not saved: nine to five on weekdays, with a break."""
    return Availability(zone=zone), [
        (day, *window) for day in range(1, 6) for window in ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
    ]


@transaction.atomic
def publish(host, *, zone, weekly, at, **rules):
    """Say when `host` can be booked. `weekly` are (ISO weekday, start, end) in minutes after midnight.

    Raises `Overlapping`.
    """
    before: dict[int, int] = {}
    for weekday, start, end in sorted(weekly):
        if start < before.get(weekday, 0):
            raise Overlapping("Two of the times of one day overlap.")
        before[weekday] = end
    availability, _ = Availability.objects.update_or_create(host=host, defaults={"zone": zone, **rules})
    availability.weekly.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(availability=availability, weekday=weekday, start_minute=start, end_minute=end)
        for weekday, start, end in weekly
    )
    activity.record("availability.published", on=availability, by=host, at=at)
    return availability


@transaction.atomic
def set_day(availability, day, windows, *, at):
    """On this one day be open at `windows` ((start, end), minutes) instead; with none, closed."""
    availability.days.filter(day=day).delete()
    DayHours.objects.bulk_create(
        DayHours(availability=availability, day=day, start_minute=start, end_minute=end)
        for start, end in (windows or [(None, None)])
    )
    activity.record(
        "availability.day_set", on=availability, by=availability.host, at=at, data={"day": day.isoformat()}
    )


@transaction.atomic
def forget_day(availability, day, *, at):
    """Let the weekly hours count again on that day."""
    if availability.days.filter(day=day).delete()[0]:
        activity.record(
            "availability.day_forgotten",
            on=availability,
            by=availability.host,
            at=at,
            data={"day": day.isoformat()},
        )


@transaction.atomic
def connect(availability, url, *, at):
    """Read busy times at a calendar's address from now on. Raises `calendars.NotAllowed`."""
    address = calendars.read_url(url)
    Availability.objects.filter(pk=availability.pk).update(
        calendar_url=vault.seal(address),
        calendar_host=calendars.host_of(address)[:255],
        calendar_read_at=None,
        calendar_tried_at=None,
        calendar_fault="",
    )
    availability.refresh_from_db()
    activity.record("availability.calendar_connected", on=availability, by=availability.host, at=at)
    jobs.enqueue("research.tasks.read_calendar", availability_id=availability.pk)


def ask_again(availability):
    """Have the calendar read now rather than in its turn."""
    jobs.enqueue("research.tasks.read_calendar", availability_id=availability.pk)


@transaction.atomic
def disconnect(availability, *, at):
    """Forget the calendar's address and what it said."""
    availability.busy.all().delete()
    Availability.objects.filter(pk=availability.pk).update(
        calendar_url=None, calendar_host="", calendar_read_at=None, calendar_tried_at=None, calendar_fault=""
    )
    availability.refresh_from_db()
    activity.record("availability.calendar_disconnected", on=availability, by=availability.host, at=at)


def to_read(*, at):
    """Ids of the hosts' calendars whose turn it is."""
    known = Availability.objects.filter(calendar_url__isnull=False, host__is_active=True)
    due = known.filter(calendar_tried_at=None) | known.filter(calendar_tried_at__lte=at - EVERY)
    return list(due.order_by("calendar_tried_at", "pk").values_list("pk", flat=True)[:200])


def read_calendar(availability, *, at):
    """Fetch a host's calendar and keep when they are busy. What goes wrong is kept in words, and the busy
    times of the last time that it went well stay: better booked around too much than twice at once."""
    Availability.objects.filter(pk=availability.pk).update(calendar_tried_at=at)
    try:
        data = calendars.fetch(vault.unseal(availability.calendar_url))
        zone = zone_named(availability.zone)
        spans = busy_times(data, at - BEHIND, at + AHEAD, zone)
    except (calendars.CalendarError, NotACalendar, vault.Unreadable) as error:
        Availability.objects.filter(pk=availability.pk).update(calendar_fault=str(error)[:300])
        return
    with transaction.atomic():
        held = Availability.objects.select_for_update().get(pk=availability.pk)
        if held.calendar_url is None or bytes(held.calendar_url) != bytes(availability.calendar_url):
            return  # changed while it was read
        held.busy.all().delete()
        BusyTime.objects.bulk_create(
            [BusyTime(availability=held, during=DateTimeTZRange(*span, "[)")) for span in spans],
            batch_size=2_000,
        )
        Availability.objects.filter(pk=held.pk).update(calendar_read_at=at, calendar_fault="")


@transaction.atomic
def set_up(study, *, hosts, by, at, **fields):
    """Say how a study is booked."""
    scheduling, _ = Scheduling.objects.update_or_create(study=study, defaults=fields)
    scheduling.hosts.set(hosts)
    activity.record("study.scheduling_set", on=study, by=by, at=at)
    return scheduling


@transaction.atomic
def add_slots(scheduling, starts, *, by, at):
    """Offer these times (aware instants) too; gives how many are new."""
    known = set(scheduling.slots.filter(starts_at__in=starts).values_list("starts_at", flat=True))
    fresh = sorted(set(starts) - known)
    StudySlot.objects.bulk_create(
        [StudySlot(scheduling=scheduling, starts_at=start) for start in fresh], ignore_conflicts=True
    )
    if fresh:
        activity.record("study.slots_added", on=scheduling.study, by=by, at=at, data={"number": len(fresh)})
    return len(fresh)


@transaction.atomic
def remove_slot(slot, *, by, at):
    """Offer that time no more; what is booked stays booked."""
    study = slot.scheduling.study
    when = slot.starts_at.isoformat()
    slot.delete()
    activity.record("study.slot_removed", on=study, by=by, at=at, data={"starts_at": when})
