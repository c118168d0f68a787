"""Verbs of OKR cycles: open, activate, close, reopen."""

from django.db import IntegrityError, transaction

from process import queries
from process.models import CycleState, KeyResult, Objective, OkrCycle
from prodops import activity, search


class AlreadyOpened(Exception):
    """The quarter has a cycle."""


class NotReady(Exception):
    """Something stands in the way of activating. `problems` says what, each in a sentence."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


class NotAllowed(Exception):
    """The cycle's state does not lead where it was asked to go."""


@transaction.atomic
def open(quarter, *, by, at):
    """A draft cycle for `quarter`: teams can write objectives."""
    try:
        with transaction.atomic():
            cycle = OkrCycle.objects.create(year=quarter.year, number=quarter.number)
    except IntegrityError as error:
        raise AlreadyOpened(f"{quarter} has a cycle already.") from error
    search.index(cycle)
    activity.record("okr_cycle.opened", on=cycle, by=by, at=at)
    return cycle


def problems(cycle):
    """What stands in the way of activating, in sentences; an empty list if nothing does."""
    objectives = Objective.objects.filter(cycle=cycle)
    if not objectives.exists():
        return ["The cycle has no objective yet."]
    bare = objectives.filter(key_results=None).order_by("team__name", "position")
    return [f"“{objective}” has no key result." for objective in bare[:20]]


@transaction.atomic
def activate(cycle, *, by, at):
    """From now on people check in every week. Raises `NotReady` or `NotAllowed`."""
    OkrCycle.objects.select_for_update().get(pk=cycle.pk)
    if found := problems(cycle):
        raise NotReady(found)
    _move(cycle, CycleState.DRAFT, CycleState.ACTIVE, activated_at=at, activated_by=by)
    activity.record("okr_cycle.activated", on=cycle, by=by, at=at)


@transaction.atomic
def close(cycle, *, by, at):
    """End the cycle. Key results keep the value and the share they have now, wherever those come from."""
    _move(cycle, CycleState.ACTIVE, CycleState.CLOSED, closed_at=at, closed_by=by)
    _stand_still(cycle, at=at)
    activity.record("okr_cycle.closed", on=cycle, by=by, at=at)


def _stand_still(cycle, *, at):
    """Keep what the key results have as the cycle closes, wherever that came from: values and raw shares."""
    rows = []
    for standing in queries.last_standings(cycle, at=at):
        row = standing.key_result
        row.current, row.closed_share = standing.value, standing.raw
        rows.append(row)
    KeyResult.objects.bulk_update(rows, ["current", "closed_share"], batch_size=500)


@transaction.atomic
def reopen(cycle, *, reason, by, at):
    """Undo a close; the reason stays in the cycle's history."""
    if not reason.strip():
        raise NotAllowed("Say why the cycle is reopened.")
    _move(cycle, CycleState.CLOSED, CycleState.ACTIVE, closed_at=None, closed_by=None)
    KeyResult.objects.filter(objective__cycle=cycle).update(closed_share=None)
    activity.record("okr_cycle.reopened", on=cycle, by=by, at=at, data={"reason": reason.strip()})


def _move(cycle, start, end, **fields):
    won = OkrCycle.objects.filter(pk=cycle.pk, state=start).update(state=end, **fields)
    cycle.refresh_from_db()
    if not won:
        raise NotAllowed(f"{cycle} is {cycle.get_state_display().lower()} now.")
    search.index(cycle)
