"""Many files at once: each becomes a session, and what belongs together comes together."""

import datetime as dt
import re
from collections import Counter
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from research.formats import filenames, transcripts
from research.models import Recording, Session, Study

from . import participants, recordings, sessions

# What recorders call every recording, whoever speaks in it
_STANDARD = re.compile(
    r"(?:audio|video|only|rec(?:order|ording)?|gallery|speaker|active|shared|screen|view|with|and|zoom|teams"
    r"|meet|transcript(?:ion)?|captions?|untitled|new|memo|voice|playback|gvo|\d{1,3}|[ ()])+"
)
NOBODY = participants.Person("")


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    JOINED = "joined"  # the session of its recording
    HERE = "here"


class Taken(NamedTuple):
    """`session` is None on a dry run, for a file that would make one."""

    outcome: Outcome
    title: str
    held_on: dt.date
    session: Session | None
    warnings: tuple


def transcript(study, *, data, filename, day, by, at, dry_run=False):
    """Read one transcript into `study`; `day` is when it was held if neither name nor text says so.

    Where a recording of the same name waits for its words, they go to its session. Raises
    `transcripts.TranscriptError`; nothing is kept then. A dry run says the same and keeps nothing.
    """
    filename = recordings.clean_name(filename)
    known = sessions.known(study, data)
    if known:
        return Taken(Outcome.HERE, known.title, known.held_on, known, ())
    read = transcripts.parse(data, filename)
    title, held_on = _guess(filename, data, read.cues, day)
    waiting = _waiting(study, filename)
    if dry_run:
        outcome = Outcome.JOINED if waiting else Outcome.ADDED
        return Taken(outcome, waiting.title if waiting else title, held_on, waiting, tuple(read.warnings))
    try:
        if waiting:
            warnings = sessions.fill(waiting, data=data, filename=filename, by=by, at=at, as_read=True)
            return Taken(Outcome.JOINED, waiting.title, waiting.held_on, waiting, tuple(warnings))
        session, warnings = sessions.add(
            study,
            title=title,
            held_on=held_on,
            person=NOBODY,
            moderator=None,
            data=data,
            filename=filename,
            by=by,
            at=at,
            as_read=True,  # a list of files says by each what was malformed in it
        )
    except sessions.AlreadyHere as error:
        return Taken(Outcome.HERE, error.session.title, error.session.held_on, error.session, ())
    return Taken(Outcome.ADDED, title, held_on, session, tuple(warnings))


def _guess(filename, data, cues, day):
    guess = filenames.guess(filename)
    title = guess.title
    if guess.says_nothing:
        speakers = Counter(cue.speaker for cue in cues if cue.speaker)
        names = [name for name, _ in speakers.most_common(2)]
        title = f"Session with {' and '.join(names)}"[:200] if names else title
    head = data[:4_000].decode("utf-8", "ignore")
    said = filenames.date_in(head) or filenames.date_in("\n".join(cue.text for cue in cues[:3]))
    return title, guess.held_on or said or day


def _waiting(study, filename):
    """The session that has a recording of that name and no words yet."""
    if _is_standard(filename):
        return None
    stem = filenames.stem_of(filename)
    silent = Recording.objects.kept().filter(session__study=study, session__sha256="")
    for recording in silent.select_related("session__study").order_by("pk"):
        if filenames.stem_of(recording.name) == stem and not recording.session.cues.exists():
            return recording.session
    return None


def recording(study, *, name, size, day, by, at):
    """Begin the upload of a recording: into the session of its transcript, else into a new one.

    Returns the recording. Raises as `recordings.begin` does; no session is opened then.
    """
    name = recordings.clean_name(name)
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)  # a second tab finds the first one's session
        session = _of_standard(study, name, size) if _is_standard(name) else _of_stem(study, name)
        if session is None:
            title, held_on, _ = filenames.guess(name)
            session = sessions.open_empty(study, title=title, held_on=held_on or day, by=by, at=at)
        return recordings.begin(session, name=name, size=size, by=by, at=at)


def _of_stem(study, name):
    stem = filenames.stem_of(name)
    for kept in Recording.objects.kept().filter(session__study=study).select_related("session"):
        if filenames.stem_of(kept.name) == stem:
            return kept.session
    for session in study.sessions.exclude(source_name="").order_by("-pk"):
        if filenames.stem_of(session.source_name) == stem:
            return session
    return None


def _is_standard(name):
    """Whether recorders call all they record so: it does not tell one interview from another."""
    return bool(_STANDARD.fullmatch(filenames.stem_of(name)))


def _of_standard(study, name, size):
    """The session of that very file: an upload under way goes on."""
    same = Recording.objects.kept().filter(session__study=study, name=name, size=size)
    found = same.select_related("session").order_by("pk").first()
    return found.session if found else None
