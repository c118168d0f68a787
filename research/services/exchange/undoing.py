"""Taking an import back: what it made and no more, unless people have built on it."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import ProtectedError

from prodops import activity, search
from prodops.models import Comment, CustomerAccount
from research.models import (
    Highlight,
    HighlightTag,
    ImportStage,
    Insight,
    MaterialImport,
    Participant,
    Session,
    StudyReader,
    Survey,
    SusAnswers,
    Tag,
    TagGroup,
    TaskResult,
    UsabilityTask,
)
from research.models.material_import import WAITING
from research.services import sessions

from . import built

UNDONE_WITHIN = timedelta(days=30)


class Overtaken(Exception):
    """People have worked with what was imported; the words say with what."""


@transaction.atomic
def undo(load, *, by, at):
    """Remove what the import made. Raises `Overtaken` where that would take away what came later."""
    load = MaterialImport.objects.select_for_update(of=("self",)).select_related("study").get(pk=load.pk)
    if load.stage != ImportStage.DONE:
        raise Overtaken(f"“{load}” is not imported, so there is nothing to undo.")
    if not may_undo(load, at):
        raise Overtaken(f"“{load}” was imported more than {UNDONE_WITHIN.days} days ago. It stays.")
    built.lock(load)
    if done := built.since(load):
        raise Overtaken(f"Since the import, {_listed(done)}. Take that away first, or keep the import.")
    remove(load, by=by, at=at)
    MaterialImport.objects.filter(pk=load.pk).update(stage=ImportStage.UNDONE, undone_at=at, undone_by=by)
    data = {"file": load.file_name, "import": load.pk}
    activity.record("material.undone", on=load.study or load, by=by, at=at, data=data)


def may_undo(load, at):
    """Whether the import is young enough to be taken back."""
    return load.is_done and (load.done_at is None or at - load.done_at <= UNDONE_WITHIN)


def _listed(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@transaction.atomic
def remove(load, *, by, at):
    """Delete what `load.made` names; a tag, a person or an account that is used by now stays."""
    made = load.made
    Comment.objects.filter(pk__in=made.get("comment", ())).delete()
    _insights(load)
    HighlightTag.objects.filter(pk__in=made.get("highlighttag", ())).delete()
    for session in Session.objects.filter(pk__in=made.get("session", ())).select_related("study"):
        sessions.delete(session, by=by, at=at)
    highlights = Highlight.objects.filter(pk__in=made.get("highlight", ()))
    search.remove_many(list(highlights))
    highlights.delete()
    for measured in (Survey, TaskResult, SusAnswers, UsabilityTask, StudyReader):
        measured._base_manager.filter(pk__in=made.get(measured._meta.model_name, ())).delete()
    _tags(load)
    for model, kind in (
        (TagGroup, "taggroup"),
        (Participant, "participant"),
        (CustomerAccount, "customeraccount"),
    ):
        for row in model.objects.filter(pk__in=made.get(kind, ())):
            _delete_if_free(row)
    _studies(load)


def _insights(load):
    """Insights before those that superseded them, which they hold fast."""
    waiting = list(Insight.objects.filter(pk__in=load.made.get("insight", ())))
    while waiting:
        held = {insight.superseded_by_id for insight in waiting}
        free = [insight for insight in waiting if insight.pk not in held]
        waiting = [insight for insight in waiting if insight.pk in held]
        search.remove_many(free)
        for insight in free:
            insight.delete()


def _tags(load):
    """Tags from below upwards, so that a parent is free when its turn comes."""
    rows = list(Tag.objects.filter(pk__in=load.made.get("tag", ())).order_by("-pk"))
    for tag in rows:
        _delete_if_free(tag)


def _delete_if_free(row):
    if built.in_use(row):
        return
    try:
        with transaction.atomic():
            pk = row.pk
            row.delete()
    except ProtectedError:
        return
    row.pk = pk
    if row._meta.label_lower in ("research.tag", "prodops.customeraccount"):
        search.remove(row)


def _studies(load):
    for pk in load.made.get("study", ()):
        study = load.study if load.study and load.study.pk == pk else None
        if study is not None:
            _let_go(study)
            load.study = None
            search.remove(study)
            study.delete()


def _let_go(study):
    """Keep the record of what was imported into the study; previews of it have nowhere to go any more."""
    loads = MaterialImport.objects.filter(study=study)
    for waiting in loads.filter(stage__in=WAITING):
        if waiting.file:
            transaction.on_commit(partial(waiting.file.storage.delete, str(waiting.file.name)), robust=True)
        waiting.delete()
    loads.update(study=None)
