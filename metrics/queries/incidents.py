"""What incident pages read beside the incident itself."""

import datetime as dt

from metrics.models import Flag, FlagState, Incident
from metrics.stats import periods

AROUND = {
    periods.HOUR: dt.timedelta(days=7),
    periods.DAY: dt.timedelta(days=60),
    periods.WEEK: dt.timedelta(days=365),
    periods.MONTH: dt.timedelta(days=3 * 366),
}
SHOWN = 20


def newest_flags(incidents):
    """{incident id: its newest flag, with the incident's KPI}, in one query; none without incidents."""
    by_id = {incident.pk: incident for incident in incidents}
    if not by_id:
        return {}
    flags = Flag.objects.filter(incident__in=by_id, state=FlagState.FOUND)
    found = {}
    for flag in flags.order_by("incident_id", "-period", "-pk").distinct("incident_id"):
        flag.kpi = by_id[flag.incident_id].kpi
        found[flag.incident_id] = flag
    return found


def series_around(incident):
    """The KPI's series from some time before the incident's window to some time after it."""
    from metrics.queries import Series

    around = AROUND[incident.kpi.grain]
    span = (incident.window_from - around, incident.window_to + around)
    rows = incident.kpi.points.main().filter(period__range=span).order_by("period")
    return Series(list(rows.values_list("period", "value", "expected", "low", "high")))


def moved_that_day(incident):
    """Other incidents that began on the same day: series that move together."""
    first = periods.midnight(incident.window_from.date())
    same = Incident.objects.filter(window_from__gte=first, window_from__lt=first + dt.timedelta(days=1))
    return list(same.exclude(pk=incident.pk).for_list().order_by("-severity", "pk")[:SHOWN])
