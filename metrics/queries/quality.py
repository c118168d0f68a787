"""What the data checks of many KPIs read, one query each."""

import datetime as dt
from collections import defaultdict

from django.db import connection
from django.db.models import Count

from metrics.models import Point, QualityCheck, QualityResult, Restatement, Slice
from metrics.stats import periods

RECENT = 28  # periods that the rules look at
COPIED_FROM = 90  # of which a copy is looked for
_SPAN = {periods.HOUR: 1 / 24, periods.DAY: 1, periods.WEEK: 7, periods.MONTH: 31}


def newest_points(kpi_ids):
    """{KPI id: [(period, value)]} of the newest `COPIED_FROM` values of the whole, oldest first."""
    found: dict[int, list] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, array_agg(p.period ORDER BY p.period), array_agg(p.value ORDER BY p.period)"
            " FROM unnest(%s::bigint[]) AS k (id) CROSS JOIN LATERAL ("
            "  SELECT period, value FROM metrics_point"
            "  WHERE kpi_id = k.id AND slice_id IS NULL AND NOT beside ORDER BY period DESC LIMIT %s"
            " ) p GROUP BY k.id",
            [list(kpi_ids), COPIED_FROM],
        )
        for kpi_id, whens, values in cursor.fetchall():
            found[kpi_id] = list(zip(whens, values, strict=True))
    return found


def rows_by_period(points_of):
    """{KPI id: {period: rows, parts included}} of the last periods of KPIs that have parts."""
    sliced = set(Slice.objects.filter(kpi__in=points_of).values_list("kpi_id", flat=True))
    found: dict[int, dict] = defaultdict(dict)
    since = min((points_of[kpi_id][-RECENT:][0][0] for kpi_id in sliced if points_of[kpi_id]), default=None)
    if since is None:
        return found
    rows = Point.objects.filter(kpi__in=sliced, period__gte=since, beside=False).order_by()
    counted = rows.values("kpi_id", "period").annotate(rows=Count("pk"))
    for kpi_id, period, count in counted.values_list("kpi_id", "period", "rows"):
        found[kpi_id][period] = count
    return found


def sums_of_parts(points_of, kpi_ids):
    """{KPI id: {names of dimensions: sum of that period's parts}} of the newest period of each KPI."""
    newest = {kpi_id: points_of[kpi_id][-1][0] for kpi_id in kpi_ids if points_of.get(kpi_id)}
    sums: dict[int, dict] = defaultdict(lambda: defaultdict(float))
    if not newest:
        return sums
    parts = Point.objects.filter(
        kpi__in=newest, period__in=set(newest.values()), beside=False, slice__isnull=False
    )
    for kpi_id, period, names, value in parts.values_list("kpi_id", "period", "slice__values", "value"):
        if newest[kpi_id] == period:
            sums[kpi_id][" and ".join(sorted(names))] += value
    return sums


def restatements(points_of, grains):
    """{KPI id: [(before, after)]} of values of the whole that changed within the last periods."""
    found: dict[int, dict] = defaultdict(dict)
    since = {
        kpi_id: points[-1][0] - dt.timedelta(days=RECENT * _SPAN[grains[kpi_id]])
        for kpi_id, points in points_of.items()
        if points
    }
    if not since:
        return {}
    rows = Restatement.objects.filter(kpi__in=since, slice=None, period__gte=min(since.values()))
    for kpi_id, period, before, after in rows.order_by("pk").values_list(
        "kpi_id", "period", "before", "after"
    ):
        if period > since[kpi_id]:
            found[kpi_id][period] = (before, after)
    return {kpi_id: list(changes.values()) for kpi_id, changes in found.items()}


def settings_of(kpi_ids):
    """{KPI id: {rule: `QualityCheck`}} where somebody has changed the defaults."""
    found: dict[int, dict] = defaultdict(dict)
    for check in QualityCheck.objects.filter(kpi__in=kpi_ids):
        found[check.kpi_id][check.rule] = check
    return found


def results_of(kpi_ids):
    """{KPI id: {rule: `QualityResult`}}."""
    found: dict[int, dict] = defaultdict(dict)
    for result in QualityResult.objects.filter(kpi__in=kpi_ids):
        found[result.kpi_id][result.rule] = result
    return found
