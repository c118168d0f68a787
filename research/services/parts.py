"""Further texts of a session: notes that people write, documents they upload."""

import hashlib
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from prodops import activity, search
from research.formats import documents
from research.formats.cues import MAX_CUE_TEXT, normalise
from research.models import Cue, Highlight, Part, PartKind, SurveyAnswer

from .cues import Refused
from .highlights import held

BATCH = 2_000


class Cited(Exception):
    """Insights stand on highlights of this text."""


@transaction.atomic
def add(session, *, kind, title, paragraphs, by, at, source_name=""):
    """A new text of `session`: one cue for each of `paragraphs`. Raises `Refused` for one without words."""
    texts = [text for text in map(normalise, paragraphs) if text]
    if not texts:
        raise Refused("There are no words in it. Write or paste some.")
    if any(len(text) > MAX_CUE_TEXT for text in texts):
        raise Refused(f"A paragraph has more than {MAX_CUE_TEXT:,} characters. Put an empty line into it.")
    held(session)
    last = session.parts.aggregate(last=Max("position"))["last"]
    part = Part.objects.create(
        session=session,
        kind=kind,
        title=title,
        position=0 if last is None else last + 1,
        source_name=source_name,
        created_by=by,
        created_at=at,
    )
    behind = session.cues.aggregate(last=Max("position"))["last"]
    first = 0 if behind is None else behind + 1
    rows = Cue.objects.bulk_create(
        [
            Cue(session=session, part=part, position=position, text=text)
            for position, text in enumerate(texts, first)
        ],
        batch_size=BATCH,
    )
    search.index_many(rows)
    activity.record("session.text_added", on=session, by=by, at=at, data={"title": title, "part": part.pk})
    return part


def upload(session, *, title, data, filename, by, at):
    """Read a document (`data`: the bytes of a file) into a text of `session`.

    Returns it and the reader's warnings. Raises `TranscriptError` for one that cannot be read.
    """
    read = documents.parse(data, filename)
    name = PurePath(filename).name[-200:]
    kept = ""
    try:
        with transaction.atomic():
            part = add(
                session,
                kind=PartKind.DOCUMENT,
                title=title or name,
                paragraphs=read.paragraphs,
                source_name=name,
                by=by,
                at=at,
            )
            part.source.save(
                f"{hashlib.sha256(data).hexdigest()}{PurePath(name).suffix.lower()[:10]}", ContentFile(data)
            )
            kept = part.source.name
    except BaseException:
        if kept:
            Part.source.field.storage.delete(kept)
        raise
    return part, read.warnings


@transaction.atomic
def delete(part, *, by, at):
    """Remove a text with its highlights; raises `Cited` if insights stand on them."""
    session = part.session
    held(session)
    if SurveyAnswer.objects.filter(cue__part=part).exists():
        raise Cited("These are answers of a survey. Undo its import on the survey's page instead.")
    cues = list(part.cues.all())
    marks = list(Highlight.objects.filter(start_cue__part=part))
    data = {"title": part.title, "cues": len(cues), "highlights": len(marks)}
    activity.record("session.text_deleted", on=session, by=by, at=at, data=data)
    search.remove_many([*cues, *marks])
    source = part.source
    try:
        with transaction.atomic():
            Highlight.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
            part.delete()
    except (ProtectedError, IntegrityError) as error:
        raise Cited(
            "Insights stand on highlights of this text. Take them out of the evidence first."
        ) from error
    if source:
        transaction.on_commit(lambda: source.storage.delete(source.name), robust=True)
