"""What the checks read: points not judged yet, last periods, days known to be special."""

import datetime as dt

from django.conf import settings
from django.db.models import F, Max, Q

from metrics.models import Annotation, Grain, Point
from metrics.stats import calendars

LONGEST_EVENT = 14  # days: what lasts longer is how things are now, and is learnt
BY_DAY = (Grain.HOUR, Grain.DAY)  # a holiday is one of seven days of a week's value, and of no matter there


def unseen_points(afresh, going_on):
    """[(KPI id, period, value)] in order: all of the KPIs `afresh`, of the others what is new."""
    wanted = Q(kpi__in=afresh) | Q(kpi__in=going_on, period__gt=F("kpi__watch__checked_to"))
    points = Point.objects.main().filter(wanted).order_by("kpi_id", "period")
    return points.values_list("kpi_id", "period", "value")


def last_periods(kpi_ids):
    """{KPI id: period of its newest value}; those without values are left out."""
    rows = Point.objects.main().filter(kpi__in=kpi_ids).order_by().values("kpi_id")
    return dict(rows.annotate(last=Max("period")).values_list("kpi_id", "last"))


def newest_values(kpi_ids, *, until):
    """{KPI id: its newest value on or before the day `until`}."""
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    rows = Point.objects.main().filter(kpi__in=kpi_ids, period__lt=end)
    return dict(rows.order_by("kpi_id", "-period").distinct("kpi_id").values_list("kpi_id", "value"))


def special_periods(points_of):
    """{KPI id: periods among its points that are public holidays or annotated}, in one query.

    `points_of` is {KPI: [(period, value)]}.
    """
    spans = {
        kpi: (points[0][0].date(), points[-1][0].date())
        for kpi, points in points_of.items()
        if points and kpi.grain in BY_DAY
    }
    if not spans:
        return {}
    first, last = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    free = set(calendars.public_holidays(settings.COUNTRY, first, last))
    noted = Annotation.objects.filter(Q(kpi=None) | Q(kpi__in=[kpi.pk for kpi in spans]))
    days_of: dict = {}
    for note in noted.between(first, last):
        span = (note.last_day - note.starts).days
        days = {note.starts + dt.timedelta(days=n) for n in range(min(span + 1, LONGEST_EVENT))}
        days_of.setdefault(note.kpi_id, set()).update(days)
    everybody = free | days_of.get(None, set())
    found = {}
    for kpi in spans:
        days = everybody | days_of.get(kpi.pk, set())
        if days:
            found[kpi.pk] = {period for period, _ in points_of[kpi] if period.date() in days}
    return found
