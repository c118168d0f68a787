"""Grades and what was learned, on the pages of objectives and on the home page."""

from process import queries
from process.models import CycleState
from prodops import panels, scorecard, words
from prodops.access import Can, allowed

from .showing import show

for verb, sentence in {
    "key_result.graded": "graded “{title}” {grade}",
    "retrospective.written": "said what this taught",
}.items():
    words.register(verb, sentence)


def what_it_came_to(request, objective):
    """On the page of an objective (with its retrospective loaded) that is over: its grade, what it taught."""
    if not objective.abandoned_at and objective.cycle.state not in (CycleState.GRADING, CycleState.CLOSED):
        return None
    told = getattr(objective, "retrospective", None)
    came = queries.objective_grades([objective])[objective.pk]
    context = {"objective": objective, "told": told, "came": came}
    return show(request, "grade", "What it came to", context)


def my_grades(request, _subject):
    """On the home page: the person's key results that wait for a grade."""
    if not allowed(request.user, Can.OKR_CHECK_IN) or not queries.grading_now():
        return None
    waiting = queries.my_ungraded(request.user).for_list().order_by("objective__cycle", "objective", "pk")
    rows = list(waiting[:8])
    if not rows:
        return None
    cycles = {row.objective.cycle_id: row.objective for row in rows}.values()
    context = {
        "rows": rows,
        "firsts": [(one.cycle, one.team, queries.grading_due(one.cycle)) for one in cycles],
    }
    return show(request, "my_grades", "Key results to grade", context)


panels.register("process.objective", "process-grade", what_it_came_to, order=20)
panels.register("home", "process-grades", my_grades, order=21)
scorecard.register(
    scorecard.Measure(
        "process.graded_on_time",
        "Key results graded on time",
        "Key results of the last cycle that was graded whose first grade came by the day it was due.",
        queries.on_time_share,
    )
)
