"""Dated targets and thresholds of a KPI."""

import datetime as dt

from django.db import transaction

from metrics.models import KpiTarget
from prodops import activity


class NotThere(Exception):
    """The target is gone."""


@transaction.atomic
def set_target(kpi, *, effective_from, value=None, low=None, high=None, note="", by, at):
    """Write what holds from a day on; what began on that very day is written over. Gives (target, new)."""
    said = {"value": value, "low": low, "high": high, "note": note, "set_by": by, "set_at": at}
    target, new = KpiTarget.objects.update_or_create(
        kpi=kpi,
        effective_from=effective_from,
        defaults={**said, "version_id": kpi.pinned_version_id()},
    )
    data = {"from": effective_from.isoformat(), "said": in_words(kpi, target)}
    activity.record("kpi.target_set", on=kpi, by=by, at=at, data=data)
    return target, new


@transaction.atomic
def remove(target, *, by, at):
    """Take a target away: the one before it holds on."""
    kpi = target.kpi
    data = {"from": target.effective_from.isoformat(), "said": in_words(kpi, target)}
    if not KpiTarget.objects.filter(pk=target.pk).delete()[0]:
        raise NotThere("This target is gone already.")
    activity.record("kpi.target_removed", on=kpi, by=by, at=at, data=data)


@transaction.atomic
def bring_in_line(kpi, wanted, *, by, at):
    """Make `wanted` the KPI's targets: [{"from": "2026-01-31", "value", "low", "high", "note"}]."""
    held = {target.effective_from.isoformat(): target for target in kpi.targets.all()}
    said = {one["from"]: {name: one.get(name) for name in ("value", "low", "high")} for one in wanted}
    notes = {one["from"]: one.get("note", "") for one in wanted}
    for day, target in held.items():
        if day not in said:
            target.kpi = kpi
            remove(target, by=by, at=at)
    for day, numbers in said.items():
        before = held.get(day)
        same = before is not None and notes[day] == before.note
        if same and all(getattr(before, name) == number for name, number in numbers.items()):
            continue
        set_target(kpi, effective_from=dt.date.fromisoformat(day), note=notes[day], by=by, at=at, **numbers)


def in_words(kpi, target):
    """ "70 %, between 60 % and 80 %" """
    return words_of(kpi, target.value, target.low, target.high)


def words_of(kpi, value, low, high):
    """The same of its numbers, each or None."""
    parts = [kpi.show(value)] if value is not None else []
    if low is not None and high is not None:
        parts.append(f"between {kpi.show(low)} and {kpi.show(high)}")
    elif low is not None:
        parts.append(f"at least {kpi.show(low)}")
    elif high is not None:
        parts.append(f"at most {kpi.show(high)}")
    return ", ".join(parts)
