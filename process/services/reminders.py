"""Asking for check-ins while a cycle is active, and for grades while it is graded: once a week and cycle."""

from django.conf import settings
from django.db import transaction

from process import queries
from process.formulas import okrs
from process.models import CycleState, KeyResult, OkrCycle
from prodops import activity
from prodops.models import Event

FROM_DAY, FROM_HOUR = 3, 9  # the fourth day of the week (Thursday), 9 o'clock where the company is


def is_time(local):
    """Whether at `local` (a time where the company is) the week is far enough on to ask."""
    day = (local.date() - okrs.week_of(local.date(), settings.WEEK_STARTS_ON)).days
    return (day, local.hour) >= (FROM_DAY, FROM_HOUR)


@transaction.atomic
def ask(cycle, *, at):
    """Record that this week's check-ins of `cycle` are due, once; subscribers tell the late owners."""
    locked = OkrCycle.objects.select_for_update().active().filter(pk=cycle.pk).first()
    week = queries.week_at(at)
    if locked is None or not _waiting(cycle, week).exists():
        return
    _once_a_week("check_in.due", cycle, week, at=at)


@transaction.atomic
def ask_for_grades(cycle, *, at):
    """Record that grades or postmortems of `cycle` are missing, once a week; subscribers tell whose."""
    held = OkrCycle.objects.select_for_update().filter(pk=cycle.pk, state=CycleState.GRADING).first()
    if held is not None and (queries.late_with_grading(held) or queries.missing_postmortems(held)):
        _once_a_week("grade.due", held, queries.week_at(at), at=at)


def _once_a_week(verb, cycle, week, *, at):
    said = {"week": week.isoformat()}
    asked = Event.objects.filter(
        verb=verb, subject_type="process.okrcycle", subject_id=cycle.pk, data__week=said["week"]
    )
    if not asked.exists():
        activity.record(verb, on=cycle, by=None, at=at, data=said)


def _waiting(cycle, week):
    return KeyResult.objects.counted().filter(objective__cycle=cycle).without_check_in(week)
