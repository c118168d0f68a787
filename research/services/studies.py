"""Studies: opening one and changing what it says of itself."""

from django.db import transaction

from prodops import activity, search
from prodops.services import slugs
from research.models import Cue, Highlight, Study, StudyReader
from research.search import refacet

from . import conflicts, sharing


@transaction.atomic
def create(*, title, by, at, **fields):
    """Open a study; its address comes from the title."""
    study = Study.objects.create(
        title=title, slug=slugs.unused(Study, title), created_by=by, created_at=at, **fields
    )
    if study.is_restricted and study.lead_id != by.pk:
        StudyReader.objects.create(study=study, user=by, added_by=by, added_at=at)
        study.refresh_from_db(fields=["reader_ids"])
    search.index(study)
    activity.record("study.created", on=study, by=by, at=at)
    return study


@transaction.atomic
def edit(study, *, version, by, at, **fields):
    """Change a study that is still at `version`; raises `conflicts.Conflict` otherwise."""
    before = Study.objects.get(pk=study.pk)  # a form has written its fields on `study` itself
    study = conflicts.save_version(study, version=version, **fields)
    search.index(study)
    if study.title != before.title:
        _index_material(study)
    else:
        refacet(study, before)
    if study.is_restricted:
        sharing.rescope(study)  # its lead or its team may be another now
    activity.record("study.edited", on=study, by=by, at=at)
    return study


def _index_material(study):
    """What was said in the study is found under the study's new title."""
    search.index_many(study.sessions.select_related("study", "participant__account"))
    search.index_many(Cue.objects.filter(session__study=study).select_related("session__study").iterator())
    highlights = Highlight.objects.filter(session__study=study).select_related("session__study")
    search.index_many(highlights.prefetch_related("tags"))
