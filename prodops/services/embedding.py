"""Vectors of what the index holds, made in the background; the words are findable at once without them."""

import uuid

from django.db import connection, transaction

from prodops import meaning, search
from prodops.models import SearchEntry
from prodops.models.search import OUTDATED

BATCH = 16
LOCK = 384_001  # the advisory lock's number
SHORT = 4  # words: what somebody said in fewer ("Yes, exactly.") means nothing by itself

_WRITE = """
UPDATE prodops_searchentry SET embedding = known.embedding::halfvec, embedded_key = known.key
FROM unnest(%s::bigint[], %s::uuid[], %s::text[]) AS known (id, key, embedding)
WHERE prodops_searchentry.id = known.id AND prodops_searchentry.meaning_key = known.key
"""


def left():
    """How many entries have no vector of what they say now."""
    return SearchEntry.objects.filter(OUTDATED).count()


@transaction.atomic
def embed_batch():
    """Give the next `BATCH` entries their vectors; how many were done, 0 when there are none or no model.

    One worker makes vectors at a time, so that the others are there for what people wait for. The rows
    are held for the moment it takes; a text that has a vector already lends it.
    """
    if meaning.model() is None or not _alone():
        return 0
    waiting = SearchEntry.objects.filter(OUTDATED).select_for_update(skip_locked=True)
    fields = ("pk", "kind", "title", "body", "meaning_key")
    rows = list(waiting.order_by("-pk").values_list(*fields)[:BATCH])
    if not rows:
        return 0
    known = _known({row[4] for row in rows})
    texts = {}
    for _, kind, title, body, key in rows:
        text = _text(search.kind(kind), title, body)
        if text and key not in known:
            texts[key] = text
    vectors = meaning.embed(list(texts.values()))
    known |= {key: _written(vector) for key, vector in zip(texts, vectors, strict=True)}
    with connection.cursor() as cursor:
        ids, keys = [row[0] for row in rows], [row[4] for row in rows]
        cursor.execute(_WRITE, [ids, keys, [known.get(key) for key in keys]])
    return len(rows)


def _alone():
    """Whether no other worker is at it; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def _text(kind, title, body):
    if kind is None or not kind.meaning:
        return ""
    if kind.meaning == ("body",):
        return meaning.text_of(body) if len(body.split()) >= SHORT else ""
    return meaning.text_of(title, body)


def _known(keys: set[uuid.UUID]):
    """{key: the vector as text} of texts that stand in the index already."""
    held = SearchEntry.objects.filter(embedded_key__in=keys, embedding__isnull=False)
    rows = held.order_by("embedded_key").distinct("embedded_key").values_list("embedded_key", "embedding")
    return {key: _written(vector) for key, vector in rows}


def _written(vector):
    return f"[{','.join(f'{number:.5g}' for number in vector)}]"


def forget():
    """Drop every vector, so that all are made anew."""
    SearchEntry.objects.update(embedding=None, embedded_key=None)
