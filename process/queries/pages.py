"""A team's objectives over its cycles, and the company's with what teams do for them."""

from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean

from process.formulas import okrs
from process.models import CycleState, Level, Objective, OkrCycle, Retrospective

from .grading import grades_shown
from .objectives import ObjectiveStanding, objective_standings
from .tree import Stand, stands

CYCLES = 6  # that a team's page looks back on


@dataclass(frozen=True)
class Past:
    """A team's cycle in a line."""

    cycle: OkrCycle
    objectives: int
    percent: int | None
    learned: list  # its retrospectives that say what was learned


@dataclass(frozen=True)
class TeamPage:
    now: list[ObjectiveStanding]
    year: list[ObjectiveStanding]
    due: list
    past: list[Past]
    grades: dict  # {objective id: its `ObjectiveGrade`} of what is being graded or was


def team_page(team, cycle, *, at):
    """What a team is at in `cycle` and in its year, what is due, and its cycles before; few queries."""
    rows = Objective.objects.filter(team=team, archived_at=None).for_list()
    cycles = list(OkrCycle.objects.filter(objectives__team=team).distinct().order_by("-year", "-number"))
    known = {one.pk for one in cycles}
    behind = [one for one in cycles if one.period.first_day < cycle.period.first_day][:CYCLES]
    shown = {cycle.pk, *(one.pk for one in behind)}
    years = {one.pk for one in cycles if one.number is None and one.year == cycle.year}
    shown |= years
    ordered = rows.filter(cycle__in=shown & known).order_by("cycle_id", "position", "pk")
    found = objective_standings(ordered, at=at)
    by_cycle = {pk: list(those) for pk, those in groupby(found, key=lambda one: one.objective.cycle_id)}
    now = by_cycle.get(cycle.pk, [])
    year = [one for pk, those in by_cycle.items() if pk != cycle.pk for one in those]
    year = [
        one for one in year if one.objective.cycle.number is None and one.objective.cycle.year == cycle.year
    ]
    taught = _taught(team, behind)
    past = [
        Past(
            one,
            len(by_cycle.get(one.pk, [])),
            _mean([stand.percent for stand in by_cycle.get(one.pk, [])]),
            taught.get(one.pk, []),
        )
        for one in behind
    ]
    due = [row for one in now for row in one.key_results if row.active and not row.done]
    return TeamPage(now, year, due, past, grades_shown([one.objective for one in (*now, *year)]))


def _taught(team, cycles):
    """{cycle id: the retrospectives of the team's objectives in it that say what was learned}."""
    if not cycles:
        return {}
    found: dict[int, list] = {}
    told = Retrospective.objects.for_list().filter(objective__team=team, objective__cycle__in=cycles)
    for one in (
        told.exclude(learned="").filter(objective__archived_at=None).order_by("objective__position", "pk")
    ):
        found.setdefault(one.objective.cycle_id, []).append(one)
    return found


def _mean(percents):
    known = [one for one in percents if one is not None]
    return round(fmean(known)) if known else None


@dataclass(frozen=True)
class Company:
    """One of the company's objectives, and those that serve it."""

    standing: ObjectiveStanding
    served_by: list[tuple[Stand, str]] = field(default_factory=list)

    @property
    def teams(self):
        return len({stand.team_id for stand, _ in self.served_by})

    @property
    def risky(self):
        """Those below that are at risk."""
        return [stand for stand, _ in self.served_by if stand.pace == okrs.Pace.AT_RISK and not stand.over]


@dataclass(frozen=True)
class CompanyPage:
    columns: list[tuple[OkrCycle, list[Company]]]  # the year first, the quarter beside it
    risks: list  # (Company, why) of the quarter and the year
    alone: list[Company]  # that nothing serves


def company_page(cycle, *, at):
    """The company's objectives of `cycle` beside its year's, or of a year beside its running quarter's."""
    around = OkrCycle.objects.filter(year=cycle.year)
    if cycle.number is None:
        running = around.exclude(number=None).exclude(state=CycleState.DRAFT).order_by("number").last()
        cycles = [cycle, running] if running else [cycle]
    else:
        cycles = [*around.filter(number=None), cycle]
    rows = Objective.objects.filter(cycle__in=cycles, level=Level.COMPANY, archived_at=None).for_list()
    found = objective_standings(rows.order_by("cycle_id", "position", "pk"), at=at)
    served: dict[int, list] = {}
    for one in cycles:
        known, links = stands(one, at=at)
        for child, parent, kind in links:
            entry = (known[child], kind)
            if entry not in served.setdefault(parent, []):
                served[parent].append(entry)
    made = [Company(one, served.get(one.objective.pk, [])) for one in found]
    columns = [(one, [c for c in made if c.standing.objective.cycle_id == one.pk]) for one in cycles]
    return CompanyPage(columns, _risks(made), [one for one in made if not one.served_by])


def _risks(made):
    found = []
    for one in made:
        if one.standing.objective.abandoned_at:
            continue
        why = []
        if one.standing.pace == okrs.Pace.AT_RISK:
            why.append("its own key results are at risk")
        if one.risky:
            many = f"{len(one.risky)} of {len(one.served_by)} that serve it are at risk"
            why.append(many)
        if one.standing.broken:
            why.append("a guardrail is broken")
        if why:
            found.append((one, "; ".join(why)))
    return found
