"""Reads of KPIs and their series: what lists and pages show of them, and which of them wait for a check."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from metrics.models import Flag, FlagKind, Incident, Kpi, KpiStatus, Point
from metrics.stats import periods, sparkline

from .checking import last_periods, newest_values, special_periods, unseen_points
from .decisions import open_reviews
from .governing import Governing, governing
from .incidents import moved_that_day, newest_flags, series_around
from .quality import (
    RECENT,
    newest_points,
    restatements,
    results_of,
    rows_by_period,
    settings_of,
    sums_of_parts,
)
from .quarantine import Quarantine, quarantine, quarantine_of

__all__ = [
    "RECENT",
    "Facets",
    "Figures",
    "Governing",
    "Quarantine",
    "Series",
    "facets",
    "figures",
    "governing",
    "ids_with_news",
    "last_periods",
    "live_ids",
    "moved_that_day",
    "newest_flags",
    "newest_points",
    "newest_values",
    "open_reviews",
    "quarantine",
    "quarantine_of",
    "restatements",
    "results_of",
    "rows_by_period",
    "series",
    "series_around",
    "settings_of",
    "special_periods",
    "sums_of_parts",
    "unseen_points",
]

A_DAY = dt.timedelta(days=1)
WEEKS = 12
_FIGURES = """
SELECT k.id, last.period, last.value, last.loaded_at, before.value, spark.slots, spark.means, open.periods
FROM metrics_kpi k
LEFT JOIN LATERAL (
  SELECT period, value, loaded_at FROM metrics_point WHERE kpi_id = k.id AND slice_id IS NULL AND NOT beside
  ORDER BY period DESC LIMIT 1
) last ON true
LEFT JOIN metrics_point before ON before.kpi_id = k.id AND before.slice_id IS NULL AND NOT before.beside
  AND before.period = last.period
  - CASE k.grain WHEN 'hour' THEN interval '1 day' WHEN 'month' THEN interval '1 month'
    ELSE interval '7 days' END
LEFT JOIN LATERAL (
  SELECT array_agg(slot) AS slots, array_agg(mean) AS means FROM (
    SELECT floor(extract(epoch FROM last.period - p.period)
             / CASE k.grain WHEN 'month' THEN 2629800 ELSE 604800 END)::int AS slot, avg(p.value) AS mean
    FROM metrics_point p
    WHERE p.kpi_id = k.id AND p.slice_id IS NULL AND NOT p.beside
      AND p.period > last.period
        - CASE k.grain WHEN 'month' THEN interval '12 months' ELSE interval '84 days' END
    GROUP BY 1
  ) weeks
) spark ON true
LEFT JOIN LATERAL (
  SELECT array_agg(i.window_from) AS periods FROM metrics_incident i
  WHERE i.kpi_id = k.id AND i.state <> 'resolved'
) open ON true
WHERE k.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a list shows of one KPI's series; `incidents` counts those that are open."""

    period: dt.datetime | None = None
    value: float | None = None
    loaded_at: dt.datetime | None = None
    before: float | None = None
    lines: tuple = ()
    marks: tuple = ()
    incidents: int = 0

    def stale_since(self, kpi, at):
        """When the next value should have been there, or None if it is not overdue."""
        if self.period is None:
            return None
        due = kpi.due_after(self.period)
        return due if due < at else None


@dataclass(frozen=True, slots=True)
class Facets:
    """What all KPIs are, for the filters and the head of the list."""

    teams: list
    owners: list
    total: int
    approved: int
    flagged: int


def figures(kpis):
    """{KPI id: Figures} of the KPIs given, in one query."""
    ids = [kpi.pk for kpi in kpis]
    if not ids:
        return {}
    grains = {kpi.pk: kpi.grain for kpi in kpis}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [ids])
        return {row[0]: _figures(grains[row[0]], *row[1:]) for row in cursor.fetchall()}


def _figures(grain, period, value, loaded_at, before, slots, means, flagged):
    if period is None:
        return Figures(incidents=len(flagged or ()))
    weeks: list[float | None] = [None] * WEEKS
    for slot, mean in zip(slots, means, strict=True):
        weeks[WEEKS - 1 - slot] = mean
    width = dt.timedelta(seconds=2_629_800) if grain == periods.MONTH else dt.timedelta(days=7)
    marked = {WEEKS - 1 - max((period - one) // width, 0) for one in flagged or ()}
    lines, marks = sparkline.draw(weeks, marked)
    return Figures(period, value, loaded_at, before, lines, marks, len(flagged or ()))


def facets(kpis):
    """Teams and owners of the KPIs, and how many are approved or have open incidents, in one query."""
    flagged = Exists(Incident.objects.open().filter(kpi=OuterRef("pk")))
    rows = (
        kpis.order_by()
        .annotate(is_flagged=flagged)
        .values("team_id", "team__name", "owner_id", "owner__name")
        .annotate(
            total=Count("pk"),
            approved=Count("pk", filter=Q(status=KpiStatus.APPROVED)),
            flagged=Count("pk", filter=Q(is_flagged=True)),
        )
    )
    rows = list(rows)
    teams = {(row["team_id"], row["team__name"]) for row in rows}
    owners = {(row["owner_id"], row["owner__name"]) for row in rows if row["owner_id"]}
    return Facets(
        teams=sorted(teams, key=lambda one: one[1]),
        owners=sorted(owners, key=lambda one: one[1]),
        total=sum(row["total"] for row in rows),
        approved=sum(row["approved"] for row in rows),
        flagged=sum(row["flagged"] for row in rows),
    )


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one KPI from some period on, oldest first: (period, value, expected, low, high)."""

    rows: list

    def filled(self, grain):
        """The same with a row of None for each period that has no value, so that gaps are seen as gaps."""
        filled: list[tuple] = []
        for row in self.rows:
            if filled:
                missing = periods.next_period(filled[-1][0], grain)
                while missing < row[0]:
                    filled.append((missing, None, None, None, None))
                    missing = periods.next_period(missing, grain)
            filled.append(row)
        return filled


def series(kpi, since=None):
    chosen = kpi.points.main() if since is None else kpi.points.main().filter(period__gte=since)
    return Series(list(chosen.order_by("period").values_list("period", "value", "expected", "low", "high")))


def live_ids():
    return list(Kpi.objects.live().order_by("pk").values_list("pk", flat=True))


def ids_with_news(ids, *, at):
    """Those of `ids` whose check could find something: new or changed values, or one that is overdue."""
    newer = Point.objects.main().filter(kpi=OuterRef("pk"), period__gt=OuterRef("watch__checked_to"))
    some_point = Point.objects.main().filter(kpi=OuterRef("pk"))
    some = Kpi.objects.live().filter(pk__in=ids)
    news = some.filter(
        Q(watch=None)
        | Q(watch__changed=True)
        | Q(watch__checked_to=None) & Exists(some_point)
        | Exists(newer)
    )
    said = Flag.objects.filter(kpi=OuterRef("pk"), kind=FlagKind.LATE, period__gt=OuterRef("last_period"))
    overdue = some.stale(at).exclude(Exists(said))
    any_late = Flag.objects.filter(kpi=OuterRef("pk"), kind=FlagKind.LATE)
    silent = some.filter(approved_at__lt=at - A_DAY).exclude(Exists(some_point)).exclude(Exists(any_late))
    found = (news, overdue, silent)
    return sorted({pk for kpis in found for pk in kpis.values_list("pk", flat=True)})
