"""Bringing a file of definitions in: read it, look at what would change, choose, apply, take it back."""

from dataclasses import fields as fields_of
from datetime import timedelta

from django.db import transaction

from metrics.formats import registry
from metrics.formats.registry import Entry
from metrics.models import (
    Driver,
    Kpi,
    KpiStatus,
    KpiVersion,
    RegistryImport,
    RegistryImportStage,
    RegistryRow,
    RowResult,
    RowState,
    VersionState,
)
from metrics.queries.exchange import Comparison, plain
from metrics.services import conflicts, drivers, kpis, names, versions
from prodops import activity, jobs
from prodops.models import User

TASK = "metrics.tasks.work_registry_import"
AT_ONCE = 200_000  # signs: more is read by a worker
ROWS_AT_ONCE = 40  # chosen rows: more are applied by a worker
UNDONE_WITHIN = timedelta(days=7)
GOVERNED = (
    "name",
    "meaning",
    "formula",
    "unit",
    "currency",
    "direction",
    "grain",
    "source",
    "definition",
    "sql",
)
OWN = ("tier", "owner", "team", "area", "freshness_hours", "freshness_error_hours", "dimensions", "aliases")
FAULTS = (
    *(kpis.NorthStarTaken, kpis.NeedsProposal, kpis.WrongStatus, names.NameTaken),
    *(versions.Refused, drivers.Circle, drivers.Refused),
)


class NotStaged(Exception):
    """The import has begun already, or is over."""


class NotUndoable(Exception):
    """It is too late, or there is nothing to take back."""


@transaction.atomic
def stage(*, file_name, text, format, team, by, at):
    """Keep a file's text and say what it would change: at once, or for a long one by a worker."""
    load = RegistryImport.objects.create(
        format=format, file_name=file_name[-200:], text=text, team=team, by=by, at=at
    )
    if len(text) <= AT_ONCE:
        plan(load)
    else:
        load.job = jobs.start(f"Reading {load.file_name}", TASK, by=by, at=at, load=load.pk)
        load.save(update_fields=["job"])
    return load


def plan(load, progress=None):
    """Read the file and write a row for each metric. A file that cannot be read says why in `complaint`."""
    try:
        reading = registry.read(load.format, load.text)
    except registry.Unreadable as error:
        RegistryImport.objects.filter(pk=load.pk).update(
            stage=RegistryImportStage.FAILED, complaint=str(error)[:500]
        )
        load.stage, load.complaint = RegistryImportStage.FAILED, str(error)[:500]
        return
    comparison = Comparison(reading.entries, user=load.by, format=load.format)
    rows: list = []
    if progress:
        progress.stage("Comparing with the registry", total=len(reading.entries))
    for number, entry in enumerate(reading.entries):
        rows.append(_row(load, len(rows), comparison.line(entry)))
        if progress and number % 100 == 99:
            progress.step(number + 1)
    for one in reading.refused:
        rows.append(
            RegistryRow(
                load=load,
                place=len(rows),
                key=one.key[:200],
                name=one.name[:200],
                where=one.where[:200],
                state=RowState.REFUSED,
                reason=one.reason[:500],
            )
        )
    with transaction.atomic():
        RegistryRow.objects.filter(load=load).delete()
        RegistryRow.objects.bulk_create(rows, batch_size=500)
        RegistryImport.objects.filter(pk=load.pk).update(
            stage=RegistryImportStage.STAGED, notes=reading.notes
        )
    load.stage, load.notes = RegistryImportStage.STAGED, reading.notes


def _row(load, place, line):
    entry = line.entry
    said = {
        one.name: plain(getattr(entry, one.name))
        for one in fields_of(Entry)
        if getattr(entry, one.name) not in (None, ())
    }
    return RegistryRow(
        load=load,
        place=place,
        key=entry.key[:200],
        name=entry.name[:200],
        where=entry.where[:200],
        state=line.state,
        reason=line.reason[:500],
        kpi=line.kpi,
        entry=said,
        changes=line.changes,
        chosen=line.state in (RowState.NEW, RowState.CHANGED),
    )


@transaction.atomic
def choose(load, *, shown, chosen):
    """Note which of the rows `shown` (ids) are to be applied."""
    if not RegistryImport.objects.filter(pk=load.pk, stage=RegistryImportStage.STAGED).exists():
        raise NotStaged("This import has been applied already.")
    rows = load.rows.filter(pk__in=shown, state__in=(RowState.NEW, RowState.CHANGED))
    rows.update(chosen=False)
    rows.filter(pk__in=chosen).update(chosen=True)


@transaction.atomic
def choose_all(load, *, state, chosen):
    """Choose, or leave out, all rows of a state."""
    if not RegistryImport.objects.filter(pk=load.pk, stage=RegistryImportStage.STAGED).exists():
        raise NotStaged("This import has been applied already.")
    if state in (RowState.NEW, RowState.CHANGED):
        load.rows.filter(state=state).update(chosen=chosen)


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
        progress.stage("Adding drivers")
    _add_drivers(load, made, at=at)
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
    said |= _resolved(comparison, said)
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
    said |= _resolved(comparison, said)
    for name in ("definition", "sql", "aliases", "dimensions"):
        if name in said:
            said[name] = said[name] or ({} if name in ("definition", "sql") else [])
    _link(said, made)
    if "definition" in said:
        said["kind"] = (said["definition"] or {}).get("kind", "simple")
    governed = {name: value for name, value in said.items() if name in (*GOVERNED, "kind")}
    rest = {name: value for name, value in said.items() if name in OWN}
    draft = kpi.status == KpiStatus.DRAFT and kpi.live_version_id is None
    if draft:
        kpis.edit(kpi, by=load.by, at=at, **said)
        return kpi, RowResult.EDITED, before, None
    if kpi.status == KpiStatus.PROPOSED and governed:
        raise kpis.WrongStatus("Its first version waits for a review. Import it again when that is decided.")
    if rest:
        kpis.edit(kpi, by=load.by, at=at, **rest)
    if not governed:
        return kpi, RowResult.EDITED, before, None
    kept = {name: before[name] for name in rest if name in before}
    version = versions.propose(
        kpi, note=f"Imported from {load.file_name}"[:1000], by=load.by, at=at, **governed
    )
    return kpi, RowResult.PROPOSED, kept, version


def _resolved(comparison, said):
    """People, teams and areas by the names that a file has for them; what is not known here is left out."""
    found: dict = {}
    for name in ("owner", "team", "area"):
        if name not in said:
            continue
        value = said.pop(name)
        known = comparison.known(name, value)
        if known == "":
            found[name] = None
        elif known is not None:
            found[name] = User.objects.get(pk=known) if name == "owner" else known
    return found


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


@transaction.atomic
def discard(load):
    """Forget a file that was not applied."""
    unused = RegistryImport.objects.filter(
        pk=load.pk, stage__in=(RegistryImportStage.STAGED, RegistryImportStage.FAILED)
    )
    if not unused.delete()[0]:
        raise NotStaged("This import has been applied already, or is being read.")


def may_undo(load, at):
    return load.is_done and at - load.done_at <= UNDONE_WITHIN


@transaction.atomic
def undo(load, *, by, at):
    """Take an import back: proposals are withdrawn, drafts get their old words, new drafts are deprecated.

    What somebody has worked on since is kept, and its row says so.
    """
    row = RegistryImport.objects.select_for_update().get(pk=load.pk)
    if not may_undo(row, at):
        raise NotUndoable(f"An import can be undone within {UNDONE_WITHIN.days} days after it was applied.")
    made = load.rows.select_related("kpi__live_version", "version").order_by("-place")
    comparison = Comparison([], user=by, format="prodops")
    for one in made.filter(result__in=(RowResult.DEFINED, RowResult.EDITED, RowResult.PROPOSED)):
        for edge in Driver.objects.filter(pk__in=one.undo.get("edges", ())).select_related("parent", "child"):
            drivers.remove(edge, by=by, at=at)
        try:
            with transaction.atomic():
                kept = _undo_row(one, comparison, load, by=by, at=at)
        except FAULTS as error:
            kept = str(error)
        result = RowResult.KEPT if kept else RowResult.UNDONE
        RegistryRow.objects.filter(pk=one.pk).update(result=result, reason=kept[:500])
    RegistryImport.objects.filter(pk=load.pk).update(
        stage=RegistryImportStage.UNDONE, undone_at=at, undone_by=by
    )
    activity.record("registry.import_undone", on=load, by=by, at=at)


def _undo_row(row, comparison, load, *, by, at):
    """Take one row back; gives "" or why it was kept."""
    kpi = row.kpi
    if row.result == RowResult.DEFINED:
        if kpi.status != KpiStatus.DRAFT or kpi.live_version_id or kpi.points.exists():
            return "It has been worked on since."
        kpis.deprecate(kpi, note="The import that brought it in was undone.", by=by, at=at)
        return ""
    if row.result == RowResult.PROPOSED and row.version_id:
        still = KpiVersion.objects.filter(pk=row.version_id, state=VersionState.PROPOSED)
        if not still.exists():
            return "The proposal has been decided since."
        versions.withdraw(row.version, reason="The import was undone.", by=by, at=at)
    before = {name: value for name, value in row.undo.items() if name in (*GOVERNED, *OWN)}
    if not before:
        return ""
    if row.result == RowResult.EDITED and (kpi.status != KpiStatus.DRAFT) and set(before) & set(GOVERNED):
        return "It has been approved since."
    for name, value in before.items():
        if value is None and name not in ("owner", "area", "freshness_error_hours"):
            before[name] = (
                {} if name in ("definition", "sql") else [] if name in ("aliases", "dimensions") else ""
            )
    cleared = {name: None for name in ("owner", "area") if name in before and before[name] is None}
    before = {**before, **_resolved(comparison, before), **cleared}
    if "definition" in before:
        before["kind"] = (before["definition"] or {}).get("kind", "simple")
    kpis.edit(kpi, by=by, at=at, **before)
    return ""
