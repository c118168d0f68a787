"""What becomes of an objective beside its words: reviewed, abandoned, taken up again, archived, restored."""

from django.db import transaction

from process.models import DRAFTING, CycleState, Objective, OkrCycle
from prodops import activity, search


class NotNow(Exception):
    """The objective or its cycle is not in a state for this, or the person is not the one for it."""


def _held(objective):
    """Its cycle, held against being moved meanwhile; raises `NotNow` for a closed one."""
    cycle = OkrCycle.objects.select_for_update().get(pk=objective.cycle_id)
    if cycle.state == CycleState.CLOSED:
        raise NotNow(f"{cycle} is closed. Product ops can put it back.")
    return cycle


def _set(objective, unless, verb, *, by, at, data=None, **fields):
    """Set `fields` where `unless` (words for who comes second) does not hold, and record it."""
    condition, words = unless
    if not Objective.objects.filter(pk=objective.pk, **condition).update(**fields):
        raise NotNow(words)
    for name, value in fields.items():
        setattr(objective, name, value)
    activity.record(verb, on=objective, by=by, at=at, data=data)


@transaction.atomic
def review(objective, *, by, at):
    """Say that somebody other than its owner has read the draft and finds it good."""
    cycle = _held(objective)
    if not cycle.drafting:
        raise NotNow(f"{cycle} is in {cycle.get_state_display().lower()}: its objectives are agreed.")
    if by.pk == objective.owner_id:
        raise NotNow("Somebody else reviews an objective, not its owner.")
    first = {"reviewed_at": None}, "Somebody has reviewed it already."
    _set(objective, first, "objective.reviewed", by=by, at=at, reviewed_at=at, reviewed_by=by)


@transaction.atomic
def review_again(objective, *, by, at):
    """Take a review back, as after the draft has changed much."""
    cycle = _held(objective)
    if not cycle.drafting:
        raise NotNow(f"{cycle} is in {cycle.get_state_display().lower()}: its objectives are agreed.")
    there = {"reviewed_at__isnull": False}, "Nobody has reviewed it yet."
    _set(objective, there, "objective.review_undone", by=by, at=at, reviewed_at=None, reviewed_by=None)


def lapse(objective, *, by, at):
    """What was reviewed does not stand as it was read: while the cycle is drafted, it is to be read again."""
    read = Objective.objects.filter(pk=objective.pk, reviewed_at__isnull=False, cycle__state__in=DRAFTING)
    reviewer = read.values_list("reviewed_by", flat=True).first()
    if reviewer is None:
        return
    read.update(reviewed_at=None, reviewed_by=None)
    objective.reviewed_at = objective.reviewed_by = None
    activity.record("objective.review_lapsed", on=objective, by=by, at=at, data={"reviewer": reviewer})


@transaction.atomic
def abandon(objective, *, reason, by, at):
    """Give an objective up: it stays, struck, with the reason, and counts nowhere any more."""
    _held(objective)
    said = reason.strip()
    if not said:
        raise NotNow("Say why the objective is abandoned.")
    fields = {"abandoned_at": at, "abandoned_by": by, "abandoned_reason": said[:500]}
    first = {"abandoned_at": None}, "It is abandoned already."
    _set(objective, first, "objective.abandoned", by=by, at=at, data={"reason": said}, **fields)


@transaction.atomic
def take_up(objective, *, by, at):
    """Pursue an abandoned objective again."""
    _held(objective)
    fields = {"abandoned_at": None, "abandoned_by": None, "abandoned_reason": ""}
    there = {"abandoned_at__isnull": False}, "It is not abandoned."
    _set(objective, there, "objective.taken_up", by=by, at=at, **fields)


@transaction.atomic
def archive(objective, *, by, at):
    """Put an objective out of sight and out of what is counted; nothing of it is lost."""
    _held(objective)
    first = {"archived_at": None}, "It is archived already."
    _set(objective, first, "objective.archived", by=by, at=at, archived_at=at)
    search.remove(objective)


@transaction.atomic
def restore(objective, *, by, at):
    """Bring an archived objective back to where it was."""
    _held(objective)
    there = {"archived_at__isnull": False}, "It is not archived."
    _set(objective, there, "objective.restored", by=by, at=at, archived_at=None)
    search.index(objective)
