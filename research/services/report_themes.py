"""Themes that nobody has a tag for: suggested from what was said, decided by people."""

import hashlib

from django.db import transaction

from prodops import activity
from research.models import Tag, ThemeState, ThemeSuggestion
from research.queries import report_untagged

from . import highlights, tags
from .report_states import Refused


def key_of(members):
    places = ",".join(":".join(map(str, member)) for member in members)
    return hashlib.sha256(places.encode()).hexdigest()[:40]


@transaction.atomic
def renew(report, clusters):
    """What was open gives way to `clusters`; what was decided stays so."""
    ThemeSuggestion.objects.filter(report=report, state=ThemeState.OPEN).delete()
    rows = [
        ThemeSuggestion(
            report=report,
            key=key_of(one.members),
            label=one.label,
            spans=[list(key) for key in one.keys],
            sentences=one.sentences,
            people=one.people,
        )
        for one in clusters
    ]
    ThemeSuggestion.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def accept(suggestion, name, *, by, at):
    """Make a tag of that name and tag the shown sentences with it; the tag."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Give the tag a name.")
    if Tag.objects.live().filter(study=None, name__iexact=name).exists():
        raise Refused(f"There is a tag “{name}” already. Choose another name, or tag the sentences with it.")
    _decide(suggestion, ThemeState.ACCEPTED, by=by, at=at)
    tag = tags.create(name, by=by, at=at, anew=True)
    for one in report_untagged.quotes_of([suggestion], by)[suggestion.pk]:
        highlights.mark(
            one.cue.session,
            start_cue=one.cue.pk,
            start=one.start,
            end_cue=one.cue.pk,
            end=one.end,
            quote=one.text,
            tagged=[tag],
            by=by,
            at=at,
        )
    ThemeSuggestion.objects.filter(pk=suggestion.pk).update(tag=tag)
    activity.record("report.theme_accepted", on=suggestion.report, by=by, at=at, data={"name": tag.name})
    return tag


@transaction.atomic
def reject(suggestion, *, by, at):
    """It is no theme, and is not suggested again for the same sentences."""
    _decide(suggestion, ThemeState.REJECTED, by=by, at=at)
    data = {"name": suggestion.label}
    activity.record("report.theme_rejected", on=suggestion.report, by=by, at=at, data=data)


def _decide(suggestion, state, *, by, at):
    mine = ThemeSuggestion.objects.filter(pk=suggestion.pk, state=ThemeState.OPEN)
    if not mine.update(state=state, decided_by=by, decided_at=at):
        raise Refused("Somebody has decided that already.")
