"""Writing an experiment down, and changing its plan: freely before the start, with a reason after."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from metrics.formats.plan_changes import differences
from metrics.models import (
    STARTED,
    ChecklistItem,
    Experiment,
    ExperimentInsight,
    ExperimentKpi,
    ExperimentState,
    Kpi,
    KpiRole,
    Lineage,
    PlanChange,
    Variant,
)
from metrics.queries.experiments import hash_of, plan_of, with_plan
from prodops import activity

# What the start settles for good: to change one of these one runs the experiment again.
SETTLED = {"unit", "method", "correction", "alpha", "power", "wanted"}
COPIED = (
    *("because", "change", "audience", "wanted", "size", "know_when", "area", "surfaces"),
    *("exclusion_group", "unit", "method", "correction", "alpha", "power", "mde", "baseline", "spread"),
    *("daily_units", "sample_size", "min_days", "template"),
)
RESERVED = {"new", "calendar", "calculator", "programme", "templates", "slides", "snapshots", "checks"}
RESERVED |= {"variants", "pictures", "rulings", "doubts"}
USUAL_CHECKS = (
    ("Each variant was tried out on a real account, on a phone too", True),
    ("Exposure is logged once per unit, when it first sees the change", True),
    ("Support and sales know what some customers will see", False),
)


class WrongState(Exception):
    """The experiment does not stand where this may be done."""


class NotPossible(Exception):
    """What was asked for makes no sense."""


class FixedAtStart(Exception):
    """The start settled it."""


class ReasonMissing(Exception):
    """A change of a plan that runs is kept with its reason."""


class KeyTaken(Exception):
    """Another experiment has the key."""


def locked(experiment):
    """The row as it is now, held until the transaction ends."""
    return Experiment.objects.select_for_update(of=("self",)).get(pk=experiment.pk)


def _free_key(title):
    stem = slugify(title)[:50] or "experiment"
    taken = set(Experiment.objects.filter(key__startswith=stem).values_list("key", flat=True)) | RESERVED
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if key not in taken)


@transaction.atomic
def create(*, title, team, owner, by, at, key="", template=None, insights=(), **fields):
    """Write an idea down as a draft with two variants; `template` sets up design, guardrails and checks."""
    key = slugify(key)[:60] if key else _free_key(title)
    if not key or key in RESERVED or Experiment.objects.filter(key=key).exists():
        raise KeyTaken(f"“{key}” is another experiment's key. Choose a different one, or leave it empty.")
    design = dict(template.design) if template else {}
    made = Experiment.objects.create(
        **(design | fields),
        title=title,
        key=key,
        team=team,
        owner=owner,
        template=template,
        created_by=by,
        created_at=at,
        updated_at=at,
    )
    Variant.objects.create(experiment=made, key="control", name="As it is", is_control=True, ratio=50)
    Variant.objects.create(experiment=made, key="change", name="With the change", ratio=50, position=1)
    checks = [(one["text"], one["required"]) for one in template.checklist] if template else USUAL_CHECKS
    ChecklistItem.objects.bulk_create(
        ChecklistItem(experiment=made, position=place, text=text, required=required)
        for place, (text, required) in enumerate(checks)
    )
    margins = {one["kpi"]: one.get("margin") for one in template.guardrails} if template else {}
    ExperimentKpi.objects.bulk_create(
        ExperimentKpi(
            experiment=made,
            kpi=kpi,
            role=KpiRole.GUARDRAIL,
            margin=margins[kpi.slug],
            direction="down" if kpi.direction == "down" else "up",
            position=place,
        )
        for place, kpi in enumerate(Kpi.objects.live().filter(slug__in=margins).order_by("name"), 1)
    )
    _link(made, insights)
    activity.record("experiment.created", on=made, by=by, at=at)
    return made


def _link(experiment, insights):
    wanted = {one.pk for one in insights}
    experiment.insights.exclude(insight__in=wanted).delete()
    held = set(experiment.insights.values_list("insight_id", flat=True))
    ExperimentInsight.objects.bulk_create(
        ExperimentInsight(experiment=experiment, insight_id=pk) for pk in sorted(wanted - held)
    )


@transaction.atomic
def revise(experiment, *, by, at, fields=None, variants=None, kpis=None, insights=None, reason=""):
    """Change what an experiment is or plans. After the start each change is kept with `reason` and shown.

    `variants`: [{"key", "name", "description", "is_control", "ratio"}]; `kpis`: [{"kpi", "role", "measured",
    "direction", "margin"}], each list whole. `insights` are those the person may see, whole. Gives the
    differences of the plan. Raises `WrongState`, `NotPossible`, `FixedAtStart` or `ReasonMissing`.
    """
    row = locked(experiment)
    if row.state in (ExperimentState.CLOSED, ExperimentState.DROPPED):
        raise WrongState("This experiment is over. Plan a rerun or a follow-up instead.")
    before = _plan(row)
    changed = [name for name, value in (fields or {}).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    row.updated_at, row.version = at, row.version + 1
    row.save()
    if variants is not None:
        _set_variants(row, variants)
    if kpis is not None:
        _set_kpis(row, kpis)
    if insights is not None:
        _link(row, insights)
    after = _plan(row)
    found = differences(before, after)
    if row.state in STARTED:
        _keep(row, found, after, reason.strip()[:1000], by=by, at=at)
    elif found or changed or insights is not None:
        said = ", ".join(dict.fromkeys(one.label.lower() for one in found))[:300]
        said = said or "what stands beside the plan"
        activity.record("experiment.edited", on=row, by=by, at=at, data={"said": said})
    return found


def _plan(row):
    return plan_of(with_plan(Experiment.objects.filter(pk=row.pk)).get())


def _keep(row, found, plan, reason, *, by, at):
    """Write the changes of a plan that runs, unless the start settled what they change."""
    for one in found:
        parts = one.field.split(".")
        whole = len(parts) == 2 and (parts[0] == "variants" or "primary" in one.before + one.after)
        if one.field in SETTLED or whole or parts[-1] in ("control", "role", "kind"):
            raise FixedAtStart(f"{one.label} was settled at the start. To change it, plan a rerun.")
    if not found:
        return
    if not reason:
        raise ReasonMissing("The plan has been running. Say why it changes: it stands on the read-out.")
    digest = hash_of(plan)
    PlanChange.objects.bulk_create(
        PlanChange(
            experiment=row,
            field=one.field[:60],
            label=one.label[:80],
            before=one.before[:1000],
            after=one.after[:1000],
            reason=reason,
            plan_hash=digest,
            by=by,
            at=at,
        )
        for one in found
    )
    said = ", ".join(f"{one.label.lower()}: {one.before} → {one.after}" for one in found)[:300]
    activity.record("experiment.plan_changed", on=row, by=by, at=at, data={"said": said, "reason": reason})


def _set_variants(row, variants):
    if sum(one["is_control"] for one in variants) != 1:
        raise NotPossible("Exactly one variant is the control.")
    if len(variants) < 2:
        raise NotPossible("An experiment compares the control with one variant at least.")
    if abs(sum(one["ratio"] for one in variants) - 100) > 0.01:
        total = sum(one["ratio"] for one in variants)
        raise NotPossible(f"The variants' shares add up to {total:g} %, not to 100 %.")
    keys = [one["key"] for one in variants]
    if len(set(keys)) < len(keys):
        raise NotPossible("Two variants have the same key.")
    row.variants.exclude(key__in=keys).delete()
    row.variants.update(is_control=False)
    for place, one in enumerate(variants):
        rest = {name: one[name] for name in ("name", "description", "ratio", "is_control")}
        row.variants.update_or_create(key=one["key"], defaults=rest | {"position": place})


def _set_kpis(row, kpis):
    if sum(one["role"] == KpiRole.PRIMARY for one in kpis) > 1:
        raise NotPossible("One KPI is primary; let the others be secondary.")
    ids = [one["kpi"].pk for one in kpis]
    if len(set(ids)) < len(ids):
        raise NotPossible("A KPI stands in the plan twice.")
    row.kpis.exclude(kpi__in=ids).delete()
    row.kpis.update(role=KpiRole.SECONDARY)  # so that the primary may change places
    for place, one in enumerate(kpis):
        rest = {name: one[name] for name in ("role", "measured", "direction", "margin")} | {"position": place}
        rest |= {"margin": one["margin"] if one["role"] == KpiRole.GUARDRAIL else None}
        made, fresh = row.kpis.update_or_create(kpi=one["kpi"], defaults=rest)
        if fresh and row.state in STARTED:
            row.kpis.filter(pk=made.pk).update(version=one["kpi"].count_version_id)


@transaction.atomic
def again(experiment, *, lineage, by, at):
    """A draft that runs an experiment again, or follows up on it, with its plan and without its days."""
    if not experiment.is_started:
        raise WrongState("It has not run yet. Plan it itself.")
    made = Experiment.objects.create(
        **{name: getattr(experiment, name) for name in COPIED},
        title=f"{experiment.title}{', again' if lineage == Lineage.RERUN else ', follow-up'}"[:200],
        key=_free_key(experiment.key),
        team_id=experiment.team_id,
        owner=by,
        parent=experiment,
        lineage=lineage,
        created_by=by,
        created_at=at,
        updated_at=at,
    )
    parts: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Variant, ("key", "name", "description", "is_control", "ratio", "position")),
        (ExperimentKpi, ("kpi_id", "role", "measured", "direction", "margin", "position")),
        (ExperimentInsight, ("insight_id",)),
        (ChecklistItem, ("position", "text", "required")),
    )
    for model, kept in parts:
        rows = model.objects.filter(experiment=experiment).order_by("pk").values(*kept)
        model.objects.bulk_create(model(experiment=made, **row) for row in rows)
    words = Lineage(lineage).label.lower()
    activity.record("experiment.created", on=made, by=by, at=at, data={"from": experiment.pk})
    data = {"what": words, "key": made.key}
    activity.record("experiment.taken_further", on=experiment, by=by, at=at, data=data)
    return made


@transaction.atomic
def tick(item, *, by, at):
    """Say that a check was seen to. Ticking twice changes nothing."""
    _of_draft(item)
    if ChecklistItem.objects.filter(pk=item.pk, done_at=None).update(done_by=by, done_at=at):
        activity.record("experiment.checked", on=item.experiment, by=by, at=at, data={"said": item.text})


@transaction.atomic
def untick(item, *, by, at):
    _of_draft(item)
    if ChecklistItem.objects.filter(pk=item.pk).exclude(done_at=None).update(done_by=None, done_at=None):
        activity.record("experiment.unchecked", on=item.experiment, by=by, at=at, data={"said": item.text})


def _of_draft(item):
    if not locked(item.experiment).is_before_start:
        raise WrongState("The experiment has started: what was checked before stays as it was.")
