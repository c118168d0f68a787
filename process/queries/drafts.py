"""What the lint finds in the drafts of a cycle, and what the cycle before taught of them."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch

from metrics.models import Unit
from process.formulas import lint
from process.models import (
    WAYS,
    Alignment,
    CheckIn,
    CycleState,
    KeyResult,
    Kind,
    Level,
    Milestone,
    Objective,
    OkrCycle,
    Retrospective,
    Source,
)
from prodops.models import Team
from prodops.quarters import Quarter

from .learning import learned_text
from .standings import standings


@dataclass(frozen=True)
class TeamDrafts:
    """A team's drafts with what the lint finds: of all together, and of each objective that has findings."""

    team: Team
    together: list[lint.Finding]
    objectives: list[tuple[Objective, list[lint.Finding]]]
    drafts: int

    @property
    def count(self):
        return len(self.together) + sum(len(found) for _, found in self.objectives)


def previous(cycle):
    """The cycle of the quarter or year before, or None."""
    period = cycle.period.previous
    number = period.number if isinstance(period, Quarter) else None
    return OkrCycle.objects.filter(year=period.year, number=number).first()


def lessons_of(objective):
    """What an objective taught, in words: its retrospective's; without one, the last note and the next step
    said of each of its key results."""
    told = Retrospective.objects.filter(objective=objective).first()
    if told and (words := learned_text(told)):
        return words
    said = CheckIn.objects.filter(key_result__objective=objective).latest_each()
    return "\n".join(_words(one) for one in said.order_by("key_result_id", "-week", "-at", "-pk") if one.note)


def _words(check_in):
    return f"{check_in.note} {check_in.next}".strip()


def drafts_by_team(cycle, *, at, teams=None):
    """`TeamDrafts` of a cycle by name of team; of `teams` (ids) only, where they are given."""
    objectives = Objective.objects.counted().filter(cycle=cycle)
    if teams is not None:
        objectives = objectives.filter(team__in=teams)
    results = KeyResult.objects.select_related("owner", "kpi").prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("position", "pk"))
    )
    rows = list(
        objectives.select_related("team", "owner")
        .annotate(
            company=Exists(_company_objectives(cycle)),
            aligned=Exists(Alignment.objects.filter(child=OuterRef("pk"))),
        )
        .prefetch_related(Prefetch("key_results", results.order_by("position", "pk")))
        .order_by("team__name", "team_id", "position", "pk")
    )
    lessons, shares, ended = _last_time(cycle, rows, at=at)
    stood = {} if cycle.frozen else _stood(rows, ended, at=at)
    by_team: dict[int, list[Objective]] = defaultdict(list)
    for row in rows:
        by_team[row.team_id].append(row)
    found = []
    for those in by_team.values():
        team = those[0].team
        ours = sum(one.level != Level.PERSONAL for one in those)
        together = lint.lint_team(team.name, ours, shares[team.pk], last_cycle=str(cycle.period.previous))
        each = [
            (one, lint.lint_objective(_draft(one, lessons, stood), last_day=cycle.period.last_day))
            for one in those
        ]
        found.append(TeamDrafts(team, together, [(one, hits) for one, hits in each if hits], len(those)))
    return found


def _stood(rows, ended, *, at):
    """{key result id: where it stands now, before its cycle is agreed}: what it follows says it; one carried
    forward stands where the one it goes on with does. Those of whom nobody knows are not in it."""
    results = [row for objective in rows for row in objective.key_results.all()]
    ways = [row.pk for row in results if row.source != Source.HAND and row.kind in WAYS]
    found = {}
    if ways:
        listed = KeyResult.objects.for_list().filter(pk__in=ways).order_by("objective_id", "position", "pk")
        found = {one.key_result.pk: one.value for one in standings(listed, at=at) if one.measured}
    for objective in rows:
        for row in objective.key_results.all():
            before = ended.get((objective.carried_from_id, row.title))
            if before is not None:
                found.setdefault(row.pk, before)
    return found


def _draft(objective, lessons, stood):
    return lint.DraftObjective(
        title=objective.title,
        results=[_result(row, stood.get(row.pk)) for row in objective.key_results.all()],
        owned=objective.owner.is_active,
        aligned=objective.aligned if objective.company and objective.level != Level.COMPANY else None,
        lessons=lessons.get(objective.carried_from_id, "") or lessons.get(_key(objective), ""),
        learned=objective.learned,
    )


def _result(row, now):
    dates = tuple(step.due_on for step in row.milestones.all())
    return lint.DraftResult(
        title=row.title,
        goes_a_way=row.kind in WAYS and row.kind != Kind.ORDINAL,
        counts=row.unit == Unit.COUNT,
        start=row.start,
        target=row.target,
        now=now,
        start_said=row.show(row.start),
        now_said=row.show(now),
        measured=row.source != Source.HAND,
        owned=row.owner.is_active,
        milestones=dates if row.kind == Kind.MILESTONES else None,
    )


def _company_objectives(cycle):
    """What there is to align to: the company's objectives, of the cycle or of its year."""
    company = Objective.objects.counted().filter(level=Level.COMPANY, cycle__year=cycle.year)
    return company.filter(cycle=cycle) | company.filter(cycle__number=None)


def _key(objective):
    """Objectives of a team with the same words are the same one, whether or not they were carried."""
    return objective.team_id, objective.title.strip().casefold()


def _last_time(cycle, rows, *, at):
    """({objective id, and its `_key`: what it taught}, {team id: the shares its key results reached},
    {(objective id, title of a key result): where that stands})."""
    shares: dict[int, list[float]] = defaultdict(list)
    lessons: dict[object, str] = {}
    ended: dict[tuple[int, str], float | None] = {}
    before = previous(cycle)
    if before is None or before.state not in (CycleState.ACTIVE, CycleState.GRADING, CycleState.CLOSED):
        return lessons, shares, ended
    theirs = KeyResult.objects.counted().filter(objective__cycle=before, guardrail=False)
    theirs = theirs.filter(objective__team__in={row.team_id for row in rows}).for_list()
    for one in standings(theirs.order_by("objective_id", "position", "pk"), at=at):
        objective = one.key_result.objective
        shares[objective.team_id].append(one.raw)
        ended[objective.pk, one.key_result.title] = one.value
        if one.checked and one.checked.note:
            said = "\n".join(filter(None, [lessons.get(objective.pk), _words(one.checked)]))
            lessons[objective.pk] = lessons[_key(objective)] = said
    for told in Retrospective.objects.filter(objective__cycle=before).select_related("objective"):
        if words := learned_text(told):
            lessons[told.objective_id] = lessons[_key(told.objective)] = words
    return lessons, shares, ended
