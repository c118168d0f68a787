"""Verbs of objectives and their key results: write, edit, remove."""

from django.db import transaction
from django.db.models import Max, Sum

from process import queries
from process.formulas import okrs
from process.models import CycleState, KeyResult, Kind, Objective, OkrCycle, Source
from prodops import activity, search


class CycleClosed(Exception):
    """The cycle's objectives stand as they are."""


class HasHistory(Exception):
    """What would be removed has key results or check-ins."""


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
def write(cycle, *, title, why, team, owner, intent, by, at):
    """A new objective of `team`, after its others."""
    cycle = _open_cycle(cycle.pk)
    objective = Objective.objects.create(
        cycle=cycle,
        team=team,
        owner=owner,
        title=title,
        why=why,
        intent=intent,
        position=_next(Objective.objects.filter(cycle=cycle, team=team)),
        created_at=at,
    )
    search.index(objective)
    activity.record("objective.written", on=objective, by=by, at=at)
    return objective


@transaction.atomic
def edit(objective, *, title, why, team, owner, intent, by, at):
    """Change an objective's words, team, owner or intent."""
    _open_cycle(objective.cycle_id)
    Objective.objects.filter(pk=objective.pk).update(
        title=title, why=why, team=team, owner=owner, intent=intent
    )
    objective.refresh_from_db(from_queryset=Objective.objects.for_list())
    search.index(objective)
    activity.record("objective.edited", on=objective, by=by, at=at)


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
def add_key_result(objective, *, title, unit, start, target, weight, owner, kpi, by, at):
    """A new key result. One that follows a KPI takes its unit and, where `start` is None, its value.

    Raises `okrs.NoDistance` where start and target are the same, `okrs.ZeroWeights` where no weight is left.
    """
    _open_cycle(objective.cycle_id)
    unit, start = _from_kpi(kpi, unit, start, at=at)
    okrs.progress(start, target, start)
    row = KeyResult.objects.create(
        objective=objective,
        title=title,
        kind=_direction(start, target),
        source=Source.KPI if kpi else Source.HAND,
        unit=unit,
        start=start,
        target=target,
        weight=weight,
        owner=owner,
        kpi=kpi,
        kpi_version_id=kpi.pinned_version_id() if kpi else None,
        position=_next(objective.key_results),
    )
    _weighable(objective)
    search.index(objective)
    data = {"title": title, "key_result": row.pk, "owner": owner.pk}
    activity.record("key_result.added", on=objective, by=by, at=at, data=data)
    return row


@transaction.atomic
def edit_key_result(key_result, *, title, unit, start, target, weight, owner, kpi, by, at):
    """Change a key result; raises as `add_key_result`. What it was is kept by the history table."""
    _open_cycle(key_result.objective.cycle_id)
    unit, start = _from_kpi(kpi, unit, start, at=at)
    okrs.progress(start, target, start)
    before = KeyResult.objects.select_for_update().get(pk=key_result.pk)
    KeyResult.objects.filter(pk=key_result.pk).update(
        title=title,
        kind=_direction(start, target),
        source=Source.KPI if kpi else Source.HAND,
        unit=unit,
        start=start,
        target=target,
        weight=weight,
        owner=owner,
        kpi=kpi,
        kpi_version_id=_pinned(before, kpi, start, target),
    )
    key_result.refresh_from_db()
    _weighable(key_result.objective)
    search.index(key_result.objective)
    data = {"title": title, "key_result": key_result.pk}
    if owner.pk != before.owner_id:
        data["owner"] = owner.pk
    moved = [name for name in ("start", "target") if getattr(before, name) != getattr(key_result, name)]
    if moved:
        data["was"] = {name: getattr(before, name) for name in moved}
    activity.record("key_result.edited", on=key_result.objective, by=by, at=at, data=data)


@transaction.atomic
def remove_key_result(key_result, *, by, at):
    """Take away a key result nobody has checked in on; raises `HasHistory`."""
    _open_cycle(key_result.objective.cycle_id)
    locked = KeyResult.objects.select_for_update().get(pk=key_result.pk)
    if locked.check_ins.exists():
        raise HasHistory("People have checked in on this key result, so it stays.")
    objective = key_result.objective
    locked.delete()
    activity.record("key_result.removed", on=objective, by=by, at=at, data={"title": locked.title})
    search.index(objective)


def _direction(start, target):
    return Kind.INCREASE if target > start else Kind.DECREASE


def _pinned(before, kpi, start, target):
    """The version pinned so far, unless the key result follows another KPI or aims anew."""
    if kpi is None:
        return None
    if before.kpi_id == kpi.pk and (before.start, before.target) == (start, target):
        return before.kpi_version_id
    return kpi.pinned_version_id()


def _from_kpi(kpi, unit, start, *, at):
    if kpi is None:
        return unit, start
    if start is None:
        start = queries.reading(kpi, until=queries.company_day(at), at=at).value
    if start is None:
        raise okrs.NoDistance(f"“{kpi}” has no value yet, so say from where the key result starts.")
    return kpi.unit, start


def _weighable(objective):
    whole = objective.key_results.aggregate(whole=Sum("weight"))["whole"]
    okrs.weighted_mean([(0.0, whole or 0.0)])
