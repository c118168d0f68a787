"""What of hosts' time is free for a study: their rows read in a handful of queries, then plain arithmetic."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, DateField, DateTimeField, Q, Value

from prodops.models import Away
from research.clocks.hours import DAY, Window
from research.clocks.slots import Host, Mode, day_of, free_slots
from research.models import Availability, BookingState, BusyTime, DayHours, Offer, Seat, WeeklyHours

MARGIN = dt.timedelta(days=2)  # days of a host may begin a day before or after those of UTC
HORIZON = 60  # days ahead that a study without a last day is booked


def zone_named(name):
    """The zone, or UTC for a name that nobody knows (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_zone(name):
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(host, availability=None):
    """In which a host's hours count, and in which they are told times."""
    return zone_named(availability.zone if availability else host.time_zone)


def days_of(scheduling, *, now):
    """(first, last) day that can be booked, or None when there is none any more."""
    today = now.date() - dt.timedelta(days=1)  # somewhere it still is
    first = max(scheduling.first_day or today, today)
    last = min(scheduling.last_day or today + dt.timedelta(days=HORIZON), today + dt.timedelta(days=365))
    return (first, last) if first <= last else None


def free(scheduling, *, now, first=None, last=None, moving=None, staff=False, hosts=None):
    """The `Slot`s of a study that are free, between two days if those are given.

    `moving` is a booking whose own time counts as free. `staff`: without notice, and after the last day too,
    for those who book on somebody's behalf.
    """
    days = (first, last) if staff and first and last else days_of(scheduling, now=now)
    if days is None:
        return []
    first, last = max(first or days[0], days[0]), min(last or days[1], days[1])
    if first > last:
        return []
    by_hand = scheduling.offer == Offer.SLOTS
    people = list(scheduling.hosts.all()) if hosts is None else hosts
    known = hosts_ready(people, first, last, study=scheduling.study_id, moving=moving, by_hand=by_hand)
    if staff:
        known = [replace(host, notice=dt.timedelta()) for host in known]
    mode = Mode(scheduling.mode)
    if mode == Mode.TOGETHER and len(known) < len([one for one in people if one.is_active]):
        return []
    fixed = None
    if by_hand:
        fixed = scheduling.slots.filter(
            starts_at__range=(_midnight(first) - MARGIN, _midnight(last) + MARGIN)
        ).values_list("starts_at", flat=True)
    return free_slots(
        known,
        mode,
        length=dt.timedelta(minutes=scheduling.length_minutes),
        step=dt.timedelta(minutes=scheduling.step_minutes),
        first=first,
        last=last,
        now=now,
        fixed=fixed,
    )


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def hosts_ready(people, first, last, *, study, moving=None, by_hand=False):
    """What the arithmetic has to know of each of `people` (users) who can be booked at all.

    Who has no hours can only be booked for times that were set by hand.
    """
    active = [user for user in people if user.is_active]
    ids = [user.pk for user in active]
    span = (_midnight(first) - MARGIN, _midnight(last) + MARGIN)
    rules = {row.host_id: row for row in Availability.objects.filter(host__in=ids)}
    weekly, days = _windows(ids, first, last)
    taken, held = _seats(ids, span, rules, {user.pk: user for user in active}, moving)
    loads = _loads(ids, study, moving) if len(ids) > 1 else {}
    away = defaultdict(list)
    for period in Away.objects.filter(user__in=ids, last_day__gte=first, first_day__lte=last):
        away[period.user_id].append(period)
    found = []
    for user in active:
        row = rules.get(user.pk)
        if row is None and not by_hand:
            continue
        zone = zone_of(user, row)
        found.append(
            Host(
                user.pk,
                zone,
                None if by_hand else weekly.get(user.pk, {}),
                days.get(user.pk, {}),
                (*taken[user.pk], *(_days_away(one, zone) for one in away[user.pk])),
                held[user.pk],
                dt.timedelta(minutes=row.before_minutes if row else 0),
                dt.timedelta(minutes=row.after_minutes if row else 0),
                dt.timedelta(hours=row.notice_hours if row else 0),
                row.daily_limit if row else 0,
                loads.get(user.pk, 0),
            )
        )
    return found


def _windows(ids, first, last):
    """({host: {weekday: (Window, …)}}, {host: {day: (Window, …)}}); a day that is closed has none."""
    weekly: dict = defaultdict(lambda: defaultdict(tuple))
    days: dict = defaultdict(lambda: defaultdict(tuple))
    every = WeeklyHours.objects.filter(availability__host__in=ids).order_by()
    single = DayHours.objects.filter(availability__host__in=ids, day__range=(first, last)).order_by()
    ends = ("start_minute", "end_minute")
    rows = every.values_list("availability__host", "weekday", Value(None, DateField()), *ends).union(
        single.values_list("availability__host", Value(0), "day", *ends), all=True
    )
    for host, weekday, day, start, end in rows.order_by():
        held, key = (days[host], day) if day else (weekly[host], weekday)
        held[key] += () if start is None else (Window(start, end),)
    return weekly, days


def _days_away(away, zone):
    start = dt.datetime.combine(away.first_day, dt.time(), zone)
    end = dt.datetime.combine(away.last_day + dt.timedelta(days=1), dt.time(), zone)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


def _seats(ids, span, rules, users, moving):
    """({host: [span taken]}, {host: {day: sessions}}) from bookings and from their calendars."""
    taken: dict = defaultdict(list)
    held: dict = defaultdict(lambda: defaultdict(int))
    seats = Seat.objects.filter(host__in=ids, live=True, during__overlap=span)
    if moving is not None:
        seats = seats.exclude(booking=moving)
    busy = BusyTime.objects.filter(availability__host__in=ids, during__overlap=span)
    theirs = busy.values_list("availability__host", "during", Value(None, DateTimeField()))
    rows = seats.order_by().values_list("host", "during", "booking__starts_at")
    for host, during, start in rows.union(theirs.order_by(), all=True).order_by():
        taken[host].append((during.lower, during.upper))
        if start is not None:
            held[host][day_of(start, zone_of(users[host], rules.get(host)))] += 1
    return taken, held


def _loads(ids, study, moving):
    """{host: sessions of the study that are theirs}: who has the fewest is next."""
    seats = Seat.objects.filter(host__in=ids, live=True, booking__study=study)
    if moving is not None:
        seats = seats.exclude(booking=moving)
    return dict(seats.order_by().values_list("host").annotate(Count("pk")))


def loads(scheduling):
    """{host id: sessions booked or held} for the study's page."""
    return _loads([user.pk for user in scheduling.hosts.all()], scheduling.study_id, None)


def by_day(slots, zone, names):
    """[(day, [(its clock time, the names of who would hold it)])] of free times, by the clocks of `zone`."""
    found: dict = defaultdict(list)
    for slot in slots:
        at = slot.start.astimezone(zone)
        found[at.date()].append((at, ", ".join(names[key] for key in slot.hosts)))
    return list(found.items())


def clock(minute):
    """ "09:30" of minutes after midnight; the day's end is "24:00"."""
    return "24:00" if minute == DAY else f"{minute // 60:02}:{minute % 60:02}"


def open_booking(recruit):
    """The recruit's booking that is still to come or to be marked, or None."""
    return recruit.bookings.filter(state=BookingState.BOOKED).select_related("study", "session").first()


def overdue(bookings, now):
    """Those whose time is over and of which nobody has said how it went."""
    return bookings.filter(Q(state=BookingState.BOOKED, ends_at__lt=now))
