"""Grades: what each key result is proposed, what was given, what still keeps a cycle from closing."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, Q

from process.formulas import grades, okrs
from process.models import CycleState, Grade, Intent, KeyResult, Objective, OkrCycle, Retrospective
from prodops.clock import company_day
from prodops.memory import remembered
from prodops.models import Team

from .standings import Standing, blocked, standings

GRADING_DAYS = 14  # after a cycle's last day


@dataclass(frozen=True)
class Proposal:
    """The grades that a key result's numbers come to: against the agreed target and the edited one.

    `agreed` is None before anybody has said a value, `edited` also where nothing was edited since.
    """

    agreed: float | None
    edited: float | None = None

    @property
    def all(self):
        return [one for one in (self.agreed, self.edited) if one is not None]


def proposal(standing):
    """The `Proposal` for a standing."""
    if standing.value is None and not standing.raw:
        return Proposal(None)
    now = grades.proposed(standing.raw)
    if standing.agreed_raw is None:
        return Proposal(now)
    return Proposal(grades.proposed(standing.agreed_raw), now)


@dataclass(frozen=True)
class Graded:
    """A key result on the page of grades: how it stands, what is proposed, what was given."""

    standing: Standing
    proposal: Proposal
    grade: Grade | None

    @property
    def key_result(self):
        return self.standing.key_result

    @property
    def blocked(self):
        """Why its numbers can't be graded by yet, in a sentence; an empty text if they can."""
        if not blocked(self.standing):
            return ""
        return f"The data of “{self.key_result}” are in doubt: resolve that, or waive it with a reason."


def graded(key_results, *, at):
    """`Graded` for each of `key_results` (as `for_list` loads them), in their order."""
    shown = standings(key_results, at=at)
    given = Grade.objects.filter(key_result__in=[one.key_result.pk for one in shown]).select_related("by")
    by_key_result = {grade.key_result_id: grade for grade in given}
    return [Graded(one, proposal(one), by_key_result.get(one.key_result.pk)) for one in shown]


def to_grade():
    """Key results that a cycle's grading asks for: no guardrails, none of what was abandoned."""
    return KeyResult.objects.filter(
        guardrail=False, objective__abandoned_at=None, objective__archived_at=None
    )


def gradable_by(user):
    """Key results in grading that are the person's own, their team's, or under their objective."""
    rows = KeyResult.objects.visible_to(user).filter(
        objective__cycle__state=CycleState.GRADING,
        objective__abandoned_at=None,
        objective__archived_at=None,
    )
    if user.runs_product_ops:
        return rows
    mine = Q(owner=user) | Q(objective__owner=user) | Q(objective__team__in=user.editor_team_ids)
    return rows.filter(mine)


def teams_with_grades(cycle):
    """The teams with key results to grade in a cycle by name, each with `wanted` and `done`, how many."""
    rows = to_grade().filter(objective__cycle=cycle).order_by()
    counts = rows.values("objective__team").annotate(wanted=Count("pk"), done=Count("grade"))
    by_team = {row["objective__team"]: row for row in counts}
    teams = list(Team.objects.filter(pk__in=by_team).order_by("name"))
    for team in cast("list[Any]", teams):
        team.wanted, team.done = by_team[team.pk]["wanted"], by_team[team.pk]["done"]
    return teams


def grading_now():
    """Whether any cycle is being graded."""
    graded = OkrCycle.objects.filter(state=CycleState.GRADING)
    return remembered("process.grading", graded.exists)


def my_ungraded(user):
    """The person's own key results that wait for their grade."""
    return to_grade().filter(owner=user, objective__cycle__state=CycleState.GRADING, grade=None)


def grading_due(cycle):
    """The day by which a cycle's key results are to be graded."""
    return cycle.period.last_day + dt.timedelta(days=GRADING_DAYS)


def late_with_grading(cycle):
    """[(person, how many of their key results have no grade)], most first."""
    waiting = to_grade().filter(objective__cycle=cycle, grade=None).select_related("owner")
    counts = Counter(row.owner for row in waiting)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0].name))


@dataclass(frozen=True)
class Came:
    """What a key result came to; `value` is None until it is graded, `why` says why not its numbers."""

    title: str
    value: float | None
    why: str
    guardrail: bool

    @property
    def band(self):
        return None if self.value is None else grades.band(self.value)

    @property
    def shown(self):
        return None if self.value is None else grades.in_hundredths(self.value)


@dataclass(frozen=True)
class ObjectiveGrade:
    """What an objective came to; `value` is None until all its key results that count are graded."""

    value: float | None
    graded: int
    wanted: int
    committed: bool
    rows: list[Came] = field(default_factory=list)  # its key results in their order

    @property
    def band(self):
        return None if self.value is None else grades.band(self.value)

    @property
    def shown(self):
        return None if self.value is None else grades.in_hundredths(self.value)

    @property
    def missed(self):
        """It was committed and fell short, which asks for a postmortem."""
        return self.value is not None and self.committed and not grades.reached(self.value, committed=True)


def objective_grades(objectives):
    """{objective id: its `ObjectiveGrade`}, in one query."""
    listed = {one.pk: one for one in objectives}
    rows: dict[int, list] = {pk: [] for pk in listed}
    asked = KeyResult.objects.filter(objective__in=listed).order_by("objective_id", "position", "pk")
    for row in asked.values_list(
        "objective_id", "grade__value", "weight", "guardrail", "title", "grade__why"
    ):
        rows[row[0]].append(row[1:])
    return {pk: _objective_grade(listed[pk], rows[pk]) for pk in listed}


def grades_shown(objectives):
    """`objective_grades` of those whose cycle is in grading or closed; no query where there are none."""
    over = [one for one in objectives if one.cycle.state in (CycleState.GRADING, CycleState.CLOSED)]
    return objective_grades(over) if over else {}


def _objective_grade(objective, rows):
    count = [row for row in rows if not row[2]]
    shown = [Came(title, grade, why or "", guardrail) for grade, _, guardrail, title, why in rows]
    given = [row[:3] for row in count if row[0] is not None]
    value = None
    if given and len(given) == len(count):
        try:
            value = grades.of_objective(given)
        except okrs.ZeroWeights:
            value = None
    return ObjectiveGrade(value, len(given), len(count), objective.intent == Intent.COMMITTED, shown)


def missing_postmortems(cycle):
    """The committed objectives of a cycle that were missed and have no postmortem yet."""
    objectives = list(
        Objective.objects.filter(cycle=cycle, abandoned_at=None, archived_at=None)
        .filter(intent=Intent.COMMITTED)
        .select_related("team", "owner")
    )
    told = Retrospective.objects.filter(objective__cycle=cycle).exclude(postmortem="")
    done = set(told.values_list("objective_id", flat=True))
    found = objective_grades(one for one in objectives if one.pk not in done)
    return [one for one in objectives if one.pk in found and found[one.pk].missed]


def on_time_share(at):
    """(key results graded by the day they were due, all that were to be graded) of the last cycle that was
    graded: the newest one closed, or past that day."""
    for cycle in OkrCycle.objects.filter(state__in=[CycleState.GRADING, CycleState.CLOSED]):
        if cycle.state == CycleState.CLOSED or grading_due(cycle) < company_day(at):
            rows = to_grade().filter(objective__cycle=cycle)
            return rows.filter(grade__on_time=True).count(), rows.count()
    return 0, 0
