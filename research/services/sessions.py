"""Sessions: a transcript comes in whole or not at all."""

import hashlib
from functools import partial
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from prodops import activity, search
from research.formats import transcripts
from research.models import Cue, Session, SourceFormat, kind_of

from . import media_store, participants, speakers

BATCH = 2_000


class AlreadyHere(Exception):
    """The study has this very file; `session` is where."""

    def __init__(self, session):
        super().__init__("This transcript is in the study already.")
        self.session = session


class Malformed(Exception):
    """Cues were read other than the file says: somebody should look at `transcript` before it is taken."""

    def __init__(self, transcript):
        super().__init__("Some of this transcript is malformed.")
        self.transcript = transcript


class Cited(Exception):
    """Insights stand on highlights of this session."""


def add(
    study,
    *,
    title,
    held_on,
    person,
    moderator,
    data,
    filename,
    by,
    at,
    kind=None,
    properties=None,
    as_read=False,
):
    """Read a transcript (`data`: the bytes of the file) into a new session of `study`.

    `person` is who took part (`participants.Person`), `kind` a `SessionKind`: what the study's method says
    if it is left out. Returns the session and the reader's warnings.
    Raises `transcripts.TranscriptError` for a file that cannot be read, `AlreadyHere` for one the study has
    and `Malformed` for one that somebody should look at, unless it is to be taken `as_read`; nothing is kept
    then.
    """
    digest = hashlib.sha256(data).hexdigest()
    _refuse_second(study, digest)
    transcript = _read(data, filename, as_read=as_read)
    session = Session(
        study=study,
        title=title,
        kind=kind or kind_of(study.method),
        held_on=held_on,
        moderator=moderator,
        source_name=PurePath(filename).name[-200:],
        sha256=digest,
        format=SourceFormat(transcript.format),
        duration_ms=_duration(transcript.cues),
        properties=properties or {},
        created_by=by,
        created_at=at,
    )
    try:
        _write(session, transcript, data, person, by=by, at=at)
    except IntegrityError:  # the same file, sent twice at once
        _refuse_second(study, digest)
        raise
    return session, transcript.warnings


def write_down(study, *, title, held_on, kind, source_name, speaker, paragraphs, person, by, at):
    """What was said elsewhere, such as in a customer's request, as a session: each paragraph a turn.

    `source_name` says where it stands. The same words from there give the session that is there already.
    """
    data = "\n\n".join([source_name, *paragraphs]).encode()
    if there := known(study, data):
        return there
    said = tuple(transcripts.Cue(None, None, speaker, text) for text in paragraphs)
    session = Session(
        study=study,
        title=title,
        kind=kind,
        held_on=held_on,
        source_name=f"{source_name}.txt"[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        format=SourceFormat.TEXT,
        created_by=by,
        created_at=at,
    )
    _write(session, transcripts.Transcript(said, "text"), data, person, by=by, at=at)
    return session


def open_empty(study, *, title, held_on, by, at):
    """A session without words, for a recording that came before its transcript."""
    session = Session(
        study=study, title=title, kind=kind_of(study.method), held_on=held_on, created_by=by, created_at=at
    )
    with transaction.atomic():
        session.save()
        search.index(session)
        activity.record("session.opened", on=session, by=by, at=at)
    return session


def _read(data, filename, *, as_read):
    transcript = transcripts.parse(data, filename)
    if transcript.is_malformed and not as_read:
        raise Malformed(transcript)
    return transcript


def fill(session, *, data, filename, by, at, as_read=False):
    """Read a transcript into a session that has none; raises as `add` does. Returns the warnings."""
    digest = hashlib.sha256(data).hexdigest()
    _refuse_second(session.study, digest)
    transcript = _read(data, filename, as_read=as_read)
    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)
        if session.cues.filter(part=None).exists():
            raise AlreadyHere(session)
        session.source_name, session.sha256 = PurePath(filename).name[-200:], digest
        session.format = SourceFormat(transcript.format)
        session.duration_ms = _duration(transcript.cues)
        _write(session, transcript, data, None, by=by, at=at)
    return transcript.warnings


def known(study, data):
    """The session of the study that was made from this very file, or None."""
    return Session.objects.filter(study=study, sha256=hashlib.sha256(data).hexdigest()).first()


def _refuse_second(study, digest):
    there = Session.every.filter(study=study, sha256=digest).first()
    if there and there.withdrawn_at is not None:
        raise transcripts.TranscriptError(
            "Whoever speaks in this file took their consent back. It can't come in again."
        )
    if there:
        raise AlreadyHere(there)


def _duration(cues):
    ends = [cue.end_ms or cue.start_ms for cue in cues if cue.start_ms is not None]
    return max(ends) if ends else None


def _write(session, transcript, data, person, *, by, at):
    kept = ""
    try:
        with transaction.atomic():
            if person is not None:
                session.participant = participants.known_or_new(person)
            session.save()
            cues = Cue.objects.bulk_create(
                [
                    Cue(
                        session=session,
                        position=position,
                        start_ms=cue.start_ms,
                        end_ms=cue.end_ms,
                        speaker=cue.speaker,
                        text=cue.text,
                    )
                    for position, cue in enumerate(transcript.cues)
                ],
                batch_size=BATCH,
            )
            speakers.meet(session, {cue.speaker for cue in cues})
            search.index(session)
            search.index_many(cues)
            activity.record("session.added", on=session, by=by, at=at, data={"cues": len(cues)})
            suffix = PurePath(session.source_name).suffix.lower()[:10]
            session.source.save(f"{session.sha256}{suffix}", ContentFile(data), save=False)
            kept = session.source.name
            Session.objects.filter(pk=session.pk).update(source=kept)
    except BaseException:
        if kept:
            session.source.storage.delete(kept)
        raise


@transaction.atomic
def edit(session, *, person, by, at, **fields):
    """Change what a session says of itself; what was said in it stays as it is."""
    before = session.held_on, session.participant_id
    fields["participant"] = participants.known_or_new(person)
    for field, value in fields.items():
        setattr(session, field, value)
    session.save(update_fields=list(fields))
    search.index(session)
    if (session.held_on, session.participant_id) != before:  # what turns are found by, beside their words
        search.index_many(session.cues.select_related("session__study"))
    activity.record("session.edited", on=session, by=by, at=at)


@transaction.atomic
def delete(session, *, by, at):
    """Remove a session with its transcript and highlights; raises `Cited` if insights stand on it."""
    cues, highlights = list(session.cues.all()), list(session.highlights.all())
    activity.record(
        "session.deleted", on=session, by=by, at=at, data={"cues": len(cues), "highlights": len(highlights)}
    )
    search.remove_many([session, *cues, *highlights])
    documents = [session.source, *(part.source for part in session.parts.all())]
    media = list(session.recordings.values_list("file", flat=True))
    try:
        session.delete()
    except ProtectedError as error:
        insights = {getattr(evidence, "insight_id", None) for evidence in error.protected_objects}
        word = "insight stands" if len(insights) == 1 else "insights stand"
        raise Cited(
            f"{len(insights)} {word} on highlights of this session. Take them out of the evidence first."
        ) from error
    for source in filter(None, documents):
        transaction.on_commit(partial(source.storage.delete, source.name), robust=True)
    for name in media:
        transaction.on_commit(partial(media_store.remove, name), robust=True)
