"""A whole cycle: its numbers, who is late, its rows for a CSV."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery

from process.formulas import okrs
from process.models import CheckIn, CycleState, KeyResult, Objective, OkrCycle
from prodops.clock import company_day
from prodops.quarters import FiscalYear

from .standings import standings


@dataclass(frozen=True)
class Summary:
    """A whole cycle in a few numbers."""

    objectives: int
    key_results: int
    done: int  # checked in this week
    share: float | None  # the mean of its objectives
    paces: dict[okrs.Pace, int]

    @property
    def percent(self):
        return None if self.share is None else round(self.share * 100)


def cycle_standings(cycle, *, at):
    """The standings of all key results of a cycle, those of one objective together and in order.

    Those of abandoned objectives are among them: `summary` and `late` leave them out.
    """
    rows = KeyResult.objects.filter(objective__cycle=cycle).for_list()
    return standings(rows.order_by("objective_id", "position", "pk"), at=at)


def last_standings(cycle, *, at):
    """The same of a cycle that closes at `at`: as they stand before it does, whatever its row says by now."""
    rows = list(KeyResult.objects.filter(objective__cycle=cycle).for_list())
    for row in rows:
        row.objective.cycle.state = CycleState.GRADING
    return standings(rows, at=at)


def summary(standings):
    """Those of a whole cycle counted by pace, and its objectives' mean progress.

    Objectives that were given up and, in the mean, guardrails do not count.
    """
    standings = [one for one in standings if one.key_result.objective.counted]
    shares = []
    for _, those in groupby(standings, key=lambda one: one.key_result.objective_id):
        counted = [(one.raw, one.key_result.weight) for one in those if not one.key_result.guardrail]
        try:
            shares.append((okrs.rolled_up(counted), 1.0))
        except okrs.ZeroWeights:
            continue
    return Summary(
        objectives=len({one.key_result.objective_id for one in standings}),
        key_results=len(standings),
        done=sum(one.done for one in standings),
        share=okrs.weighted_mean(shares) if shares else None,
        paces={pace: sum(one.pace == pace for one in standings) for pace in okrs.Pace},
    )


def late(standings):
    """[(person, how many of their key results have no check-in this week)], most first."""
    missing = [one.key_result.owner for one in standings if one.waits]
    counts = Counter(owner.pk for owner in missing)
    people = {owner.pk: owner for owner in missing}
    return [
        (people[pk], count)
        for pk, count in sorted(counts.items(), key=lambda row: (-row[1], people[row[0]].name))
    ]


def cycles_with_counts(cycles):
    """`cycles` with how many `objectives_count`, `results_count` and `said_count` (check-ins) each has."""
    objectives = Objective.objects.filter(cycle=OuterRef("pk")).order_by().values("cycle")
    results = KeyResult.objects.filter(objective__cycle=OuterRef("pk")).order_by().values("objective__cycle")
    said = CheckIn.objects.filter(key_result__objective__cycle=OuterRef("pk")).order_by()
    counted = Count("pk")
    return cycles.annotate(
        objectives_count=Subquery(objectives.annotate(n=counted).values("n")),
        results_count=Subquery(results.annotate(n=counted).values("n")),
        said_count=Subquery(said.values("key_result__objective__cycle").annotate(n=counted).values("n")),
    ).order_by("-year", "-number")


def by_year(cycles):
    """[(fiscal year, its own cycle or None, its quarters' cycles)] of `cycles`, the newest year first."""
    years: dict[int, list] = {}
    for cycle in cycles:
        years.setdefault(cycle.year, []).append(cycle)
    return [
        (
            FiscalYear(year, settings.FISCAL_YEAR_START_MONTH),
            next((one for one in those if one.number is None), None),
            [one for one in those if one.number is not None],
        )
        for year, those in sorted(years.items(), reverse=True)
    ]


def running(cycles, today):
    """The one of `cycles` that people work in on the day `today`, or None where there is none.

    The quarter that is on, unless it is still being drafted while another is active; then the newest active
    quarter, then the newest cycle.
    """
    known = list(cycles.order_by("year", F("number").asc(nulls_first=True)))
    active = [one for one in known if one.state == CycleState.ACTIVE]
    now = [one for one in known if one.number and today in one.period]
    quarters = [one for one in active if one.number]
    for choice in ([one for one in now if one in active], quarters, now, active, known):
        if choice:
            return choice[-1]
    return None


def beside(cycle):
    """The cycles of its fiscal year, the year's own first, itself among them."""
    return list(OkrCycle.objects.filter(year=cycle.year).order_by(F("number").asc(nulls_first=True)))


CSV_HEADER = [
    *(
        "cycle",
        "team",
        "objective",
        "intent",
        "objective owner",
        "key result",
        "owner",
        "unit",
        "start",
        "target",
    ),
    *("value", "progress", "pace", "weight", "kpi", "confidence", "checked in on", "note"),
]


def csv_row(standing):
    """A `Standing` (with its objective's owner loaded) as the cells of `CSV_HEADER`."""
    row, said = standing.key_result, standing.checked
    objective = row.objective
    return [
        objective.cycle.slug,
        objective.team.name,
        objective.title,
        objective.intent,
        objective.owner.name,
        row.title,
        row.owner.name,
        row.unit,
        row.start,
        row.target,
        standing.value,
        round(standing.raw, 4),
        str(standing.pace),
        row.weight,
        row.kpi.slug if row.kpi else "",
        said.confidence if said else None,
        company_day(said.at).isoformat() if said else "",
        said.note if said else "",
    ]
