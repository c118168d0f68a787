"""Applying the chosen rows of an import."""

from dataclasses import fields as fields_of

from django.db import transaction

from metrics.formats import registry
from metrics.formats.registry import Entry
from metrics.models import Driver, Kpi, KpiStatus, RegistryImport, RegistryImportStage, RegistryRow, RowResult
from metrics.queries.exchange import Comparison
from metrics.services import conflicts, drivers, kpis, targets, versions
from prodops import activity, jobs

from .common import FAULTS, GOVERNED, OWN, TASK, NotStaged, resolved
from .staging import plan

ROWS_AT_ONCE = 40  # chosen rows: more are applied by a worker


@transaction.atomic
def start(load, *, by, at):
    """Apply the chosen rows: a few at once, many by a worker."""
    staged = RegistryImport.objects.filter(pk=load.pk, stage=RegistryImportStage.STAGED)
    if not load.rows.filter(chosen=True).exists():
        raise NotStaged("Choose at least one metric to import.")
    if not staged.update(stage=RegistryImportStage.RUNNING):
        raise NotStaged("This import has been applied already.")
    load.stage = RegistryImportStage.RUNNING
    if load.rows.filter(chosen=True).count() <= ROWS_AT_ONCE:
        apply(load, at=at)
        return
    job = jobs.start(f"Importing {load.file_name}", TASK, by=by, at=at, load=load.pk)
    RegistryImport.objects.filter(pk=load.pk).update(job=job)


def work(job, progress, *, at):
    """What the worker does: read the file, or apply what was chosen. Safe to run twice and to kill."""
    load = RegistryImport.objects.select_related("by", "team").get(pk=job.arguments["load"])
    if load.stage == RegistryImportStage.READING:
        progress.stage("Reading the file")
        plan(load, progress)
        if load.stage == RegistryImportStage.FAILED:
            progress.fail(load.complaint)
            return
    elif load.stage == RegistryImportStage.RUNNING:
        apply(load, at=at, progress=progress)
    progress.finish(load.get_absolute_url())


def apply(load, *, at, progress=None):
    """Apply the chosen rows that wait: each is a transaction of its own, so a second run does the rest.

    KPIs that others are made of come first.
    """
    load.rows.filter(chosen=False, result=RowResult.WAITING).update(result=RowResult.SKIPPED)
    waiting = list(load.rows.filter(chosen=True, result=RowResult.WAITING).order_by("place"))
    comparison = Comparison([_entry(row) for row in load.rows.all()], user=load.by, format=load.format)
    made = {
        registry.slug_of(row.key): row.kpi.slug for row in load.rows.exclude(kpi=None).select_related("kpi")
    }
    if progress:
        progress.stage("Applying", total=len(waiting))
    touched = []
    for number, row in enumerate(_inputs_first(waiting)):
        kpi = _apply_row(load, row, comparison, made, at=at)
        if kpi is not None:
            made[registry.slug_of(row.key)] = kpi.slug
            touched.append(kpi.pk)
        if progress:
            progress.step(number + 1)
    if progress:
        progress.stage("Adding drivers and successors")
    _add_drivers(load, made, at=at)
    _retire(load, made, at=at)
    with transaction.atomic():
        done = RegistryImport.objects.filter(pk=load.pk, stage=RegistryImportStage.RUNNING)
        if done.update(stage=RegistryImportStage.DONE, done_at=at):
            counts = {
                state: load.rows.filter(result=state).count()
                for state in (RowResult.DEFINED, RowResult.EDITED, RowResult.PROPOSED, RowResult.FAILED)
            }
            activity.record("registry.imported", on=load, by=load.by, at=at, data=counts)
    if touched:
        conflicts.refresh(touched, at=at)


def _entry(row):
    known = {one.name for one in fields_of(Entry)}
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in row.entry.items()}
    return Entry(**{"key": row.key, "name": row.name, **{k: v for k, v in said.items() if k in known}})


def _inputs_first(rows):
    """Rows so that what a formula names stands before it."""
    by_key = {registry.slug_of(row.key): row for row in rows}
    ordered, seen = [], set()
    for first in rows:
        stack = [(first, False)]
        while stack:
            row, ready = stack.pop()
            if ready:
                ordered.append(row)
                continue
            if row.pk in seen:
                continue
            seen.add(row.pk)
            stack.append((row, True))
            inputs = (row.entry.get("definition") or {}).get("inputs")
            for slug in inputs.values() if isinstance(inputs, dict) else ():
                if slug in by_key:
                    stack.append((by_key[slug], False))
    return ordered


def _apply_row(load, row, comparison, made, *, at):
    """Apply one row, or write down why not; gives the KPI."""
    try:
        with transaction.atomic():
            held = RegistryRow.objects.select_for_update().filter(pk=row.pk, result=RowResult.WAITING)
            if not held.exists():
                return None
            if row.kpi_id is None:
                kpi, result, undo, version = _define(load, row, comparison, made, at=at)
            else:
                kpi, result, undo, version = _change(load, row, comparison, made, at=at)
            held.update(result=result, kpi=kpi, undo=undo, version=version, reason="")
            return kpi
    except FAULTS as error:
        RegistryRow.objects.filter(pk=row.pk).update(result=RowResult.FAILED, reason=str(error)[:500])
        return None


def _define(load, row, comparison, made, *, at):
    """A new KPI, as a draft of the import's team, or of the one that the file names if that may be."""
    entry = row.entry
    said = {
        "unit": "count",
        "direction": "up",
        "tier": "supporting",
        "grain": "day",
        "freshness_hours": 30,
        "meaning": "",
        "formula": "",
        "source": load.file_name,
        "currency": "",
    }
    said |= {name: value for name, value in entry.items() if name in (*GOVERNED, *OWN)}
    said |= resolved(comparison, said)
    team = said.get("team")
    allowed = load.by.runs_product_ops or (team is not None and team.pk in load.by.editor_team_ids)
    said["team"] = team if team is not None and allowed else load.team
    if said["unit"] == "money" and not said["currency"]:
        said["unit"] = "count"
    _link(said, made)
    if said.get("definition"):
        said["kind"] = said["definition"]["kind"]
    said["name"] = said["name"][:120]
    said["source"] = said["source"][:200]
    kpi = kpis.define(by=load.by, at=at, **said)
    targets.bring_in_line(kpi, entry.get("targets") or [], by=load.by, at=at)
    return kpi, RowResult.DEFINED, {}, None


def _change(load, row, comparison, made, *, at):
    """A draft is changed; of an approved KPI what is governed is proposed, and the rest changed."""
    kpi = Kpi.objects.select_related("live_version", "count_version", "owner", "team", "area").get(
        pk=row.kpi_id
    )
    if not kpi.is_editable_by(load.by):
        raise kpis.WrongStatus("You may no longer change this KPI.")
    said = {one["field"]: one["after"] for one in row.changes if one["field"] in (*GOVERNED, *OWN)}
    before = {one["field"]: one["before"] for one in row.changes if one["field"] in (*GOVERNED, *OWN)}
    for name in ("meaning", "formula", "source", "currency"):
        if name in said:
            said[name] = said[name] or ""
    said |= resolved(comparison, said)
    for name in ("definition", "sql", "aliases", "dimensions"):
        if name in said:
            said[name] = said[name] or ({} if name in ("definition", "sql") else [])
    _link(said, made)
    if "definition" in said:
        said["kind"] = (said["definition"] or {}).get("kind", "simple")
    governed = {name: value for name, value in said.items() if name in (*GOVERNED, "kind")}
    rest = {name: value for name, value in said.items() if name in OWN}
    reached = _change_targets(kpi, row, by=load.by, at=at)
    draft = kpi.status == KpiStatus.DRAFT and kpi.live_version_id is None
    if draft:
        kpis.edit(kpi, by=load.by, at=at, **said)
        return kpi, RowResult.EDITED, before | reached, None
    if kpi.status == KpiStatus.PROPOSED and governed:
        raise kpis.WrongStatus("Its first version waits for a review. Import it again when that is decided.")
    if rest:
        kpis.edit(kpi, by=load.by, at=at, **rest)
    if not governed:
        return kpi, RowResult.EDITED, before | reached, None
    kept = {name: before[name] for name in rest if name in before} | reached
    version = versions.propose(
        kpi, note=f"Imported from {load.file_name}"[:1000], by=load.by, at=at, **governed
    )
    return kpi, RowResult.PROPOSED, kept, version


def _change_targets(kpi, row, *, by, at):
    """Set the targets that the row changes; gives {"targets": those before}, or {} where it changes none."""
    for one in row.changes:
        if one["field"] == "targets":
            targets.bring_in_line(kpi, one["after"] or [], by=by, at=at)
            return {"targets": one["before"] or []}
    return {}


def _retire(load, made, *, at):
    """Take out of use what the file says is, once all successors are there; a row says where that fails."""
    for row in load.rows.filter(chosen=True).exclude(kpi=None).select_related("kpi"):
        kpi = row.kpi
        if row.entry.get("status") != KpiStatus.DEPRECATED or kpi.status == KpiStatus.DEPRECATED:
            continue
        if row.result not in (RowResult.DEFINED, RowResult.EDITED, RowResult.PROPOSED):
            continue
        wanted = row.entry.get("successor")
        successor = Kpi.objects.live().filter(slug=made.get(wanted, wanted)).first() if wanted else None
        note = row.entry.get("status_note") or f"Deprecated by {load.file_name}"
        try:
            kpis.deprecate(kpi, successor=successor, note=note[:500], by=load.by, at=at)
        except (kpis.WrongStatus, kpis.NoSuccessor) as error:
            RegistryRow.objects.filter(pk=row.pk).update(reason=str(error)[:500])
            continue
        lost = f"There is no KPI “{wanted}” to succeed it." if wanted and successor is None else row.reason
        RegistryRow.objects.filter(pk=row.pk).update(undo={**row.undo, "retired": True}, reason=lost[:500])


def _link(said, made):
    """Let a derived definition name the KPIs by the addresses they have here."""
    definition = said.get("definition")
    if definition and definition.get("kind") == "derived":
        inputs = {name: made.get(slug, slug) for name, slug in definition["inputs"].items()}
        said["definition"] = {**definition, "inputs": inputs}


def _add_drivers(load, made, *, at):
    """The edges that rows name; one that would close a circle is left out, and the row says so."""
    for row in load.rows.filter(chosen=True).exclude(kpi=None).select_related("kpi"):
        wanted = row.entry.get("drivers") or []
        if not wanted or not row.kpi.is_editable_by(load.by):
            continue
        held = set(Driver.objects.filter(parent=row.kpi).values_list("child__slug", flat=True))
        slugs = [made.get(slug, slug) for slug in wanted]
        children = {kpi.slug: kpi for kpi in Kpi.objects.live().filter(slug__in=slugs)}
        added, refused = [], []
        for slug in slugs:
            if slug in held or slug not in children:
                continue
            try:
                with transaction.atomic():
                    added.append(drivers.add(row.kpi, children[slug], by=load.by, at=at).pk)
            except (drivers.Circle, drivers.Refused) as error:
                refused.append(str(error))
        if added or refused:
            undo = {**row.undo, "edges": added}
            RegistryRow.objects.filter(pk=row.pk).update(undo=undo, reason=" ".join(refused)[:500])
