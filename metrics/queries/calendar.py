"""Experiments on a calendar, and the facts that a list shows of each."""

import datetime as dt
from dataclasses import dataclass

from metrics.models import (
    Experiment,
    ExperimentDecision,
    ExperimentDoubt,
    ExperimentKpi,
    ExperimentState,
    KpiRole,
    RulingState,
)
from metrics.queries.overlaps import overlaps_among

WEEKS = 16
DAYS = WEEKS * 7


@dataclass(frozen=True, slots=True)
class Bar:
    """An experiment in its row: where its first day begins and how long it is, in % of all days."""

    experiment: Experiment
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Lane:
    surface: str
    bars: list


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weeks` are Mondays. `week` is the number of today's, 1 to `WEEKS`, and `today` where the middle of
    today is, in % of the days; both None outside."""

    first: dt.date
    last: dt.date
    weeks: list
    lanes: list
    overlaps: list
    undated: list
    surfaces: list
    audiences: list
    surface: str
    audience: str
    week: int | None
    today: float | None

    @property
    def earlier(self):
        return self.first - dt.timedelta(days=DAYS // 2)

    @property
    def later(self):
        return self.first + dt.timedelta(days=DAYS // 2)


def calendar(first, *, surface="", audience="", today):
    """Sixteen weeks from `first`, a Monday. Four queries."""
    last = first + dt.timedelta(days=DAYS - 1)
    rows = list(Experiment.objects.between(first, last).for_list().order_by("planned_from", "pk"))
    surfaces = sorted({place for one in rows for place in one.surfaces})
    audiences = sorted({one.audience for one in rows if one.audience})
    if surface:
        rows = [one for one in rows if surface in one.surfaces]
    if audience:
        rows = [one for one in rows if not one.audience or one.audience == audience]
    undated = Experiment.objects.before_start().filter(planned_from=None).for_list()
    now = [one for one in rows if not one.stopped_on or one.stopped_on >= today]
    return Calendar(
        first=first,
        last=last,
        weeks=[first + dt.timedelta(days=7 * week) for week in range(WEEKS)],
        lanes=_lanes(rows, first, last, surface),
        overlaps=overlaps_among(now),
        undated=list(undated.order_by("-updated_at", "-pk")[:20]),
        surfaces=surfaces,
        audiences=audiences,
        surface=surface,
        audience=audience,
        week=(today - first).days // 7 + 1 if first <= today <= last else None,
        today=_share((today - first).days + 0.5) if first <= today <= last else None,
    )


def _share(days):
    return round(days / DAYS * 100, 2)


def _lanes(rows, first, last, only):
    places: dict = {}
    for one in rows:
        start = max((one.first_day - first).days, 0)
        end = min(((one.last_day or last) - first).days, DAYS - 1)
        for place in one.surfaces or [""]:
            if not only or place == only:
                places.setdefault(place, []).append(Bar(one, _share(start), _share(end - start + 1)))
    return [Lane(place, places[place]) for place in sorted(places, key=lambda name: (not name, name))]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list shows of an experiment beside its own row."""

    primary: str = ""
    decision: ExperimentDecision | None = None
    waiting: bool = False
    doubts: int = 0


def facts_of(experiments):
    """{experiment id: Facts}, in three queries; none without experiments."""
    ids = [one.pk for one in experiments]
    if not ids:
        return {}
    primary = dict(
        ExperimentKpi.objects.filter(experiment__in=ids, role=KpiRole.PRIMARY).values_list(
            "experiment_id", "kpi__name"
        )
    )
    decided, waiting = {}, set()
    wanted = ExperimentDecision.objects.filter(
        experiment__in=ids, state__in=(RulingState.STANDS, RulingState.WAITING)
    )
    for one in wanted.exclude(ruling="keep_running").select_related("variant", "by"):
        if one.state == RulingState.WAITING:
            waiting.add(one.experiment_id)
        else:
            decided[one.experiment_id] = one
    doubts: dict = {}
    for pk in (
        ExperimentDoubt.objects.open().filter(experiment__in=ids).values_list("experiment_id", flat=True)
    ):
        doubts[pk] = doubts.get(pk, 0) + 1
    return {pk: Facts(primary.get(pk, ""), decided.get(pk), pk in waiting, doubts.get(pk, 0)) for pk in ids}


def is_over(experiment, today):
    """Whether it runs past its planned last day."""
    return (
        experiment.state == ExperimentState.RUNNING
        and experiment.planned_to is not None
        and experiment.planned_to < today
    )
