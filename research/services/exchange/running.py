"""An import from the upload to its end. Where a worker dies between two steps, another goes on."""

import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction

from prodops import activity, jobs
from prodops.access import Can, allowed
from research.formats import highlight_table
from research.models import ImportKind, ImportStage, MaterialImport, Study

from . import built, opening, planning, undoing, writings
from .taking import Taking

FORGOTTEN = timedelta(days=7)  # a preview that nobody went on with


class NoStudy(Exception):
    """It must be said where the material goes."""


class NotStaged(Exception):
    """The import has begun already, or is over."""


def stage(upload, *, study, by, at):
    """Keep an uploaded file and say what it would do. Raises `Unreadable` or `NoStudy`."""
    name = _shown(upload.name)
    kind = opening.kind_of(upload, name)
    _need_study(kind, study, by)
    with opening.opened(upload, kind, name, study=study) as bundle:
        if kind == ImportKind.STUDY:
            study = _study_here(bundle, by)
        outline = planning.outline(bundle, study, team=study.team if study else None, by=by)
    if kind == ImportKind.HIGHLIGHTS:
        outline |= _columns(upload, name)
    _forget(by, at)
    load = MaterialImport(
        kind=kind, study=study, file_name=name, size=upload.size, outline=outline, by=by, at=at
    )
    upload.seek(0)
    load.file.save(f"{secrets.token_hex(20)}{PurePath(name).suffix[:10].lower()}", upload, save=False)
    try:
        load.save()
    except BaseException:
        load.file.storage.delete(str(load.file.name))
        raise
    return load


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
    for old in MaterialImport.objects.filter(by=by, stage=ImportStage.STAGED, at__lt=at - FORGOTTEN):
        with suppress(NotStaged):  # begun in another tab meanwhile
            discard(old)


def discard(load):
    """Forget a file that was not imported. Raises `NotStaged` for one that is, or is about to be."""
    with transaction.atomic():
        gone, _ = MaterialImport.objects.filter(pk=load.pk, stage=ImportStage.STAGED).delete()
        if not gone:
            raise NotStaged(f"“{load}” is being imported, or was already. Its file stays for that.")
        _drop_file(load)


def _drop_file(load):
    """What was imported is here; the file need not lie about."""
    if load.file:
        name = load.file.name
        transaction.on_commit(lambda: load.file.storage.delete(name), robust=True)
        MaterialImport.objects.filter(pk=load.pk).update(file="")


@transaction.atomic
def start(load, *, choices, by, at):
    """Begin the import with what was answered; returns the job. Raises `NotStaged`."""
    waiting = MaterialImport.objects.filter(pk=load.pk, stage=ImportStage.STAGED)
    if not waiting.update(stage=ImportStage.RUNNING, choices=choices):
        raise NotStaged(f"“{load}” has been imported already.")
    job = jobs.start(f"Import of {load}", "research.tasks.import_material", by=by, at=at, load_id=load.pk)
    MaterialImport.objects.filter(pk=load.pk).update(job=job)
    return job


def work(job, progress, *, at):
    """Do the import of a job that the worker has claimed. What it made is taken back if it can't end."""
    load = MaterialImport.objects.select_related("study__team", "by").get(pk=job.arguments["load_id"])
    if load.stage != ImportStage.RUNNING:
        return progress.finish(url=load.get_absolute_url())
    try:
        _read_and_take(load, progress, at=at)
    except Exception:
        _take_back(load, at=at)
        raise
    with transaction.atomic():
        load.refresh_from_db()
        MaterialImport.objects.filter(pk=load.pk).update(stage=ImportStage.DONE, done_at=at)
        subject = load.study or load
        activity.record("material.imported", on=subject, by=load.by, at=at, data=_told(load))
        _drop_file(load)
        return progress.finish(url=load.get_absolute_url())


def _read_and_take(load, progress, *, at):
    columns = load.outline.get("columns")
    with (
        load.file.open("rb") as file,
        opening.opened(file, load.kind, load.file_name, study=load.study, columns=columns) as bundle,
    ):
        _take(load, bundle, progress, at=at)


def _told(load):
    return {"file": load.file_name, "import": load.pk, "counts": load.counts}


def _take(load, bundle, progress, *, at):
    taking = Taking(load, bundle, load.study, by=load.by, at=at)
    if load.kind == ImportKind.STUDY and load.study is None:
        progress.stage("Study")
        taking.take_study()
    progress.stage("Tags")
    taking.take_tags()
    if taking.study is None:
        return
    taking.take_participants()
    total = len(load.outline.get("sessions", ()))
    progress.stage("Sessions", total=total)
    for number, meeting in enumerate(bundle.sessions(), 1):
        taking.take_session(meeting)
        progress.step(min(number, total))
    progress.stage("Insights and comments")
    writings.take_claims(taking)
    writings.take_memos(taking)


@transaction.atomic
def _take_back(load, *, at):
    """Leave no half an import behind; it can be started again.

    Where people have built on the half that was there, it stays for them, and starting again adds the rest.
    """
    load.refresh_from_db()
    again = MaterialImport.objects.filter(pk=load.pk)
    built.lock(load)
    if built.since(load):
        again.update(stage=ImportStage.STAGED)
        return
    undoing.remove(load, by=load.by, at=at)
    again.update(stage=ImportStage.STAGED, made={}, counts={})
