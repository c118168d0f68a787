"""Who sees a study: opening it, keeping it to its team or to people named."""

from django.db import transaction

from prodops import activity
from prodops.models import Favourite, Notification, SearchEntry
from research import search
from research.models import Cue, Highlight, Session, Study, StudyReader, Visibility
from research.queries.readers import readers_of


class LockedOut(Exception):
    """Whoever makes the change would no longer see the study."""


@transaction.atomic
def share(study, *, visibility, readers, by, at):
    """Let those see the study whom `visibility` and `readers` (people) say, from this moment on.

    Search follows in the same transaction, and so does what others were told of the study: its titles stand
    in notifications and favourites. Raises `LockedOut`.
    """
    return _share(_locked(study), visibility, {person.pk for person in readers}, by=by, at=at)


@transaction.atomic
def set_visibility(study, visibility, *, by, at):
    """Let those see the study whom `visibility` says; who is named stays named. Raises `LockedOut`."""
    study = _locked(study)
    return _share(study, visibility, set(study.reader_ids), by=by, at=at)


@transaction.atomic
def add_reader(study, person, *, by, at):
    """Name `person` as one who sees the study, beside whoever is named by now."""
    study = _locked(study)
    return _share(study, study.visibility, {*study.reader_ids, person.pk}, by=by, at=at)


@transaction.atomic
def remove_reader(study, user_id, *, by, at):
    """Take one person's name off the study. Raises `LockedOut`."""
    study = _locked(study)
    return _share(study, study.visibility, {*study.reader_ids} - {user_id}, by=by, at=at)


def _locked(study):
    """The study as it is by now, nobody else changing who sees it until this is done."""
    return Study.objects.select_for_update(of=("self",)).get(pk=study.pk)


def _share(study, visibility, wanted, *, by, at):
    wanted = wanted - {study.lead_id}
    if visibility == Visibility.NAMED and by.pk not in {*wanted, study.lead_id}:
        raise LockedOut("You would no longer see this study yourself. Name yourself as well.")
    before = set(study.reader_ids)
    if visibility == study.visibility and wanted == before:
        return study
    data = {
        "from": study.visibility,
        "to": Visibility(visibility).value,
        "added": sorted(wanted - before),
        "removed": sorted(before - wanted),
    }
    StudyReader.objects.filter(study=study, user__in=before - wanted).delete()
    for user_id in sorted(wanted - before):
        StudyReader.objects.create(study=study, user_id=user_id, added_by=by, added_at=at)
    Study.objects.filter(pk=study.pk).update(visibility=visibility)
    study.refresh_from_db()
    rescope(study)
    activity.record("study.shared", on=study, by=by, at=at, data=data)
    return study


def rescope(study):
    """Bring who finds and who was told of the study's material in line with the study."""
    scope = search.scope(study)
    for kind, things in _material(study).items():
        SearchEntry.objects.filter(kind=kind, object_id__in=things).update(**scope)
    forget(study)


def _material(study):
    """{kind of the search index: ids of the study's things}."""
    return {
        "study": [study.pk],
        "session": Session.objects.filter(study=study).values("pk"),
        "highlight": Highlight.objects.filter(session__study=study).values("pk"),
        "cue": Cue.objects.filter(session__study=study).values("pk"),
        "tag": study.own_tags.values("pk"),
    }


def forget(study):
    """Take the study's titles out of the notifications and favourites of those who do not see it."""
    if not study.is_restricted:
        return
    labels = {f"research.{kind}": things for kind, things in _material(study).items() if kind != "cue"}
    readers = readers_of(study)
    for label, things in labels.items():
        told = Notification.objects.filter(event__subject_type=label, event__subject_id__in=things)
        told.exclude(recipient__in=readers).delete()
        kept = Favourite.objects.filter(subject_type=label, subject_id__in=things)
        kept.exclude(user__in=readers).delete()
