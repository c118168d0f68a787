"""Reading a file, and choosing what of it is applied."""

from dataclasses import fields as fields_of

from django.db import transaction

from metrics.formats import registry
from metrics.formats.registry import Entry
from metrics.models import RegistryImport, RegistryImportStage, RegistryRow, RowState
from metrics.queries.exchange import Comparison, plain
from prodops import jobs

from .common import TASK, NotStaged

AT_ONCE = 200_000  # signs: more is read by a worker
MOST_NOTES = 50


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
    notes = [*reading.notes, *comparison.notes][:MOST_NOTES]
    with transaction.atomic():
        RegistryRow.objects.filter(load=load).delete()
        RegistryRow.objects.bulk_create(rows, batch_size=500)
        RegistryImport.objects.filter(pk=load.pk).update(stage=RegistryImportStage.STAGED, notes=notes)
    load.stage, load.notes = RegistryImportStage.STAGED, notes


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
def discard(load):
    """Forget a file that was not applied."""
    unused = RegistryImport.objects.filter(
        pk=load.pk, stage__in=(RegistryImportStage.STAGED, RegistryImportStage.FAILED)
    )
    if not unused.delete()[0]:
        raise NotStaged("This import has been applied already, or is being read.")
