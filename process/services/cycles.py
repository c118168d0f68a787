"""Verbs of OKR cycles: open, move on, put back, let people have objectives of their own."""

import datetime as dt

from django.db import IntegrityError, transaction

from process import queries
from process.models import CycleGate, CycleState, KeyResult, OkrCycle
from process.services import agreement
from prodops import activity, search

# state: (days, counted from the first or the last day) by which the way out of it is planned
PLANNED = {
    CycleState.DRAFT: ("first_day", -21),
    CycleState.REVIEW: ("first_day", -14),
    CycleState.ALIGN: ("first_day", 0),
    CycleState.ACTIVE: ("last_day", 1),
    CycleState.GRADING: ("last_day", 14),
}


class AlreadyOpened(Exception):
    """The quarter or year has a cycle."""


class NotReady(Exception):
    """The gate's checklist is not met, and nobody says why the cycle moves all the same."""

    def __init__(self, unmet):
        super().__init__(f"Still open: {'; '.join(unmet)}.")
        self.unmet = unmet


class NotAllowed(Exception):
    """The cycle's state does not lead where it was asked to go, or not for this person."""


def planned(period):
    """{state: the day by which the way out of it is planned} of a cycle about `period`."""
    return {state: getattr(period, day) + dt.timedelta(days=days) for state, (day, days) in PLANNED.items()}


@transaction.atomic
def open(period, *, by, at):
    """A draft cycle for `period`, a `Quarter` or a `FiscalYear`, with its gates planned around it."""
    try:
        with transaction.atomic():
            cycle = OkrCycle.objects.create(year=period.year, number=getattr(period, "number", None))
    except IntegrityError as error:
        raise AlreadyOpened(f"{period} has a cycle already.") from error
    CycleGate.objects.bulk_create(
        CycleGate(cycle=cycle, state=state, owner=by, due_on=due) for state, due in planned(period).items()
    )
    search.index(cycle)
    activity.record("okr_cycle.opened", on=cycle, by=by, at=at)
    return cycle


@transaction.atomic
def move(cycle, to, *, seen=None, reason="", by, at):
    """Move a cycle a step on, or put it back; `to` is the state it is to be in.

    `seen` is the state the person saw, by default that of `cycle`. Forward, its gate has to be met, or
    product ops says in `reason` why it is passed; backward takes a reason always. Raises `NotReady` for a
    gate that is not met, `NotAllowed` for a step that does not lead there, and for the later of two people.
    """
    start, said = seen or cycle.state, reason.strip()
    locked = OkrCycle.objects.select_for_update().get(pk=cycle.pk)
    cycle.state = locked.state
    state = locked.get_state_display().lower()
    if locked.state != start:
        raise NotAllowed(f"Somebody moved {cycle} meanwhile: it is in {state} now.")
    if to not in (locked.forward, *locked.back):
        raise NotAllowed(f"{cycle} is in {state}: that step does not lead on from there.")
    data = {"was": state, "state": CycleState(to).label.lower(), "to": str(to)}
    if to == locked.forward:
        verb, data = "okr_cycle.moved", data | _passed(locked, said, by=by, at=at)
    elif not said:
        raise NotAllowed(f"Say why {cycle} goes back to {CycleState(to).label.lower()}.")
    else:
        verb, data = "okr_cycle.put_back", data | {"reason": said}
    OkrCycle.objects.filter(pk=cycle.pk).update(state=to, **_signed(locked, to, by=by, at=at))
    cycle.refresh_from_db()
    if to == CycleState.ACTIVE:
        agreement.freeze(cycle)
    elif to == CycleState.CLOSED:
        _stand_still(cycle, at=at)
    elif locked.state == CycleState.CLOSED:
        KeyResult.objects.filter(objective__cycle=cycle).update(closed_share=None)
    search.index(cycle)
    activity.record("okr_cycle.passed" if data.get("unmet") else verb, on=cycle, by=by, at=at, data=data)


def _passed(cycle, reason, *, by, at):
    """What the history says of a gate that is passed although it is not met."""
    unmet = queries.gate(cycle, at=at).unmet
    if not unmet:
        return {}
    if not by.runs_product_ops or not reason:
        raise NotReady(unmet)
    return {"unmet": unmet, "reason": reason}


def _signed(cycle, to, *, by, at):
    """The signatures a move sets. Who activated a cycle first stays: from then on it is frozen."""
    signed = {"closed_at": None, "closed_by": None}
    if to == CycleState.CLOSED:
        signed = {"closed_at": at, "closed_by": by}
    if to == CycleState.ACTIVE and cycle.activated_at is None:
        signed |= {"activated_at": at, "activated_by": by}
    return signed


def _stand_still(cycle, *, at):
    """Keep what the key results have as the cycle closes, wherever that came from: values and raw shares."""
    rows = []
    for standing in queries.last_standings(cycle, at=at):
        row = standing.key_result
        row.current, row.closed_share = standing.value, standing.raw
        rows.append(row)
    KeyResult.objects.bulk_update(rows, ["current", "closed_share"], batch_size=500)


@transaction.atomic
def let_personal(cycle, on, *, by, at):
    """Let people write objectives of their own in this cycle, or end that for new ones."""
    changed = OkrCycle.objects.filter(pk=cycle.pk, personal=not on).update(personal=on)
    cycle.refresh_from_db()
    if changed:
        word = "allowed" if on else "ended"
        activity.record("okr_cycle.personal_set", on=cycle, by=by, at=at, data={"word": word})
