"""Verbs of a single key result: its milestones, data in doubt that are accepted, a new definition."""

from django.db import transaction
from django.db.models import Max

from process import queries
from process.formulas import okrs
from process.models import CycleState, KeyResult, Kind, Milestone, OkrCycle, Source, Waiver
from process.services import agreement, lives
from process.services.objectives import CycleClosed
from prodops import activity


class NothingToDo(Exception):
    """The key result has nothing of that kind, or no longer."""


def _held(key_result):
    """The row, held; its cycle is open and stays so."""
    cycle = OkrCycle.objects.select_for_update().get(pk=key_result.objective.cycle_id)
    if cycle.state == CycleState.CLOSED:
        raise CycleClosed(f"{cycle} is closed. Product ops can reopen it.")
    return KeyResult.objects.select_for_update().get(pk=key_result.pk)


@transaction.atomic
def add_milestone(key_result, *, title, due_on=None, weight=1, reason="", by, at):
    """A milestone after the others. Once the list was agreed, a change of it takes a `reason`."""
    row = _held(key_result)
    if row.kind != Kind.MILESTONES or row.source == Source.ROADMAP:
        raise NothingToDo("This key result has no milestones of its own.")
    newest = row.milestones.aggregate(newest=Max("position"))["newest"]
    milestone = Milestone.objects.create(
        key_result=row,
        title=title,
        due_on=due_on,
        weight=weight,
        position=0 if newest is None else newest + 1,
    )
    data = {"title": title, "key_result": row.pk, "now": _held_to(milestone)}
    _changed("milestone.added", key_result, data, reason, by=by, at=at)
    return milestone


def _held_to(milestone):
    """What was agreed of a milestone, for its history."""
    due = milestone.due_on
    return {"title": milestone.title, "due": due.isoformat() if due else "", "weight": milestone.weight}


def _changed(verb, key_result, data, reason, *, by, at):
    """Record a change of a list of milestones; raises `agreement.NeedsReason` where it was agreed."""
    objective = key_result.objective
    verb, data = agreement.late(verb, objective, data, what="its milestones were agreed then", reason=reason)
    activity.record(verb, on=objective, by=by, at=at, data=data)
    lives.lapse(objective, by=by, at=at)


@transaction.atomic
def edit_milestone(milestone, *, title, due_on, weight, reason="", by, at):
    """Change its words, its day or its weight; saved as it was, nothing happens."""
    _held(milestone.key_result)
    before = _held_to(milestone)
    milestone.title, milestone.due_on, milestone.weight = title, due_on, weight
    after = _held_to(milestone)
    if after == before:
        return
    Milestone.objects.filter(pk=milestone.pk).update(title=title, due_on=due_on, weight=weight)
    data = {"title": title, "key_result": milestone.key_result_id, "was": before, "now": after}
    _changed("milestone.edited", milestone.key_result, data, reason, by=by, at=at)


@transaction.atomic
def move_milestone(milestone, *, up, by, at):
    """One place up or down; at the end of the list nothing happens. Their order is not agreed."""
    _held(milestone.key_result)
    rows = list(milestone.key_result.milestones.order_by("position", "pk"))
    place = next(index for index, row in enumerate(rows) if row.pk == milestone.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    Milestone.objects.bulk_update(rows, ["position"])
    data = {"title": milestone.title, "key_result": milestone.key_result_id, "place": other + 1}
    activity.record("milestone.moved", on=milestone.key_result.objective, by=by, at=at, data=data)


@transaction.atomic
def remove_milestone(milestone, *, reason="", by, at):
    _held(milestone.key_result)
    data = {"title": milestone.title, "key_result": milestone.key_result_id, "was": _held_to(milestone)}
    Milestone.objects.filter(pk=milestone.pk).delete()
    _changed("milestone.removed", milestone.key_result, data, reason, by=by, at=at)


@transaction.atomic
def tick(milestone, done, *, by, at):
    """Say that a milestone is done, or take that back; said twice it happens once."""
    _held(milestone.key_result)
    mark(milestone, done, by=by, at=at)


def mark(milestone, done, *, by, at):
    """The same for a caller who holds the key result already."""
    signed = {"done_at": at, "done_by": by} if done else {"done_at": None, "done_by": None}
    changed = Milestone.objects.filter(pk=milestone.pk, done_at__isnull=done).update(**signed)
    if changed:
        data = {"title": milestone.title, "key_result": milestone.key_result_id}
        verb = "milestone.done" if done else "milestone.reopened"
        activity.record(verb, on=milestone.key_result.objective, by=by, at=at, data=data)


def _standing(row, at):
    [standing] = queries.standings(KeyResult.objects.filter(pk=row.pk).for_list(), at=at)
    return standing


@transaction.atomic
def waive(key_result, *, reason, by, at):
    """Let it be graded although something about its data is not settled; those periods stay left out.

    Every suspicion that stands now is waived with one reason. Raises `NothingToDo` where there is none.
    """
    row = _held(key_result)
    standing = queries.blocked(_standing(row, at))
    if not standing:
        raise NothingToDo("Nothing about its data stands in the way of a grade now.")
    Waiver.objects.bulk_create(
        Waiver(
            key_result=row,
            incident_id=doubt.incident,
            hold_id=doubt.hold,
            reason=reason.strip(),
            by=by,
            at=at,
        )
        for doubt in standing
    )
    data = {"title": row.title, "key_result": row.pk, "reason": reason.strip()}
    activity.record("key_result.waived", on=key_result.objective, by=by, at=at, data=data)


@transaction.atomic
def unwaive(key_result, *, by, at):
    """Take the waivers of a key result back."""
    row = _held(key_result)
    removed, _ = row.waivers.all().delete()
    if removed:
        data = {"title": row.title, "key_result": row.pk}
        activity.record("key_result.unwaived", on=key_result.objective, by=by, at=at, data=data)


@transaction.atomic
def redefine(key_result, *, start, target, low, high, reason, by, at):
    """Take the KPI's new definition: from now on its values come in, held against a baseline said anew.

    Of a key result with a way `start` and `target` are said, of one that keeps to a level its bounds. What
    was agreed stands beside it. Raises `NothingToDo`, `okrs.NoDistance`, `ValueError` for bounds the wrong
    way round or a way that turns.
    """
    row = _held(key_result)
    changed = _standing(row, at).changed
    if changed is None:
        raise NothingToDo("It follows the newest definition of its KPI already.")
    if row.keeps:
        if low is not None and high is not None and low >= high:
            raise ValueError("The upper bound lies above the lower one.")
        fields = {"low": low, "high": high}
    else:
        okrs.progress(start, target, start)
        turned = Kind.INCREASE if target > start else Kind.DECREASE
        fields = {"start": start, "target": target, "kind": turned, "stretch": None}
    was = {name: getattr(row, name) for name in fields}
    counted = row.kpi_version.number if row.kpi_version else None
    KeyResult.objects.filter(pk=row.pk).update(kpi_version_id=changed.version, **fields)
    key_result.refresh_from_db()
    data = {"title": row.title, "key_result": row.pk, "reason": reason.strip(), "number": changed.number}
    data |= {"was": was | {"version": counted}, "now": fields | {"version": changed.number}}
    activity.record("key_result.redefined", on=key_result.objective, by=by, at=at, data=data)
