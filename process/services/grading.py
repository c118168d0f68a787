"""Verbs of the end of a cycle: grade key results, say what an objective taught."""

from django.db import transaction

from process import queries
from process.formulas import grades
from process.models import CycleState, Grade, KeyResult, OkrCycle, Retrospective
from prodops import activity, search


class NotGrading(Exception):
    """Grades are given while the cycle is being graded."""


class Blocked(Exception):
    """The data of the KPI it follows are in doubt."""


class SayWhy(Exception):
    """A grade that is none of those proposed needs a word why."""


class ChangedMeanwhile(Exception):
    """Somebody saved the retrospective since this edit began. `theirs` is what stands."""

    def __init__(self, theirs):
        super().__init__(
            f"{theirs.by} saved this meanwhile. Their words stand beside yours: put them together."
        )
        self.theirs = theirs


@transaction.atomic
def grade(key_result, *, value, why, by, at):
    """Give `key_result` the grade `value` (0 to 1, kept in hundredths) or change the one it has.

    Raises `NotGrading`, `Blocked`, and `SayWhy` where it is none of the grades proposed and `why` is empty.
    """
    cycle = _in_grading(key_result.objective.cycle_id)
    # The lock makes two who grade at once come one after the other
    KeyResult.objects.select_for_update(of=("self",)).get(pk=key_result.pk)
    [row] = queries.graded(KeyResult.objects.for_list().filter(pk=key_result.pk), at=at)
    if row.blocked:
        raise Blocked(row.blocked)
    value, why = round(value, 2), why.strip()
    if not any(abs(value - one) <= grades.CLOSE for one in row.proposal.all) and not why:
        raise SayWhy(f"Say why “{key_result}” is graded {value:g}{_instead(row.proposal)}.")
    if row.grade and (row.grade.value, row.grade.why) == (value, why):
        return row.grade
    said = {
        "value": value,
        "proposed": row.proposal.agreed,
        "proposed_edited": row.proposal.edited,
        "why": why,
        "by": by,
        "at": at,
    }
    first = {"on_time": queries.company_day(at) <= queries.grading_due(cycle)}
    given, _ = Grade.objects.update_or_create(
        key_result=key_result, defaults=said, create_defaults=said | first
    )
    data = {"title": key_result.title, "key_result": key_result.pk, "grade": f"{value:g}"}
    if row.grade:
        data["was"] = f"{row.grade.value:g}"
    activity.record("key_result.graded", on=key_result.objective, by=by, at=at, data=data)
    return given


@transaction.atomic
def grade_all(given, *, by, at):
    """Several grades, all or none: `given` is [(key result, value, why)]."""
    for key_result, value, why in given:
        grade(key_result, value=value, why=why, by=by, at=at)


def _instead(proposal):
    if not proposal.all:
        return ": its numbers propose nothing"
    return " and not " + " or ".join(f"{one:g}" for one in proposal.all)


def _in_grading(cycle_id):
    cycle = OkrCycle.objects.select_for_update().get(pk=cycle_id)
    if cycle.state != CycleState.GRADING:
        raise NotGrading(f"{cycle} is {cycle.get_state_display().lower()} now: grades are given in grading.")
    return cycle


def tells(cycle):
    """What its objectives taught can be written: the cycle is on, or being graded."""
    return cycle.state in (CycleState.ACTIVE, CycleState.GRADING)


@transaction.atomic
def retrospect(objective, *, went_well, went_badly, learned, differently, postmortem, version, by, at):
    """Keep what an objective taught. `version` is the one the edit began on, 0 for none.

    Raises `NotGrading` once the cycle is closed, `ChangedMeanwhile` where another edit came before.
    """
    cycle = OkrCycle.objects.select_for_update().get(pk=objective.cycle_id)
    if not tells(cycle):
        raise NotGrading(
            f"{cycle} is {cycle.get_state_display().lower()}: what it taught is written while it is active "
            f"or in grading."
        )
    held = Retrospective.objects.select_related("by").filter(objective=objective).first()
    if held and held.version != version:
        raise ChangedMeanwhile(held)
    told = held or Retrospective(objective=objective, version=0)
    told.went_well, told.went_badly, told.learned = went_well, went_badly, learned
    told.differently, told.postmortem = differently, postmortem
    told.by, told.at, told.version = by, at, told.version + 1
    told.save()
    search.index(told)
    activity.record("retrospective.written", on=objective, by=by, at=at)
    return told
