"""Sessions' texts into the database by COPY: turns, highlights, their tags, and what finds them."""

import datetime as dt

from research.models import Cue, Highlight, HighlightTag, Speaker
from research.synthesis import voices

from . import indexing
from .rows import copy, take_ids

_CUE = ("id", "session_id", "position", "start_ms", "end_ms", "speaker", "text")
_HIGHLIGHT = (
    *("id", "session_id", "start_cue_id", "start_offset", "end_cue_id", "end_offset", "quote"),
    *("created_by_id", "created_at"),
)
_SPEAKER = ("session_id", "label", "role", "participant_id", "user_id", "guessed")
_TAG = ("highlight_id", "tag_id", "created_by_id", "created_at")


def write(sessions, texts, tags, *, by):
    """Give each of `sessions` (saved rows) the turns and highlights of its text.

    Returns {(index of the session, number of the highlight in it, from 1): highlight id}.
    """
    ids = iter(take_ids(Cue, sum(len(text.cues) for text in texts)))
    cues, marks, found = [], [], []
    for index, (session, text) in enumerate(zip(sessions, texts, strict=True)):
        url = indexing.address(session)
        for position, cue in enumerate(text.cues):
            pk = next(ids)
            row = (pk, session.pk, position, cue.start_ms, cue.end_ms, cue.speaker, cue.text)
            cues.append(row)
            found.append((session, url, row))
            marks += [(index, session, url, pk, cue, mark) for mark in cue.marks]
    copy(Cue, _CUE, cues)
    roles = _write_speakers(sessions, texts)
    indexing.sessions(sessions)
    indexing.cues(found, roles)
    return _write_highlights(marks, tags, by, roles)


def _write_speakers(sessions, texts):
    """What role each (session id, label) has."""
    rows, roles = [], {}
    for session, text in zip(sessions, texts, strict=True):
        person, host = session.participant, session.moderator
        labels = sorted({cue.speaker for cue in text.cues if cue.speaker})
        for label, role in voices.guess(labels, voices.People(person.name, host.name)).items():
            who = person.pk if role == "participant" else None
            user = host.pk if role == "moderator" else None
            rows.append((session.pk, label, role, who, user, False))
            roles[session.pk, label] = role
    copy(Speaker, _SPEAKER, rows)
    return roles


def _write_highlights(marks, tags, by, roles):
    ids = take_ids(Highlight, len(marks))
    highlights: list[tuple] = []
    taggings: list[tuple] = []
    found: list[tuple] = []
    numbered: dict[tuple[int, int], int] = {}
    counts: dict[int, int] = {}
    for pk, (index, session, url, cue_id, cue, mark) in zip(ids, marks, strict=True):
        at = session.created_at + dt.timedelta(hours=16, minutes=3 * len(highlights) % 240)
        quote = cue.text[mark.start : mark.end]
        chosen = [tags[slug] for slug in mark.tags]
        highlights.append((pk, session.pk, cue_id, mark.start, cue_id, mark.end, quote, by.pk, at))
        taggings += [(pk, tag.pk, by.pk, at) for tag in chosen]
        found.append((session, url, pk, cue_id, cue, quote, chosen, at))
        counts[index] = counts.get(index, 0) + 1
        numbered[index, counts[index]] = pk
    copy(Highlight, _HIGHLIGHT, highlights)
    copy(HighlightTag, _TAG, taggings)
    indexing.highlights(found, roles)
    return numbered
