"""Studies: opening one and changing what it says of itself."""

from django.db import transaction
from django.db.models import F

from prodops import activity, search
from prodops.services import slugs
from research.models import Cue, Highlight, Study, StudyReader
from research.queries.readers import left_behind
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


class StillLed(Exception):
    """The study's lead is here: nobody else gives it away."""


@transaction.atomic
def hand_over(study, lead, *, by, at):
    """Make `lead` the lead of a study whose own has left; `by` need not see it. Raises `StillLed`."""
    before = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if not left_behind().filter(pk=study.pk).exists():
        raise StillLed("This study has a lead. They hand it on themselves, on its page.")
    StudyReader.objects.filter(study=study, user=lead).delete()  # the lead reads it anyway
    Study.objects.filter(pk=study.pk).update(lead=lead, version=F("version") + 1)
    study = Study.objects.get(pk=study.pk)
    search.index(study)
    refacet(study, before)
    sharing.rescope(study)
    data = {"from": before.lead.name, "to": lead.name}
    activity.record("study.handed_over", on=study, by=by, at=at, data=data)
    return study


def _index_material(study):
    """What was said in the study is found under the study's new title."""
    search.index_many(study.sessions.select_related("study", "participant__account"))
    search.index_many(Cue.objects.filter(session__study=study).select_related("session__study").iterator())
    highlights = Highlight.objects.filter(session__study=study).select_related("session__study")
    search.index_many(highlights.prefetch_related("tags"))
