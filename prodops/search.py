"""What is findable: apps register kinds; services index a thing in the transaction that changes it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import batched
from typing import NamedTuple

from django.db import connection, transaction

from prodops import jobs
from prodops.models import SearchEntry

BATCH = 2_000


# The time of what has none, such as a tag: it comes after all else and is not shown.
TIMELESS = datetime(2000, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """What of a thing stands in the index; see `SearchEntry` for who may find it."""

    title: str
    url: str
    capability: str
    happened_at: datetime
    body: str = ""
    context: str = ""
    team_ids: list[int] | None = None
    user_ids: list[int] | None = None
    wide_capability: str = ""
    moment_ms: int | None = None
    facets: list[str] = []


class Kind(NamedTuple):
    key: str
    label: str  # the model's: "research.insight"
    plural: str  # on the facet: "Insights"
    icon: str
    order: int
    entry: Callable
    meaning: tuple[str, ...]  # the parts of the entry that say what it means: see `register`
    prepare: Callable | None = None


_kinds: dict[str, Kind] = {}
_by_label: dict[str, Kind] = {}


def register(key, *, model, plural, icon="file-earmark", order=100, meaning=("title", "body"), prepare=None):
    """Decorate the function that makes the `Entry` of one thing, or None if it is not to be found.

    `meaning` is what of it is looked for by meaning: the title and the body, the body alone, or nothing,
    as of names. `prepare` is called with each batch of things before their entries are made, to load in one
    query what all of them need.
    """

    def decorate(function):
        kind = Kind(key, model, plural, icon, order, function, tuple(meaning), prepare)
        _kinds[key] = _by_label[model] = kind
        return function

    return decorate


def kinds():
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))


def kind(key):
    return _kinds.get(key)


def index(*things):
    """Write what of `things` is findable, in the caller's transaction; things of one kind at a time."""
    index_many(things)


def index_many(things):
    """The same for any number of things, in batches."""
    for batch in batched(things, BATCH, strict=False):
        _index(batch)
    _embed_after_commit()


def _index(things):
    for found in {_by_label[thing._meta.label_lower] for thing in things}:
        if found.prepare:
            found.prepare([thing for thing in things if _by_label[thing._meta.label_lower] is found])
    rows, gone = [], []
    for thing in things:
        found = _by_label[thing._meta.label_lower]
        entry = found.entry(thing)
        if entry is None:
            gone.append(thing)
            continue
        fields = entry._asdict() | {"title": entry.title[:300], "context": entry.context[:300]}
        rows.append({"kind": found.key, "object_id": thing.pk, **fields})
    _upsert(rows)
    remove_many(gone)


def _embed_after_commit():
    """Wake the worker that makes vectors: once a transaction, however much it wrote."""
    if not any(getattr(waiting[1], "wakes_embedder", False) for waiting in connection.run_on_commit):

        def wake():
            jobs.publish("prodops.tasks.embed")

        wake.wakes_embedder = True  # type: ignore[attr-defined]
        transaction.on_commit(wake, robust=True)


_COLUMNS = {  # as the table has them; an entry's fields after the two that say whose it is
    "kind": "text",
    "object_id": "bigint",
    "title": "text",
    "url": "text",
    "capability": "text",
    "happened_at": "timestamptz",
    "body": "text",
    "context": "text",
    "team_ids": "bigint[]",
    "user_ids": "bigint[]",
    "wide_capability": "text",
    "moment_ms": "integer",
    "facets": "text[]",
}
# One parameter for a thousand rows: a placeholder for each value took longer than to write them.
_UPSERT = f"""
INSERT INTO prodops_searchentry ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)}
  FROM jsonb_to_recordset(%s) AS entry({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
    ON CONFLICT (kind, object_id) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in Entry._fields)}
"""  # noqa: S608  (only names of our own)


def _upsert(rows):
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [json.dumps(rows, default=str)])


def remove(*things):
    """Take `things` out of the index at once, in the caller's transaction."""
    remove_many(things)


def remove_many(things):
    by_kind: dict[str, list[int]] = {}
    for thing in things:
        by_kind.setdefault(_by_label[thing._meta.label_lower].key, []).append(thing.pk)
    for key, ids in by_kind.items():
        SearchEntry.objects.filter(kind=key, object_id__in=ids).delete()
