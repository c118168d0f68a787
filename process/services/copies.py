"""An objective written again into another cycle: cloned as it was defined, or carried forward."""

from django.db import transaction
from django.db.models import Max

from process import queries
from process.models import Alignment, KeyResult, Kind, Level, Milestone, Objective, OkrCycle, Source
from process.services import agreement
from prodops import activity, search

# Each column is either part of the definition, and copied, or set anew; a test walks them all
OBJECTIVE = ("team", "owner", "title", "why", "intent", "level")
KEY_RESULT = (
    *("title", "unit", "kind", "start", "target", "stretch", "low", "high", "levels", "guardrail"),
    *("weight", "owner", "source", "kpi", "item_label", "item_id", "position"),
)
MILESTONE = ("title", "weight", "due_on", "position")


class NotThere(Exception):
    """The cycle takes no copy: it is closed, or it is the objective's own and it is carried."""


@transaction.atomic
def clone(objective, cycle, *, only=None, reason="", by, at):
    """`objective` as it was defined, in `cycle`: with its key results, never with what was said of them.

    `only` are the ids of the key results that come along; None: all. Raises `NotThere`, and
    `agreement.NeedsReason` where the cycle has been active and `reason` is empty.
    """
    verb, late = _coming_in("objective.cloned", cycle, reason)
    copy = _copy(objective, cycle, by=by, at=at)
    _copy_results(objective, copy, only, kept=lambda row: {})
    _tell(copy, objective, verb, late, by=by, at=at)
    return copy


@transaction.atomic
def carry(objective, cycle, *, only=None, reason="", by, at):
    """Go on with `objective` in `cycle`: key results start from where they stand, done milestones stay.

    The copy remembers what it goes on with, and begins with what that taught. Raises as `clone`.
    """
    if cycle.pk == objective.cycle_id:
        raise NotThere("An objective is carried into another cycle, not into its own.")
    verb, late = _coming_in("objective.carried", cycle, reason)
    rows = KeyResult.objects.filter(objective=objective).for_list()
    values = {one.key_result.pk: one.value for one in queries.standings(rows, at=at)}
    fields = {"carried_from": objective, "learned": queries.lessons_of(objective)[:2000]}
    copy = _copy(objective, cycle, by=by, at=at, **fields)
    _copy_results(objective, copy, only, kept=lambda row: _from_here(row, values[row.pk]), undone=True)
    _tell(copy, objective, verb, late, by=by, at=at)
    return copy


def _coming_in(verb, cycle, reason):
    """(the verb, what is kept of it) of a copy: one that comes in after others were agreed says why."""
    held = OkrCycle.objects.get(pk=cycle.pk)
    if not held.open:
        return verb, {}  # which takes none, whatever is said
    written, late = agreement.one_more(held, reason=reason)
    return (f"{verb}_late" if written.endswith("_late") else verb), late


def _from_here(row, value):
    """A way starts from where it stands, unless the target is reached: no way leads on from there."""
    on_the_way = {
        Kind.INCREASE: value is not None and row.target is not None and value < row.target,
        Kind.DECREASE: value is not None and row.target is not None and value > row.target,
        Kind.ORDINAL: value is not None and value != row.target,
    }
    return {"start": value} if on_the_way.get(Kind(row.kind)) else {}


def _copy(objective, cycle, *, by, at, **fields):
    held = OkrCycle.objects.select_for_update().get(pk=cycle.pk)
    if not held.open:
        raise NotThere(f"{held} is closed. Choose a cycle that is open.")
    if objective.level == Level.PERSONAL and not held.personal:
        raise NotThere(f"{held} has no personal objectives. Product ops can allow them.")
    beside = Objective.objects.filter(cycle=held, team=objective.team_id)
    last = beside.aggregate(last=Max("position"))["last"]
    kept = {name: getattr(objective, name) for name in OBJECTIVE}
    place = 0 if last is None else last + 1
    copy = Objective.objects.create(cycle=held, position=place, created_at=at, **kept, **fields)
    _align_to_what_lasts(objective, copy, by=by, at=at)
    return copy


def _align_to_what_lasts(objective, copy, *, by, at):
    """What it served in its year it still serves in another quarter of that year."""
    links = Alignment.objects.filter(child=objective, parent__cycle__number=None)
    lasting = links.filter(parent__cycle__year=copy.cycle.year, parent__abandoned_at=None)
    for link in lasting.exclude(parent__cycle__state="closed"):
        to = {"parent_id": link.parent_id, "key_result_id": link.key_result_id}
        Alignment.objects.create(child=copy, **to, kind=link.kind, by=by, at=at)


def _copy_results(objective, copy, only, *, kept, undone=False):
    """Copies of the key results; one that follows another of them follows its copy."""
    rows = KeyResult.objects.filter(objective=objective).select_related("kpi", "owner")
    chosen = [row for row in rows.order_by("position", "pk") if only is None or row.pk in only]
    copies: dict[int, KeyResult] = {}
    for row in _leaders_first(chosen):
        fields = {name: getattr(row, name) for name in KEY_RESULT} | kept(row)
        if row.source == Source.KEY_RESULT:
            leader = copies.get(row.follows_id)
            fields |= {"follows": leader} if leader else {"source": Source.HAND}
        if row.kpi:
            fields["kpi_version_id"] = row.kpi.pinned_version_id()
        fresh = copies[row.pk] = KeyResult.objects.create(objective=copy, **fields)
        steps = list(row.milestones.order_by("position", "pk"))
        left = [step for step in steps if step.done_at is None] if undone else steps
        Milestone.objects.bulk_create(
            Milestone(key_result=fresh, **{name: getattr(step, name) for name in MILESTONE})
            for step in left or steps
        )
        agreement.freeze_one(fresh, copy.cycle)


def _leaders_first(rows):
    """`rows` in an order in which a key result comes after the one it follows."""
    left = {row.pk: row for row in rows}
    while left:
        ready = [row for row in left.values() if row.follows_id not in left] or list(left.values())
        for row in ready:
            yield left.pop(row.pk)


def _tell(copy, objective, verb, late, *, by, at):
    search.index(copy)
    data = {"from": objective.pk, "title": objective.title, "cycle": str(objective.cycle)} | late
    activity.record(verb, on=copy, by=by, at=at, data=data)
