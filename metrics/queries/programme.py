"""The programme of experiments as a whole: how many, how fast, how many won, and what winners are worth."""

import datetime as dt
import statistics
from dataclasses import dataclass

from metrics.models import Experiment, ExperimentDecision, ExperimentRuling, ExperimentState, RulingState
from metrics.stats.shrinkage import shrink


@dataclass(frozen=True, slots=True)
class Month:
    first: dt.date
    started: int
    decided: int


@dataclass(frozen=True, slots=True)
class Winner:
    """A shipped experiment: its relative lift as it was measured, and as it is to be believed.

    `sign` is -1 where less is better.
    """

    experiment: Experiment
    kpi: str
    sign: int
    lift: float
    believed: float


@dataclass(frozen=True, slots=True)
class Programme:
    """`rate` is won of decided, None of none; `days_to_decide` the median from start to decision.

    `measured` and `believed` are mean gains: above 0 is better, whichever way that is.
    """

    months: list
    running: int
    decided: int
    shipped: int
    rolled_back: int
    against: int
    rate: float | None
    days_to_decide: float | None
    winners: list
    measured: float
    believed: float
    of: int  # how many decided experiments the shrinkage learned from


def programme(*, today, months=12, team=None):
    """The last `months` months up to `today`, of one team or all. Three queries."""
    first = _months_before(today.replace(day=1), months - 1)
    rows = Experiment.objects.filter(team=team) if team else Experiment.objects.all()
    dates = rows.exclude(started_on=None).filter(started_on__gte=first).values_list("started_on", flat=True)
    started = list(dates)
    running = rows.filter(state=ExperimentState.RUNNING).count()
    decisions = list(
        ExperimentDecision.objects.filter(
            state=RulingState.STANDS,
            ruling__in=(ExperimentRuling.SHIP, ExperimentRuling.ROLL_BACK),
            experiment__in=rows,
            at__date__gte=first,
        )
        .for_list()
        .order_by("-at", "-pk")
        .prefetch_related("experiment__kpis__kpi")
    )
    shipped = [one for one in decisions if one.ruling == ExperimentRuling.SHIP]
    winners, of = _winners(decisions)
    waits = [(one.at.date() - one.experiment.started_on).days for one in decisions]
    return Programme(
        months=_by_month(first, months, started, [one.at.date() for one in decisions]),
        running=running,
        decided=len(decisions),
        shipped=len(shipped),
        rolled_back=len(decisions) - len(shipped),
        against=sum(one.against for one in decisions),
        rate=len(shipped) / len(decisions) if decisions else None,
        days_to_decide=statistics.median(waits) if waits else None,
        winners=winners,
        measured=_together(one.lift * one.sign for one in winners),
        believed=_together(one.believed * one.sign for one in winners),
        of=of,
    )


def _winners(decisions):
    """What shipped, largest first; the shrinkage learns from all that were measured."""
    told = [one for one in decisions if one.lift is not None and one.error is not None and one.error > 0]
    believed = shrink([one.lift for one in told], [one.error for one in told]).effects
    winners = []
    for one, worth in zip(told, believed, strict=True):
        if one.ruling == ExperimentRuling.SHIP:
            kpi, sign = _primary(one.experiment)
            winners.append(Winner(one.experiment, kpi, sign, one.lift, worth))
    return sorted(winners, key=lambda one: -abs(one.lift)), len(told)


def _primary(experiment):
    """(name of its primary KPI, 1 or -1: which way is better)."""
    for one in experiment.kpis.all():
        if one.role == "primary":
            return one.kpi.name, -1 if one.direction == "down" else 1
    return "", 1


def _together(lifts):
    """The mean of relative gains; 0 of none. Those of several KPIs do not add up, so they are not summed."""
    found = list(lifts)
    return statistics.fmean(found) if found else 0.0


def _months_before(first, number):
    place = first.year * 12 + first.month - 1 - number
    return dt.date(place // 12, place % 12 + 1, 1)


def _by_month(first, months, started, decided):
    found = []
    for number in range(months):
        month = _months_before(first, -number)
        key = (month.year, month.month)
        counts = (sum((day.year, day.month) == key for day in days) for days in (started, decided))
        found.append(Month(month, *counts))
    return found
