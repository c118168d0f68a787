"""The weekly check-in: what a key result's owner says of it."""

from django.db import transaction

from process import queries
from process.models import CheckIn, CycleState, KeyResult
from prodops import activity


class NotActive(Exception):
    """Only key results of an active cycle are checked in on."""


@transaction.atomic
def record(key_result, *, value, confidence, note, by, at):
    """Keep what `by` says of `key_result` in the week of `at`; earlier words of that week are kept too.

    Where the key result follows a KPI that has values, the KPI's last one is kept, whatever `value` says.
    `current` becomes the value of the latest check-in, whichever of two racing ones comes last.
    """
    held = KeyResult.objects.select_for_update(of=("self",)).select_related("objective__cycle")
    row = held.get(pk=key_result.pk)
    if row.objective.cycle.state != CycleState.ACTIVE:
        raise NotActive(f"{row.objective.cycle} is not active, so there is nothing to check in on.")
    [standing] = queries.standings(KeyResult.objects.filter(pk=row.pk).for_list(), at=at)
    value = standing.value if standing.measured else value
    check_in = CheckIn.objects.create(
        key_result=row,
        week=queries.week_at(at),
        value=value,
        by_hand=not standing.measured,
        confidence=confidence,
        note=note,
        by=by,
        at=at,
    )
    row.current = row.check_ins.latest_each().get().value
    row.save(update_fields=["current"])
    key_result.current = row.current
    activity.record(
        "check_in.recorded", on=row, by=by, at=at, data={"value": value, "confidence": confidence}
    )
    return check_in


@transaction.atomic
def record_all(said, *, by, at):
    """Several check-ins, all or none: `said` is [(key result, value, confidence, note)]."""
    for key_result, value, confidence, note in said:
        record(key_result, value=value, confidence=confidence, note=note, by=by, at=at)
