"""What the pages of response times show: examples, closed days, and how many targets were met."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncMonth

from coordination.clocks import due
from coordination.models import Clock, Request, SlaPolicy, State
from metrics.stats.calendars import public_holidays
from prodops.clock import company_zone

AHEAD = dt.timedelta(days=365)
MONTHS = 6


class Example(NamedTuple):
    """A request that comes in at `sent`, and what is due when, each where the calendar is."""

    sent: dt.datetime
    response: dt.datetime | None
    decision: dt.datetime | None


def examples(hours, response_minutes, decision_minutes, *, at):
    """Three requests: one now, one late on Friday, one on Saturday; by the `Calendar` given."""
    zone = ZoneInfo(hours.zone)
    now = at.astimezone(zone).replace(second=0, microsecond=0)
    friday = now.date() + dt.timedelta(days=(4 - now.weekday()) % 7 or 7)
    late = dt.datetime.combine(friday, dt.time(16, 30), tzinfo=zone)
    saturday = dt.datetime.combine(friday + dt.timedelta(days=1), dt.time(11), tzinfo=zone)

    def by(sent, minutes):
        return due(sent, minutes, hours).astimezone(zone) if minutes else None

    return [
        Example(sent, by(sent, response_minutes), by(sent, decision_minutes))
        for sent in (now, late, saturday)
    ]


def closed_ahead(hours, names, *, today, most=6):
    """[(day, name)] of the next days on which a calendar is closed that would else be open.

    `names` are the company's own: {day: name}.
    """
    days = public_holidays(hours.country, today, today + AHEAD) if hours.country else {}
    days = {**days, **{day: name for day, name in names.items() if day >= today}}
    return [(day, name) for day, name in sorted(days.items()) if hours.week[day.weekday()]][:most]


def policies_with_counts():
    """Policies that are in force, in the order they are tried, with the clocks that run under each."""
    clocks = Clock.objects.running().filter(policy=OuterRef("pk")).order_by().values("policy")
    running = Coalesce(Subquery(clocks.annotate(number=Count("pk")).values("number")), 0)
    return SlaPolicy.objects.live().for_list().annotate(running=running)


def without_clock():
    """How many undecided requests no policy has reached yet."""
    return Request.objects.filter(state=State.NEW).exclude(clocks__isnull=False).count()


class Share(NamedTuple):
    """Of the targets that fell due (or were met) in a month: how many were met in time."""

    met: int
    due: int

    @property
    def percent(self):
        return round(100 * self.met / self.due) if self.due else None


class Row(NamedTuple):
    area: str
    slug: str
    months: list[Share | None]
    whole: Share


def met_by_area(kind, *, at):
    """(months, rows): the share met by area and month of the due time; the sum of all stands first.

    Counted are targets that were met, and those that were not although they were due.
    """
    zone = company_zone()
    first = _months_back(at.astimezone(zone).date().replace(day=1), MONTHS - 1)
    months = [_months_back(first, -n) for n in range(MONTHS)]
    since = dt.datetime.combine(first, dt.time(), tzinfo=zone)
    ended = Clock.objects.filter(kind=kind, due_at__gte=since).filter(
        Q(met_at__isnull=False) | Q(due_at__lt=at)
    )
    rows = (
        ended.order_by()
        .annotate(month=TruncMonth("due_at", tzinfo=zone))
        .values_list("request__area__name", "request__area__slug", "month")
        .annotate(met=Count("pk", filter=Q(met_at__lte=F("due_at"))), due=Count("pk"))
    )
    areas: dict = {}
    for area, slug, month, met, count in rows:
        areas.setdefault((area or "", slug or ""), {})[month.date()] = Share(met, count)
    table = [_row(area, slug, months, areas[area, slug]) for area, slug in sorted(areas)]
    if len(table) > 1:
        everything = {
            month: _sum([each[month] for each in areas.values() if month in each]) for month in months
        }
        table.insert(0, _row("*", "*", months, everything))
    return months, table


def _row(area, slug, months, shares):
    return Row(area, slug, [shares.get(month) for month in months], _sum(shares.values()))


def _sum(shares):
    shares = list(shares)
    return Share(sum(one.met for one in shares), sum(one.due for one in shares))


def _months_back(month, number):
    whole = month.year * 12 + month.month - 1 - number
    return dt.date(whole // 12, whole % 12 + 1, 1)
