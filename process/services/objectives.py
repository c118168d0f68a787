"""Verbs of objectives and their key results: write, edit, remove."""

from django.db import transaction
from django.db.models import Max

from process.formulas import okrs
from process.models import CycleState, KeyResult, Level, Objective, OkrCycle
from process.services import agreement, lives, shapes
from prodops import activity, search


class CycleClosed(Exception):
    """The cycle's objectives stand as they are."""


class HasHistory(Exception):
    """What would be removed has key results or check-ins."""


class LevelRefused(Exception):
    """The person, or the cycle, has no objectives of this level."""


# what a reviewer reads of an objective, beside its key results
READ = ("title", "why", "team_id", "owner_id", "intent", "level", "learned")


def _level_fits(cycle, level, by):
    if level == Level.COMPANY and not by.runs_product_ops:
        raise LevelRefused("Product ops writes the company's objectives.")
    if level == Level.PERSONAL and not cycle.personal:
        raise LevelRefused(f"{cycle} has no personal objectives. Product ops can allow them.")


def _open_cycle(cycle_id):
    """The cycle, held against being closed meanwhile; raises `CycleClosed`."""
    cycle = OkrCycle.objects.select_for_update().get(pk=cycle_id)
    if cycle.state == CycleState.CLOSED:
        raise CycleClosed(f"{cycle} is closed. Product ops can reopen it.")
    return cycle


def _next(queryset):
    newest = queryset.aggregate(newest=Max("position"))["newest"]
    return 0 if newest is None else newest + 1


@transaction.atomic
def write(cycle, *, title, why, team, owner, intent, level=Level.TEAM, learned="", reason="", by, at):
    """A new objective of `team`, after its others. Raises `LevelRefused`, and `agreement.NeedsReason` where
    the cycle has been active and `reason` is empty."""
    cycle = _open_cycle(cycle.pk)
    _level_fits(cycle, level, by)
    verb, data = agreement.one_more(cycle, reason=reason)
    objective = Objective.objects.create(
        cycle=cycle,
        team=team,
        owner=owner,
        title=title,
        why=why,
        intent=intent,
        level=level,
        learned=learned,
        position=_next(Objective.objects.filter(cycle=cycle, team=team)),
        created_at=at,
    )
    search.index(objective)
    activity.record(verb, on=objective, by=by, at=at, data=data)
    return objective


@transaction.atomic
def edit(objective, *, title, why, team, owner, intent, level=None, learned=None, by, at):
    """Change an objective; `level` and `learned` stay where they are None. Raises `LevelRefused`."""
    cycle = _open_cycle(objective.cycle_id)
    if level is not None and level != objective.level:
        _level_fits(cycle, level, by)
    fields = {"title": title, "why": why, "team": team, "owner": owner, "intent": intent}
    said = {"level": level, "learned": learned}
    fields |= {name: value for name, value in said.items() if value is not None}
    before = Objective.objects.get(pk=objective.pk)
    Objective.objects.filter(pk=objective.pk).update(**fields)
    objective.refresh_from_db(from_queryset=Objective.objects.for_list())
    search.index(objective)
    activity.record("objective.edited", on=objective, by=by, at=at)
    if any(getattr(before, name) != getattr(objective, name) for name in READ):
        lives.lapse(objective, by=by, at=at)


@transaction.atomic
def remove(objective, *, by, at):
    """Take away an objective that has no key results; raises `HasHistory`."""
    _open_cycle(objective.cycle_id)
    if objective.key_results.exists():
        raise HasHistory("This objective has key results. Remove those first.")
    activity.record("objective.removed", on=objective, by=by, at=at)
    search.remove(objective)
    objective.delete()


@transaction.atomic
def add_key_result(objective, *, title, weight, owner, guardrail=False, reason="", by, at, **shape):
    """A new key result, made as `shapes.shaped` takes it: kind, source, unit, start, target and so on.

    Raises `okrs.NoDistance` where start and target are the same, `okrs.ZeroWeights` where no weight is left,
    `shapes.Misshapen` where its parts do not fit together, `agreement.NeedsReason` where the objective's key
    results were agreed and `reason` is empty.
    """
    cycle = _open_cycle(objective.cycle_id)
    verb, late = agreement.late(
        "key_result.added", objective, {}, what="its key results were agreed then", reason=reason
    )
    made = shapes.shaped(**shape, at=at)
    row = KeyResult.objects.create(
        objective=objective,
        title=title,
        weight=weight,
        owner=owner,
        guardrail=guardrail,
        kpi_version_id=made["kpi"].pinned_version_id() if made["kpi"] else None,
        position=_next(objective.key_results),
        **made,
    )
    _weighable(objective)
    agreement.freeze_one(row, cycle)
    search.index(objective)
    data = {"title": title, "key_result": row.pk, "owner": owner.pk, "aim": row.aim}
    activity.record(verb, on=objective, by=by, at=at, data=data | late)
    lives.lapse(objective, by=by, at=at)
    return row


@transaction.atomic
def edit_key_result(key_result, *, title, weight, owner, guardrail=False, reason="", by, at, **shape):
    """Change a key result; raises as `add_key_result`. What it was is kept by the history table.

    Once the cycle has been active, a change of what was agreed raises `agreement.NeedsReason` without one.
    """
    cycle = _open_cycle(key_result.objective.cycle_id)
    before = KeyResult.objects.select_for_update().get(pk=key_result.pk)
    made = shapes.shaped(**shape, key_result=before, at=at)
    made["kpi_version_id"] = _pinned(before, made["kpi"], made["start"], made["target"])
    _still_followed(before, made)
    KeyResult.objects.filter(pk=key_result.pk).update(
        title=title, weight=weight, owner=owner, guardrail=guardrail, **made
    )
    key_result.refresh_from_db()
    _weighable(key_result.objective)
    search.index(key_result.objective)
    data = {"title": title, "key_result": key_result.pk}
    if owner.pk != before.owner_id:
        data["owner"] = owner.pk
    data |= agreement.change(before, key_result, cycle=cycle, reason=reason)
    verb = "key_result.agreed_anew" if "reason" in data else "key_result.edited"
    activity.record(verb, on=key_result.objective, by=by, at=at, data=data)
    columns = [field.attname for field in KeyResult._meta.fields]
    if any(getattr(before, name) != getattr(key_result, name) for name in columns):
        lives.lapse(key_result.objective, by=by, at=at)


def _still_followed(before, made):
    """Others that follow it count like it, so its number stays of the same kind."""
    same = made["unit"] == before.unit and made["kind"] in shapes.NUMBERS
    follower = None if same else before.followers.first()
    if follower is not None:
        raise shapes.Misshapen(
            "unit", f"“{follower}” follows this key result and counts like it. Change that one first."
        )


@transaction.atomic
def remove_key_result(key_result, *, reason="", by, at):
    """Take away a key result nobody has checked in on; raises `HasHistory`, and `agreement.NeedsReason` where
    it was agreed and `reason` is empty."""
    _open_cycle(key_result.objective.cycle_id)
    locked = KeyResult.objects.select_for_update().get(pk=key_result.pk)
    if locked.check_ins.exists():
        raise HasHistory("People have checked in on this key result, so it stays.")
    if follower := locked.followers.first():
        raise HasHistory(f"“{follower}” follows this key result. Let that follow something else first.")
    objective = key_result.objective
    data = {"title": locked.title, "aim": locked.aim}
    what = f"“{locked}” was agreed then"
    verb, data = agreement.late("key_result.removed", objective, data, what=what, reason=reason)
    locked.delete()
    activity.record(verb, on=objective, by=by, at=at, data=data)
    lives.lapse(objective, by=by, at=at)
    search.index(objective)


def _pinned(before, kpi, start, target):
    """The version pinned so far, unless the key result follows another KPI or aims anew."""
    if kpi is None:
        return None
    if before.kpi_id == kpi.pk and (before.start, before.target) == (start, target):
        return before.kpi_version_id
    return kpi.pinned_version_id()


def _weighable(objective):
    """Refuse weights that sum to zero; guardrails do not count."""
    counted = list(objective.key_results.filter(guardrail=False).values_list("weight", flat=True))
    if counted:
        okrs.weighted_mean((0.0, weight) for weight in counted)
