"""The search entries of what the demo writes, by COPY: the same entries as the services make."""

import datetime as dt
from contextlib import contextmanager

from django.db import connection
from django.urls import reverse

from prodops.models import SearchEntry
from prodops.search import Entry
from research import search
from research.models import Cue

from .rows import copy

_COLUMNS = ("kind", "object_id", *Entry._fields)


@contextmanager
def built_afterwards():
    """The full-text index is made anew after a load of millions, which is many times quicker than with it."""
    index = next(index for index in SearchEntry._meta.indexes if index.name == "search_kind_document")
    with connection.schema_editor() as editor:
        editor.remove_index(SearchEntry, index)
    yield
    with connection.schema_editor() as editor:
        editor.add_index(SearchEntry, index)


def sessions(rows):
    """Entries of sessions, whose study and participant are loaded."""
    _write(("session", session.pk, search.session(session)) for session in rows)


def cues(rows, roles):
    """Entries of turns: (session, its address, columns of the turn as `transcripts` writes them).

    `roles` says what role a (session id, speaker) has.
    """

    def entries():
        for session, url, (pk, _, position, start_ms, end_ms, speaker, text) in rows:
            cue = Cue(pk=pk, position=position, start_ms=start_ms, end_ms=end_ms, speaker=speaker, text=text)
            yield "cue", pk, search.cue_entry(cue, session, url, roles.get((session.pk, speaker), ""))

    _write(entries())


def highlights(rows, roles):
    """Entries of highlights: (session, its address, id, first cue's id, its text, quote, tags, made at)."""

    def entries():
        for session, url, pk, cue_id, cue, quote, tags, at in rows:
            role, moment = roles.get((session.pk, cue.speaker), ""), f"{url}#c{cue_id}"
            entry = search.highlight_entry(quote, tags, moment, at, session, role, cue.start_ms)
            yield "highlight", pk, entry

    _write(entries())


def address(session):
    return reverse("research:session_detail", args=[session.pk])


def _write(entries):
    copy(SearchEntry, _COLUMNS, (_columns(kind, pk, entry) for kind, pk, entry in entries))


def _columns(kind, pk, entry):
    fields = entry._asdict() | {"title": entry.title[:300], "context": entry.context[:300]}
    happened_at = fields["happened_at"]
    assert isinstance(happened_at, dt.datetime)
    return (kind, pk, *(str(value) if key.endswith("capability") else value for key, value in fields.items()))
