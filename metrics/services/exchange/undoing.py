"""Taking an import back."""

from datetime import timedelta

from django.db import transaction

from metrics.models import (
    Driver,
    KpiStatus,
    KpiVersion,
    RegistryImport,
    RegistryImportStage,
    RegistryRow,
    RowResult,
    VersionState,
)
from metrics.queries.exchange import Comparison
from metrics.services import drivers, kpis, targets, versions
from prodops import activity

from .common import FAULTS, GOVERNED, OWN, NotUndoable, resolved

UNDONE_WITHIN = timedelta(days=7)


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
    retired = row.undo.get("retired") and kpi.status == KpiStatus.DEPRECATED
    if row.result == RowResult.DEFINED:
        if retired:
            return ""  # it is out of use, as what an undone import brought in is to be
        if kpi.status != KpiStatus.DRAFT or kpi.live_version_id or kpi.points.exists():
            return "It has been worked on since."
        kpis.deprecate(kpi, note="The import that brought it in was undone.", by=by, at=at)
        return ""
    if retired:
        kpis.restore(kpi, by=by, at=at)
    if row.result == RowResult.PROPOSED and row.version_id:
        still = KpiVersion.objects.filter(pk=row.version_id, state=VersionState.PROPOSED)
        if not still.exists():
            return "The proposal has been decided since."
        versions.withdraw(row.version, reason="The import was undone.", by=by, at=at)
    if "targets" in row.undo:
        targets.bring_in_line(kpi, row.undo["targets"], by=by, at=at)
    before = {name: value for name, value in row.undo.items() if name in (*GOVERNED, *OWN)}
    if not before:
        return ""
    if row.result == RowResult.EDITED and (kpi.status != KpiStatus.DRAFT) and set(before) & set(GOVERNED):
        return "It has been approved since."
    before = _emptied(before)
    cleared = {name: None for name in ("owner", "area") if name in before and before[name] is None}
    before = {**before, **resolved(comparison, before), **cleared}
    if "definition" in before:
        before["kind"] = (before["definition"] or {}).get("kind", "simple")
    kpis.edit(kpi, by=by, at=at, **before)
    return ""


def _emptied(before):
    """What a KPI said before, with nothing as each field says it."""
    kept = dict(before)
    for name, value in before.items():
        if value is None and name not in ("owner", "area", "freshness_error_hours"):
            kept[name] = (
                {} if name in ("definition", "sql") else [] if name in ("aliases", "dimensions") else ""
            )
    return kept
