"""What key results read from the KPI registry: a level, what is in doubt, where the definition changed."""

import datetime as dt
from dataclasses import dataclass, replace
from statistics import fmean

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from metrics.models import Grain, Hold, Incident, KpiVersion, Point
from metrics.queries import Quarantine, quarantine
from metrics.stats import periods
from process.models import Waiver
from prodops.clock import company_day

WEEK = 7  # daily values that make a level


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something about a KPI's data that is not settled: the affected days, in words, and who waived it."""

    incident: int | None
    hold: int | None
    since: dt.date
    upto: dt.date
    words: str
    waiver: str = ""  # why it does not stand in the way of a grade

    def covers(self, day):
        return self.since <= day <= self.upto


@dataclass(frozen=True, slots=True)
class Break:
    """From `since` on the KPI is counted by version `number`, which is not the one that is pinned."""

    version: int
    number: int
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a KPI stands by one version of it, and whether somebody still has to look at its data.

    Of a daily KPI it is the mean of the last seven values: a quiet Sunday is no fall. Values of days in
    `suspicions` are left out.
    """

    value: float | None
    as_of: dt.date | None
    suspicions: tuple[Suspicion, ...] = ()
    quarantine: Quarantine | None = None  # why it is not to be decided on
    changed: Break | None = None

    @property
    def doubtful(self):
        return bool(self.suspicions)


NO_READING = Reading(None, None)


def by_version():
    """The points that a pinned version (the outer query's row) stands for: its own and older ones.

    Versions of a KPI are made one after the other, so an older one has a lower key.
    """
    own, before = Q(version=OuterRef("pk")), Q(beside=False, version_id__lt=OuterRef("pk"))
    return Point.objects.filter(own | before, kpi=OuterRef("kpi"), slice=None)


def _in_doubt(at):
    """Two conditions on points: an open incident, or a hold, says that their period is not to be trusted."""
    here = {
        "kpi": OuterRef("kpi"),
        "window_from__lte": OuterRef("period"),
        "window_to__gte": OuterRef("period"),
    }
    return Exists(Incident.objects.open().filter(**here)), Exists(Hold.objects.in_force(at).filter(**here))


def levels(wanted, *, first, until, at):
    """{(kpi id, version id): `Reading`} on or before the day `until`, of pairs like that.

    What is in doubt between `first` and `until` is left out and named. One query, up to three more where
    something is in doubt.
    """
    pairs = set(wanted)
    if not pairs:
        return {}
    start, end = periods.midnight(first), periods.midnight(until + dt.timedelta(days=1))
    flagged, held_back = _in_doubt(at)
    last = by_version().filter(~flagged, ~held_back, period__lt=end).order_by("-period", "-version_id")
    within = {"kpi": OuterRef("kpi"), "window_from__lt": end, "window_to__gte": start}
    found = KpiVersion.objects.filter(pk__in={version for _, version in pairs}).values_list(
        "kpi_id",
        "pk",
        "kpi__grain",
        ArraySubquery(last.values(said=JSONObject(period="period", value="value", version="version"))[:WEEK]),
        Exists(Incident.objects.open().filter(**within)),
        Exists(Hold.objects.in_force(at).filter(**within)),
        "kpi__count_version_id",
        "kpi__count_version__number",
        "kpi__count_version__effective_from",
    )
    rows = list(found)
    by_incident = {row[0] for row in rows if row[4]}
    by_hand = {row[0] for row in rows if row[5]}
    said = suspicions(by_incident, by_hand, first=first, until=until, at=at)
    held = quarantine(by_incident | by_hand, at=at)
    by_pair: dict[tuple, Reading] = {}
    for kpi, pin, grain, points, _, _, newest, number, since in rows:
        value, as_of = _level(grain, points, pin)
        changed = Break(newest, number, since) if newest is not None and newest > pin else None
        by_pair[kpi, pin] = Reading(value, as_of, tuple(said.get(kpi, ())), held.get(kpi), changed)
    return by_pair


def _level(grain, points, version):
    """(value, as of which day) of points, newest first; those by the version itself go before older ones."""
    own = [point for point in points if point["version"] == version] or points
    if not own:
        return None, None
    as_of = dt.datetime.fromisoformat(own[0]["period"]).astimezone(dt.UTC).date()
    if grain == Grain.DAY:
        return fmean(point["value"] for point in own), as_of
    return own[0]["value"], as_of


def suspicions(by_incident, by_hand, *, first, until, at):
    """{kpi id: [`Suspicion`]} of what is not settled about the days `first` to `until`.

    The KPIs that have incidents and those that are held by hand, a query each where there are any.
    """
    window = {
        "window_from__lt": periods.midnight(until + dt.timedelta(days=1)),
        "window_to__gte": periods.midnight(first),
    }
    found: dict[int, list[Suspicion]] = {}
    if by_incident:
        incidents = Incident.objects.open().filter(kpi__in=by_incident, **window)
        for one in incidents.order_by("window_from", "pk"):
            words = one.get_way_display().lower()
            since, upto = _days(one)
            found.setdefault(one.kpi_id, []).append(Suspicion(one.pk, None, since, upto, words))
    if by_hand:
        holds = Hold.objects.in_force(at).filter(kpi__in=by_hand, **window)
        for one in holds.order_by("window_from", "pk"):
            since, upto = _days(one)
            found.setdefault(one.kpi_id, []).append(Suspicion(None, one.pk, since, upto, one.reason))
    return found


def _days(window):
    return window.window_from.astimezone(dt.UTC).date(), window.window_to.astimezone(dt.UTC).date()


def waivers(key_results):
    """{(key result id, incident id or None, hold id or None): why}."""
    rows = Waiver.objects.filter(key_result__in=key_results)
    return {
        (pk, incident, hold): reason
        for pk, incident, hold, reason in rows.values_list("key_result", "incident", "hold", "reason")
    }


def reading(kpi, *, until, at):
    """Where a KPI stands by how it is counted now, on or before the day `until`."""
    pinned = kpi.pk, kpi.pinned_version_id()
    return levels([pinned], first=until, until=until, at=at).get(pinned, NO_READING)


def points_of(wanted, *, first, until):
    """{(kpi id, version id): [(day, value, version)]}, in order, of the periods that begin in these days.

    One query. Of a period that two versions counted the pinned one speaks. Hours of a day are points of it.
    """
    pairs = set(wanted)
    if not pairs:
        return {}
    window = {
        "period__gte": periods.midnight(first),
        "period__lt": periods.midnight(until + dt.timedelta(days=1)),
    }
    kept = Point.objects.filter(kpi__in={kpi for kpi, _ in pairs}, slice=None, **window)
    found = kept.filter(Q(beside=False) | Q(version__in={version for _, version in pairs}))
    by_kpi: dict[int, list] = {}
    for kpi, *point in found.order_by("kpi_id", "period").values_list(
        "kpi_id", "period", "value", "version_id", "beside"
    ):
        by_kpi.setdefault(kpi, []).append(point)
    return {pair: _chosen(by_kpi.get(pair[0], ()), pair[1]) for pair in pairs}


def _chosen(points, version):
    by_period = {}
    for period, value, counted_by, beside in points:
        if counted_by == version or (not beside and period not in by_period):
            by_period[period] = (period, value, counted_by)
    return list(by_period.values())


def read_all(key_results, *, at):
    """{key result id: `Reading`} of those that follow a KPI in an open cycle, with what is waived of it."""
    rows = [row for row in key_results if row.kpi_id and row.objective.cycle.open]
    today = company_day(at)
    groups: dict[tuple, list] = {}
    for row in rows:
        period = row.objective.cycle.period
        groups.setdefault((period.first_day, min(today, period.last_day)), []).append(row)
    found: dict[int, Reading] = {}
    for (first, until), those in groups.items():
        pairs = {(row.kpi_id, row.kpi_version_id) for row in those}
        known = levels(pairs, first=first, until=until, at=at)
        found |= {row.pk: known.get((row.kpi_id, row.kpi_version_id), NO_READING) for row in those}
    doubted = [pk for pk, one in found.items() if one.suspicions]
    said = waivers(doubted) if doubted else {}
    return found | {pk: _waived(pk, found[pk], said) for pk in doubted}


def _waived(pk, one, said):
    marked = (replace(each, waiver=said.get((pk, each.incident, each.hold), "")) for each in one.suspicions)
    return replace(one, suspicions=tuple(marked))
