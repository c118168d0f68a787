"""An import at work, to its end. Where a worker dies between two steps, another goes on."""

from django.db import transaction

from prodops import activity, jobs
from research.models import ImportKind, ImportStage, MaterialImport

from . import built, measuring, opening, spoken, undoing, vocabulary, writings
from .staging import NotStaged, drop_file
from .taking import Taking


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
        drop_file(load)
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
        measuring.take_fields(taking)
        taking.take_study()
    progress.stage("Tags")
    vocabulary.take_tags(taking)
    if taking.study is None:
        return
    taking.take_participants()
    total = len(load.outline.get("sessions", ()))
    progress.stage("Sessions", total=total)
    for number, meeting in enumerate(bundle.sessions(), 1):
        spoken.take_session(taking, meeting)
        progress.step(min(number, total))
    if load.kind == ImportKind.STUDY:
        progress.stage("Surveys and results")
        measuring.take_measured(taking)
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
