"""How key results and objectives stand on a day: value, progress, pace, confidence."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from statistics import fmean

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery

from metrics.models import Grain, Hold, Incident, Kpi, Point
from metrics.queries import Quarantine, quarantine
from process.formulas import okrs
from process.models import CheckIn, CycleState, KeyResult, Objective
from prodops.clock import company_day

STALE_AFTER = 2  # weeks without a check-in
WEEK = 7  # daily values that make a level


def week_at(at):
    """The first day of the week at `at`: weeks turn over for everybody at once."""
    return okrs.week_of(company_day(at), settings.WEEK_STARTS_ON)


@dataclass(frozen=True)
class Reading:
    """Where a KPI stands, and whether somebody still has to look at its data.

    Of a daily KPI it is the mean of the last seven values: a quiet Sunday is no fall.
    """

    value: float | None
    as_of: dt.date | None
    doubtful: bool
    quarantine: Quarantine | None = None  # why it is not to be decided on


NO_READING = Reading(None, None, False)


def readings(kpi_ids, *, until, at):
    """{kpi id: its `Reading` on or before the day `until`}, in one query, two where data are in quarantine.

    None without ids. `at` is when it is asked.
    """
    ids = set(kpi_ids)
    if not ids:
        return {}
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    last = Point.objects.main().filter(kpi=OuterRef("pk"), period__lt=end).order_by("-period")
    found = Kpi.objects.filter(pk__in=ids).values_list(
        "pk",
        "grain",
        ArraySubquery(last.values("value")[:WEEK]),
        Subquery(last.values("period")[:1]),
        Exists(Incident.objects.open().filter(kpi=OuterRef("pk"))),
        Exists(Incident.objects.grave().filter(kpi=OuterRef("pk"))),
        Exists(Hold.objects.in_force(at).filter(kpi=OuterRef("pk"))),
    )
    rows = list(found)
    held = quarantine([pk for pk, *_, grave, by_hand in rows if grave or by_hand], at=at)
    return {
        pk: Reading(
            _level(grain, values),
            period.astimezone(dt.UTC).date() if period else None,
            doubtful,
            held.get(pk),
        )
        for pk, grain, values, period, doubtful, *_ in rows
    }


def _level(grain, newest_first):
    if not newest_first:
        return None
    return fmean(newest_first) if grain == Grain.DAY else newest_first[0]


def reading(kpi_id, *, until, at):
    return readings([kpi_id], until=until, at=at).get(kpi_id, NO_READING)


@dataclass(frozen=True)
class Standing:
    """How a key result stands on a day: its value and what it comes from, progress, pace, confidence."""

    key_result: KeyResult
    week: dt.date  # the current one
    time: float  # the share of the quarter that is over
    active: bool
    checked: CheckIn | None  # the last check-in
    reading: Reading | None  # where it follows a KPI

    @property
    def measured(self):
        """Its value comes from a KPI by itself."""
        return self.reading is not None and self.reading.value is not None

    @property
    def value(self):
        """The KPI's where it follows one that has values, else what was last said; None before anything."""
        return self.reading.value if self.reading and self.measured else self.key_result.current

    @cached_property
    def raw(self):
        """The share of the way gone, unclamped; nothing said is no way gone."""
        row = self.key_result
        if self.value is None or row.start is None or row.target is None:
            return 0.0
        return okrs.progress(row.start, row.target, self.value)

    @property
    def share(self):
        return okrs.clamped(self.raw)

    @property
    def percent(self):
        return round(self.raw * 100)

    @property
    def pace(self):
        return okrs.pace(self.raw, self.time)

    @property
    def confidence(self):
        return self.checked.confidence if self.checked else None

    @property
    def done(self):
        """Somebody has checked in this week."""
        return self.checked is not None and self.checked.week >= self.week

    @property
    def silent_weeks(self):
        """Weeks since the last check-in; None before the first."""
        return max((self.week - self.checked.week).days // 7, 0) if self.checked else None

    @property
    def stale(self):
        """Nobody has said anything for long, though the quarter is on."""
        if not self.active:
            return False
        if self.silent_weeks is None:
            return self.time >= okrs.EARLY_UNTIL * STALE_AFTER
        return self.silent_weeks >= STALE_AFTER

    @property
    def doubtful(self):
        return self.reading is not None and self.reading.doubtful

    @property
    def quarantine(self):
        """Why the KPI's data are not to be decided on, or None."""
        return self.reading and self.reading.quarantine

    @property
    def disagreement(self):
        if self.confidence is None or not self.active:
            return ""
        return okrs.disagreement(self.pace, self.confidence)


def time_gone(cycle, on):
    period = cycle.period
    return okrs.elapsed(period.first_day, period.last_day, on)


def standings(key_results, *, at):
    """How each of `key_results` (with owner, KPI, objective and cycle loaded) stands at `at`, in their order.

    A closed cycle stands still: its key results show what they had when it was closed.
    """
    rows = list(key_results)
    today, week = company_day(at), week_at(at)
    said = CheckIn.objects.filter(key_result__in=[row.pk for row in rows]).latest_each()
    last = {check_in.key_result_id: check_in for check_in in said} if rows else {}
    live = [row for row in rows if row.kpi_id and row.objective.cycle.open]
    values: dict[dt.date, dict] = {}
    for row in live:
        until = min(today, row.objective.cycle.period.last_day)
        values.setdefault(until, {})[row.kpi_id] = NO_READING
    for until, wanted in values.items():
        wanted |= readings(wanted, until=until, at=at)
    following = {row.pk for row in live}
    found = []
    for row in rows:
        cycle = row.objective.cycle
        until = min(today, cycle.period.last_day)
        found.append(
            Standing(
                key_result=row,
                week=week,
                time=time_gone(cycle, today),
                active=cycle.state == CycleState.ACTIVE,
                checked=last.get(row.pk),
                reading=values[until][row.kpi_id] if row.pk in following else None,
            )
        )
    return found


@dataclass(frozen=True)
class ObjectiveStanding:
    """An objective with its key results' standings, rolled up."""

    objective: Objective
    time: float
    key_results: list[Standing] = field(default_factory=list)

    @cached_property
    def share(self):
        """The weighted mean of the key results, 0 to 1; None where there is nothing to weigh."""
        try:
            return okrs.rolled_up((one.raw, one.key_result.weight) for one in self.key_results)
        except okrs.ZeroWeights:
            return None

    @property
    def percent(self):
        return None if self.share is None else round(self.share * 100)

    @property
    def pace(self):
        return None if self.share is None else okrs.pace(self.share, self.time)


def objective_standings(objectives, *, at, known=None):
    """`ObjectiveStanding` of each of `objectives`, in their order.

    `known` are their key results' standings where the caller has them; else three queries find them.
    """
    listed = list(objectives)
    by_objective: dict[int, list[Standing]] = {one.pk: [] for one in listed}
    if known is None:
        rows = KeyResult.objects.filter(objective__in=by_objective).for_list()
        known = standings(rows.order_by("objective_id", "position", "pk"), at=at)
    for one in known:
        by_objective.get(one.key_result.objective_id, []).append(one)
    today = company_day(at)
    return [ObjectiveStanding(one, time_gone(one.cycle, today), by_objective[one.pk]) for one in listed]


def by_team(objective_standings):
    """[(team, its objectives' standings)] of standings that come in order of teams."""
    groups = groupby(objective_standings, key=lambda one: one.objective.team)
    return [(team, list(those)) for team, those in groups]
