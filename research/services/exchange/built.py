"""What people have done since with what an import made: as long as there is any, it is not taken back.

Rows are found by the relations of the models, not by a list of them, so that a kind of thing that is added to
the product later is counted as well. Changes to what was made are read from the history.
"""

from collections import Counter

from django.apps import apps
from django.db import models
from django.db.models import Q

from prodops.models import Attachment, Comment, Event
from research.models import (
    Highlight,
    ImportStage,
    Insight,
    InsightEvidence,
    MaterialImport,
    Participant,
    Session,
    Study,
    Tag,
)

# What comes with a session, or is counted and worked out from other rows: not work that would be lost.
# Changes to it stand in the history of what it belongs to.
BY_ITSELF = {
    "research.cue",
    "research.speaker",
    "research.accessrecord",
    "research.pasttagging",
    "research.tagsuggestion",
    "research.tagredirect",
    "research.tagmove",
    "research.materialimport",
    "research.surveyanswer",  # answers that came later came by an import of their own, which is counted
    "research.surveychange",
}
# Events that tell of rows, which are counted themselves as long as they are there
ROWS = (".created", ".added", ".opened", ".deleted", ".removed", "_added", "_deleted", "_removed")
OF_ROWS = (*ROWS, ".announced", ".used_in_bulk", ".suggestion_rejected", ".kept_apart")
KINDS = ("study", "session", "highlight", "tag", "insight", "participant")
WORDS = {
    "research.highlighttag": ("tag was put on its highlights", "tags were put on its highlights"),
    "research.insightevidence": (
        "piece of evidence was added to its insights",
        "pieces of evidence were added to its insights",
    ),
    "research.part": ("text was added", "texts were added"),
    "research.usabilitytask": ("task was added", "tasks were added"),
    "research.susanswers": ("SUS questionnaire was added", "SUS questionnaires were added"),
    "research.studyreader": ("person was let in", "people were let in"),
    "research.insightreview": ("review was asked for", "reviews were asked for"),
    "research.keptapart": ("tag was kept apart from another", "tags were kept apart from others"),
    "research.tagchange": ("change was made to its tags", "changes were made to its tags"),
}
MANY = {"study": "studies"}


def made_by(load):
    return {kind: set(pks) for kind, pks in load.made.items()}


def lock(load):
    """Hold what the import made, so that nothing is added between the look and the removal."""
    made = made_by(load)
    for model in (Study, Session, Highlight, Insight):
        rows = model.objects.filter(pk__in=made.get(model._meta.model_name, ())).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def since(load):
    """What others added to what the import made, or changed of it, in words; empty if nothing."""
    made = made_by(load)
    return [*_added(load, made), *_said(made), *_cited(made), *_changed(made)]


def _counted(number, one, many):
    return [f"{number:,} {one if number == 1 else many}"] if number else []


def dependents(model):
    """The relations through which rows of other models vanish, or are emptied, with a row of `model`."""
    for relation in model._meta.get_fields(include_hidden=True):
        reverse = (relation.one_to_many or relation.one_to_one) and relation.auto_created
        if reverse and not relation.concrete and relation.on_delete in (models.CASCADE, models.SET_NULL):
            yield relation.related_model, relation.field.name


def _added(load, made):
    found: dict[str, set[int]] = {}
    for kind, pks in made.items():
        if not pks or kind == "participant":  # who is used by now stays: nothing is lost
            continue
        for model, field in dependents(apps.get_model(_label(kind))):
            label = model._meta.label_lower
            if label not in BY_ITSELF:
                new = _standing(model, **{f"{field}__in": pks}).exclude(
                    pk__in=made.get(model._meta.model_name, ())
                )
                found.setdefault(label, set()).update(new.values_list("pk", flat=True))
    for label, pks in sorted(found.items()):
        name = apps.get_model(label)._meta.verbose_name
        yield from _counted(len(pks), *WORDS.get(label, (f"{name} was added", f"{name}s were added")))
    later = MaterialImport.objects.filter(study__in=made.get("study", ())).exclude(pk=load.pk)
    at_work = [
        one
        for one in later.filter(stage__in=[ImportStage.RUNNING, ImportStage.DONE])
        if one.is_running or any(one.made.values())
    ]
    yield from _counted(len(at_work), "other file was imported into it", "other files were imported into it")


def _standing(model, **where):
    """The rows that are still there for people: not those whose file is deleted or which were undone."""
    fields = {field.name for field in model._meta.concrete_fields}
    over = {name: None for name in ("deleted_at", "undone_at") if name in fields}
    return model._base_manager.filter(**where, **over)


def _label(kind):
    return f"prodops.{kind}" if kind in ("comment", "customeraccount") else f"research.{kind}"


def _said(made):
    about = Q()
    for kind in KINDS:
        about |= Q(subject_type=f"research.{kind}", subject_id__in=made.get(kind, ()))
    comments = Comment.objects.filter(about, deleted_at=None).exclude(pk__in=made.get("comment", ()))
    yield from _counted(comments.count(), "comment was written", "comments were written")
    files = Attachment.objects.filter(about)
    yield from _counted(files.count(), "file was attached", "files were attached")


def _cited(made):
    mine, insights = made.get("highlight", ()), made.get("insight", ())
    evidence = InsightEvidence.objects.filter(highlight__in=mine).exclude(insight__in=insights)
    citing = evidence.values("insight").distinct().count()
    yield from _counted(citing, "insight cites it", "insights cite it")
    worse = Insight.objects.filter(superseded_by__in=insights).exclude(pk__in=insights).count()
    yield from _counted(worse, "insight was superseded by one of it", "insights were superseded by one of it")


def _changed(made):
    """Things that were edited, corrected, published or the like: each counts once."""
    changed: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for kind in ("study", "session", "highlight", "tag", "insight"):
        events = Event.objects.filter(
            subject_type=f"research.{kind}", subject_id__in=made.get(kind, ()), by__isnull=False
        )
        rows = events.filter(verb__startswith=f"{kind}.").values_list("verb", "subject_id").distinct()
        changed[kind] |= {pk for verb, pk in rows if not verb.endswith(OF_ROWS)}
    insights = Insight.objects.filter(pk__in=made.get("insight", ()), version__gt=1)
    changed["insight"] |= set(insights.values_list("pk", flat=True))
    edited = Comment.objects.filter(pk__in=made.get("comment", ())).exclude(edited_at=None).count()
    numbers = Counter({kind: len(pks) for kind, pks in changed.items()}) | Counter(comment=edited)
    for kind, number in numbers.items():
        yield from _counted(number, f"{kind} was changed", f"{MANY.get(kind, f'{kind}s')} were changed")


def in_use(row):
    """Whether anything but what worked itself out hangs on a person, a tag or an account by now."""
    label, pk = row._meta.label_lower, row.pk
    about = Q(subject_type=label, subject_id=pk)
    if Comment.objects.filter(about, deleted_at=None).exists() or Attachment.objects.filter(about).exists():
        return True
    for model, field in dependents(type(row)):
        own = model._meta.label_lower in BY_ITSELF and model._meta.label_lower != "research.speaker"
        if not own and model._base_manager.filter(**{field: pk}).exists():
            return True
    if isinstance(row, Participant | Tag):  # somebody noted how to reach them, or reworked the tag
        events = Event.objects.filter(about, by__isnull=False)
        return any(not verb.endswith(OF_ROWS) for verb in events.values_list("verb", flat=True))
    return False
