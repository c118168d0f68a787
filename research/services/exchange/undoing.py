"""Taking an import back: what it made and no more, unless people have built on it."""

from django.db import transaction
from django.db.models import ProtectedError

from prodops import activity, search
from prodops.models import Comment, CustomerAccount
from research.models import (
    Highlight,
    HighlightTag,
    ImportStage,
    Insight,
    InsightEvidence,
    MaterialImport,
    Participant,
    Session,
    Tag,
    TagGroup,
)
from research.services import sessions


class Overtaken(Exception):
    """People have worked with what was imported; the words say with what."""


@transaction.atomic
def undo(load, *, by, at):
    """Remove what the import made. Raises `Overtaken` where that would take away what came later."""
    load = MaterialImport.objects.select_for_update(of=("self",)).select_related("study").get(pk=load.pk)
    if load.stage != ImportStage.DONE:
        raise Overtaken(f"“{load}” is not imported, so there is nothing to undo.")
    built = _built_on(load)
    if built:
        raise Overtaken(f"Since the import, {_listed(built)}. Remove that first, or keep the import.")
    remove(load, by=by, at=at)
    MaterialImport.objects.filter(pk=load.pk).update(stage=ImportStage.UNDONE, undone_at=at, undone_by=by)
    data = {"file": load.file_name, "import": load.pk}
    activity.record("material.undone", on=load.study or load, by=by, at=at, data=data)


def _listed(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _built_on(load):
    """What others hung on what the import made, in words."""
    made = {kind: set(pks) for kind, pks in load.made.items()}
    mine = made.get("highlight", set())
    in_sessions = Highlight.objects.filter(session__in=made.get("session", ()))
    evidence = InsightEvidence.objects.filter(highlight__in=mine).exclude(insight__in=made.get("insight", ()))
    talk = {f"research.{kind}": made.get(kind, set()) for kind in ("session", "highlight", "insight")}
    comments = sum(
        Comment.objects.filter(subject_type=label, subject_id__in=pks, deleted_at=None)
        .exclude(pk__in=made.get("comment", ()))
        .count()
        for label, pks in talk.items()
    )
    retagged = HighlightTag.objects.filter(highlight__in=mine).exclude(pk__in=made.get("highlighttag", ()))
    better = Insight.objects.filter(superseded_by__in=made.get("insight", ()))
    found = (
        (
            better.exclude(pk__in=made.get("insight", ())).count(),
            "insight was superseded by one of it",
            "insights were superseded by one of it",
        ),
        (in_sessions.exclude(pk__in=mine).count(), "highlight was added", "highlights were added"),
        (retagged.count(), "tag was put on its highlights", "tags were put on its highlights"),
        (evidence.values("insight").distinct().count(), "insight cites it", "insights cite it"),
        (comments, "comment was written", "comments were written"),
    )
    return [f"{number:,} {one if number == 1 else many}" for number, one, many in found if number]


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
            MaterialImport.objects.filter(pk=load.pk).update(study=None)
            load.study = None
            search.remove(study)
            study.delete()
