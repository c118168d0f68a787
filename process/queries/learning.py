"""What was learned: for a team's next draft, and over the cycles of one objective."""

from dataclasses import dataclass

from process.models import Grade, KeyResult, Objective, Retrospective

from .grading import ObjectiveGrade, objective_grades

# The way up and down `carried_from`, however long; UNION ends it also where it runs in circles.
FAMILY = """
    WITH RECURSIVE family(id) AS (
        SELECT %s::bigint
        UNION
        SELECT one.id FROM family
        JOIN process_objective known ON known.id = family.id
        JOIN process_objective one ON one.carried_from_id = known.id OR one.id = known.carried_from_id
    )
    SELECT id FROM family
"""


def learnings_for(teams, cycle):
    """The retrospectives of each of `teams` in its last cycle before `cycle` (of its kind: quarter or year)
    that has any, with their objectives: what a draft for `cycle` is shown, and what `learned` begins with."""
    told = Retrospective.objects.for_list().filter(objective__team__in=teams)
    told = told.exclude(learned="", differently="")
    if cycle.number is None:
        told = told.filter(objective__cycle__number=None, objective__cycle__year__lt=cycle.year)
    else:
        told = told.filter(objective__cycle__number__isnull=False)
    last: dict[int, tuple[int, int]] = {}
    found = []
    for one in told.order_by(
        "-objective__cycle__year", "-objective__cycle__number", "objective__position", "objective_id"
    ):
        theirs = one.objective.cycle
        when = (theirs.year, theirs.number or 0)
        if when >= (cycle.year, cycle.number or 0):
            continue
        if last.setdefault(one.objective.team_id, when) == when:
            found.append(one)
    return found


def learned_text(retrospective):
    """What `Objective.learned` of the draft that goes on begins with, at most 2,000 letters."""
    return "\n\n".join(filter(None, [retrospective.learned, retrospective.differently]))[:2000]


@dataclass(frozen=True)
class Chapter:
    """One cycle of an objective that was carried on: its key results with their grades, what it taught."""

    objective: Objective
    key_results: list[tuple[KeyResult, Grade | None]]
    grade: ObjectiveGrade
    retrospective: Retrospective | None


def story_of(objective):
    """The `Chapter`s of an objective, oldest first: itself, what it was carried from and was carried to."""
    ids = [row.pk for row in Objective.objects.raw(FAMILY, [objective.pk])]
    objectives = list(Objective.objects.for_list().filter(pk__in=ids))
    objectives.sort(key=lambda one: (one.cycle.period.last_day, one.created_at, one.pk))
    rows: dict[int, list[KeyResult]] = {pk: [] for pk in ids}
    for row in KeyResult.objects.for_list().filter(objective__in=ids).order_by("objective", "position", "pk"):
        rows[row.objective_id].append(row)
    grades = {one.key_result_id: one for one in Grade.objects.filter(key_result__objective__in=ids)}
    told = {one.objective_id: one for one in Retrospective.objects.for_list().filter(objective__in=ids)}
    came = objective_grades(objectives)
    return [
        Chapter(one, [(row, grades.get(row.pk)) for row in rows[one.pk]], came[one.pk], told.get(one.pk))
        for one in objectives
    ]
