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
    _let_in(study, by, at)
    search.index(study)
    activity.record("study.created", on=study, by=by, at=at)
    return study


def _let_in(study, person, at):
    """Who opens a restricted study for somebody else, or hands one over, goes on seeing it."""
    if study.is_restricted and person.pk not in {study.lead_id, *study.reader_ids}:
        StudyReader.objects.create(study=study, user=person, added_by=person, added_at=at)
        study.refresh_from_db(fields=["reader_ids"])


@transaction.atomic
def edit(study, *, version, by, at, **fields):
    """Change a study that is still at `version`; raises `conflicts.Conflict` otherwise."""
    before = Study.objects.get(pk=study.pk)  # a form has written its fields on `study` itself
    study = conflicts.save_version(study, version=version, **fields)
    handed_over = (study.lead_id, study.team_id) != (before.lead_id, before.team_id)
    if handed_over:
        _let_in(study, by, at)
    search.index(study)
    if study.title != before.title:
        _index_material(study)
    else:
        refacet(study, before)
    if study.is_restricted and handed_over:
        sharing.rescope(study)
    activity.record("study.edited", on=study, by=by, at=at)
    return study


def _index_material(study):
    """What was said in the study is found under the study's new title."""
    search.index_many(study.sessions.select_related("study", "participant__account"))
    search.index_many(Cue.objects.filter(session__study=study).select_related("session__study").iterator())
    highlights = Highlight.objects.filter(session__study=study).select_related("session__study")
    search.index_many(highlights.prefetch_related("tags"))
