"""The weekly check-in: what a key result's owner says of it."""

from django.db import transaction

from process import queries
from process.models import CheckIn, CycleState, KeyResult, Kind, Milestone
from process.services import key_results
from prodops import activity


class NotActive(Exception):
    """Only key results of an active cycle are checked in on."""


class NotYours(Exception):
    """There is no check-in of this week that the person could take back."""


def _held(key_result):
    held = KeyResult.objects.select_for_update(of=("self",)).select_related("objective__cycle")
    row = held.get(pk=key_result.pk)
    if row.objective.cycle.state != CycleState.ACTIVE:
        raise NotActive(f"{row.objective.cycle} is not active, so there is nothing to check in on.")
    return row


@transaction.atomic
def record(key_result, *, value=None, done=None, confidence, note, next="", by, at):
    """Keep what `by` says of `key_result` in the week of `at`; earlier words of that week are kept too.

    Where its source has a value, that is kept, whatever `value` says. `done` are the ids of the milestones
    that are done; None leaves them as they are. `current` becomes the value of the latest check-in,
    whichever of two racing ones comes last.
    """
    row = _held(key_result)
    if done is not None:
        for milestone in Milestone.objects.filter(key_result=row).select_related("key_result__objective"):
            if milestone.done != (milestone.pk in done):
                key_results.mark(milestone, milestone.pk in done, by=by, at=at)
    [standing] = queries.standings(KeyResult.objects.filter(pk=row.pk).for_list(), at=at)
    by_itself = standing.measured or row.kind == Kind.MILESTONES
    check_in = CheckIn.objects.create(
        key_result=row,
        week=queries.week_at(at),
        value=(standing.value or 0.0) if by_itself else value,
        by_hand=not standing.measured,
        confidence=confidence,
        note=note,
        next=next,
        by=by,
        at=at,
    )
    _latest(key_result, row)
    data = {"value": check_in.value, "confidence": confidence}
    activity.record("check_in.recorded", on=row, by=by, at=at, data=data)
    return check_in


def _latest(key_result, row):
    newest = row.check_ins.latest_each().first()
    row.current = newest.value if newest else None
    row.save(update_fields=["current"])
    key_result.current = row.current


@transaction.atomic
def record_all(said, *, by, at):
    """Several check-ins, all or none: `said` is [(key result, what `record` takes)]."""
    for key_result, words in said:
        record(key_result, **words, by=by, at=at)


@transaction.atomic
def undo(key_result, *, by, at):
    """Take back one's own last check-in of this week; what was said before it counts again.

    Milestones that were ticked with it stay ticked: each has its own undo. Raises `NotYours`.
    """
    row = _held(key_result)
    newest = row.check_ins.latest_each().first()
    if newest is None or newest.by_id != by.pk or newest.week != queries.week_at(at):
        raise NotYours("Only your own check-in of this week can be taken back, and only the last one.")
    data = {"value": newest.value, "confidence": newest.confidence, "note": newest.note}
    newest.delete()
    _latest(key_result, row)
    activity.record("check_in.undone", on=row, by=by, at=at, data=data)
