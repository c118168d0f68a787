"""An uploaded file before its import: kept, read in the request or by a worker, looked at, or forgotten."""

import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction

from prodops import jobs
from prodops.access import Can, allowed
from research.formats import highlight_table, tables
from research.models import ImportKind, ImportStage, MaterialImport, Study
from research.models.material_import import WAITING

from . import opening, planning

FORGOTTEN = timedelta(days=7)  # a preview that nobody went on with
AT_ONCE = 256 * 1024  # bytes that are read while somebody waits; a worker reads larger files


class NoStudy(Exception):
    """It must be said where the material goes."""


class NotStaged(Exception):
    """The import has begun already, or is over."""


def stage(upload, *, study, by, at):
    """Keep an uploaded file and say what it would do. Raises `Unreadable` or `NoStudy`.

    What a large file would do is said by a worker: the import is `READING` until then.
    """
    name = _shown(upload.name)
    kind = opening.kind_of(upload, name)
    _need_study(kind, study, by)
    load = MaterialImport(kind=kind, study=study, file_name=name, size=upload.size, by=by, at=at)
    if upload.size <= AT_ONCE or (kind == ImportKind.HIGHLIGHTS and upload.size > tables.MAX_BYTES):
        load.study, load.outline = _read(upload, load)
    else:
        load.stage = ImportStage.READING
    _forget(by, at)
    _keep(load, upload)
    if load.is_reading:
        task = "research.tasks.read_material"
        load.job = jobs.start(f"Reading {load}", task, by=by, at=at, load_id=load.pk)
        MaterialImport.objects.filter(pk=load.pk).update(job=load.job)
    return load


def _read(file, load):
    """(the study that it goes into, what it would do). Raises `Unreadable`."""
    study = load.study
    with opening.opened(file, load.kind, load.file_name, study=study) as bundle:
        if load.kind == ImportKind.STUDY:
            study = _study_here(bundle, load.by)
        outline = planning.outline(bundle, study, team=study.team if study else None, by=load.by)
    if load.kind == ImportKind.HIGHLIGHTS:
        outline |= _columns(file, load.file_name)
    return study, outline


def read(job, progress):
    """What the worker does for a large file: say what it would do, or why it can't be read."""
    load = MaterialImport.objects.select_related("study__team", "by").get(pk=job.arguments["load_id"])
    if not load.is_reading:
        return progress.finish(url=load.get_absolute_url())
    progress.stage("Reading the file")
    waiting = MaterialImport.objects.filter(pk=load.pk, stage=ImportStage.READING)
    try:
        with load.file.open("rb") as file:
            study, outline = _read(file, load)
    except opening.Unreadable as error:
        waiting.update(stage=ImportStage.FAILED, outline={"unreadable": str(error)})
        raise
    with transaction.atomic():
        waiting.update(stage=ImportStage.STAGED, study=study, outline=outline)
        return progress.finish(url=load.get_absolute_url())


def _keep(load, upload):
    upload.seek(0)
    ending = PurePath(load.file_name).suffix[:10].lower()
    load.file.save(f"{secrets.token_hex(20)}{ending}", upload, save=False)
    try:
        load.save()
    except BaseException:
        load.file.storage.delete(str(load.file.name))
        raise


def _columns(file, name, columns=None):
    """How a table is read: its headers, and {field: column}."""
    header = opening.table_in(file, name).header
    return {
        "header": [text[:80] for text in header],
        "columns": highlight_table.guess(header) if columns is None else columns,
    }


def remap(load, columns):
    """Read a staged table by other columns: {field: column}. Raises `Unreadable`."""
    with load.file.open("rb") as file:
        with opening.opened(file, load.kind, load.file_name, study=load.study, columns=columns) as bundle:
            outline = planning.outline(bundle, load.study, team=load.study.team, by=load.by)
        outline |= _columns(file, load.file_name, columns)
    MaterialImport.objects.filter(pk=load.pk, stage=ImportStage.STAGED).update(outline=outline)


def _need_study(kind, study, by):
    if study is not None:
        return
    if kind == ImportKind.PROJECT:
        raise NoStudy("This is a project with texts. Choose the study that its sessions go to.")
    if kind == ImportKind.HIGHLIGHTS:
        raise NoStudy("This is a table. Choose the study whose sessions the highlights are of.")
    if kind == ImportKind.CODEBOOK and not allowed(by, Can.TAXONOMY_MANAGE):
        raise NoStudy("Choose a study to add the tags to. Only product ops adds tags to the workspace.")


def _study_here(bundle, by):
    """The study of the file, if this workspace has it; None if it is to be opened."""
    known = Study.objects.filter(guid=bundle.study.guid).first()
    if known and not Study.objects.editable_by(by).filter(pk=known.pk).exists():
        raise opening.Unreadable("This study is here already, and you may not change it. Ask its team.")
    return known


def _shown(name):
    clean = "".join(letter for letter in name if letter.isprintable()).strip() or "file"
    return clean[-200:]


def _forget(by, at):
    for old in MaterialImport.objects.filter(by=by, stage__in=WAITING, at__lt=at - FORGOTTEN):
        with suppress(NotStaged):  # begun in another tab meanwhile
            discard(old)


def discard(load):
    """Forget a file that was not imported. Raises `NotStaged` for one that is, or is about to be."""
    with transaction.atomic():
        gone, _ = MaterialImport.objects.filter(pk=load.pk, stage__in=WAITING).delete()
        if not gone:
            raise NotStaged(f"“{load}” is being imported, or was already. Its file stays for that.")
        drop_file(load)


def drop_file(load):
    """What was imported is here; the file need not lie about."""
    if load.file:
        name = load.file.name
        transaction.on_commit(lambda: load.file.storage.delete(name), robust=True)
        MaterialImport.objects.filter(pk=load.pk).update(file="")
