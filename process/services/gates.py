"""Verbs of a cycle's gates: plan, add a line, tick it, remind who is late, ask before the deadline."""

import datetime as dt

from django.db import transaction

from process import queries
from process.models import CycleGate, CycleState, GateItem, OkrCycle
from prodops import activity
from prodops.models import Event

AHEAD = 3  # days before a deadline that who is late is asked


class NothingMissing(Exception):
    """Nobody is late for this gate."""


class AlreadyReminded(Exception):
    """Who is asked to be reminded has been today."""


def _gate(cycle, state):
    return CycleGate.objects.get_or_create(cycle=cycle, state=state)[0]


@transaction.atomic
def plan(cycle, state, *, due_on, owner, by, at):
    """By when the gate out of `state` is to be passed, and who sees to it; either may be None."""
    row = _gate(cycle, state)
    if (row.due_on, row.owner) == (due_on, owner):
        return row
    CycleGate.objects.filter(pk=row.pk).update(due_on=due_on, owner=owner)
    row.refresh_from_db()
    data = {"state": row.get_state_display().lower(), "owner": owner.pk if owner else None}
    activity.record("okr_cycle.gate_planned", on=cycle, by=by, at=at, data=data)
    return row


@transaction.atomic
def add_item(cycle, state, text, *, by, at):
    """A line of the checklist that somebody ticks by hand."""
    item = GateItem.objects.create(gate=_gate(cycle, state), text=text)
    activity.record("okr_cycle.item_added", on=cycle, by=by, at=at, data={"text": text})
    return item


@transaction.atomic
def tick(item, done, *, by, at):
    """Tick a line, or take the tick away; False where it was so already."""
    waiting = GateItem.objects.filter(pk=item.pk, ticked_at__isnull=done)
    if not waiting.update(ticked_at=at if done else None, ticked_by=by if done else None):
        return False
    verb = "okr_cycle.item_ticked" if done else "okr_cycle.item_unticked"
    activity.record(verb, on=item.gate.cycle, by=by, at=at, data={"text": item.text})
    return True


@transaction.atomic
def remove_item(item, *, by, at):
    """Take a line off the checklist; its words stay in the cycle's history."""
    cycle = item.gate.cycle
    if GateItem.objects.filter(pk=item.pk).delete()[0]:
        activity.record("okr_cycle.item_removed", on=cycle, by=by, at=at, data={"text": item.text})


@transaction.atomic
def remind(cycle, person_ids, *, by, at):
    """Tell those of `person_ids` (None: everybody) who are late for the gate, each once a day.

    Gives how many are told. Raises `NothingMissing` where none of them is late, `AlreadyReminded` where all
    have been told today.
    """
    locked = OkrCycle.objects.select_for_update().get(pk=cycle.pk)
    gate = queries.gate(locked, at=at)
    late = {row.person.pk for row in queries.late_people(gate.missing)}
    late &= late if person_ids is None else set(person_ids)
    if not late:
        raise NothingMissing("Nothing is missing from them any more.")
    today = queries.company_day(at)
    told = _reminders(cycle).filter(data__day=today.isoformat(), data__gate=str(gate.state))
    fresh = late - {pk for people in told.values_list("data__people", flat=True) for pk in people}
    if not fresh:
        raise AlreadyReminded("They have been reminded today.")
    data = {"people": sorted(fresh), "day": today.isoformat(), "gate": str(gate.state), "count": len(fresh)}
    activity.record("okr_cycle.reminded", on=cycle, by=by, at=at, data=data)
    return len(fresh)


def _reminders(cycle, verb="okr_cycle.reminded"):
    return Event.objects.filter(verb=verb, subject_type="process.okrcycle", subject_id=cycle.pk)


@transaction.atomic
def watch(cycle, *, at):
    """Ask for what a gate waits for, once before its deadline and once when that is past.

    A deadline that is moved is asked for anew.
    """
    locked = OkrCycle.objects.select_for_update().get(pk=cycle.pk)
    planned = CycleGate.objects.filter(cycle=locked, state=locked.state, due_on__isnull=False).first()
    if planned is None or planned.due_on is None or locked.state == CycleState.CLOSED:
        return
    today = queries.company_day(at)
    if planned.due_on - dt.timedelta(days=AHEAD) > today:
        return
    data = {
        "gate": locked.state,
        "due": planned.due_on.isoformat(),
        "when": "past" if planned.due_on < today else "ahead",
    }
    if not _reminders(cycle, "okr_cycle.gate_due").filter(data__contains=data).exists():
        activity.record("okr_cycle.gate_due", on=locked, by=None, at=at, data=data)
