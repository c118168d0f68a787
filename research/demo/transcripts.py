"""Sessions' texts into the database by COPY: cues, highlights and their tags."""

import datetime as dt

from research.models import Cue, Highlight, HighlightTag

from .rows import copy, take_ids

_CUE = ("id", "session_id", "position", "start_ms", "end_ms", "speaker", "text")
_HIGHLIGHT = (
    *("id", "session_id", "start_cue_id", "start_offset", "end_cue_id", "end_offset", "quote"),
    *("created_by_id", "created_at"),
)
_TAG = ("highlight_id", "tag_id", "created_by_id", "created_at")


def write(sessions, texts, tags, *, by):
    """Give each of `sessions` (saved rows) the cues and highlights of its text.

    Returns {"s03#1": highlight id} by session key and the highlight's number in the session.
    """
    cue_ids = iter(take_ids(Cue, sum(len(text.cues) for text in texts)))
    cues, marks = [], []
    for session, text in zip(sessions, texts, strict=True):
        for position, cue in enumerate(text.cues):
            pk = next(cue_ids)
            cues.append((pk, session.pk, position, cue.start_ms, cue.end_ms, cue.speaker, cue.text))
            marks += [(session, text.key, pk, cue, mark) for mark in cue.marks]
    copy(Cue, _CUE, cues)
    return _write_highlights(marks, tags, by)


def _write_highlights(marks, tags, by):
    ids = take_ids(Highlight, len(marks))
    highlights: list[tuple] = []
    taggings: list[tuple] = []
    numbered: dict[str, int] = {}
    counts: dict[int, int] = {}
    for pk, (session, key, cue_id, cue, mark) in zip(ids, marks, strict=True):
        at = session.created_at + dt.timedelta(hours=16, minutes=3 * len(highlights) % 240)
        quote = cue.text[mark.start : mark.end]
        highlights.append((pk, session.pk, cue_id, mark.start, cue_id, mark.end, quote, by.pk, at))
        taggings += [(pk, tags[slug].pk, by.pk, at) for slug in mark.tags]
        counts[session.pk] = counts.get(session.pk, 0) + 1
        numbered[f"{key}#{counts[session.pk]}"] = pk
    copy(Highlight, _HIGHLIGHT, highlights)
    copy(HighlightTag, _TAG, taggings)
    return numbered
