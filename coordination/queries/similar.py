"""Requests that ask for much the same: words, with typos repaired, over the search index.

Words and meaning each bring candidates; each candidate is scored by both, and `coordination.matching` puts
them in order. Where there is no model, or a request has no vector yet, its words do.
"""

from django.core.cache import cache
from django.db import connection, transaction

from coordination.matching import Candidate, enough, fuse, query_text
from coordination.models import Request, State
from prodops import meaning

CANDIDATES = 100
BUDGET = 2_000  # entries that the words of a query may be in together; the commonest words are dropped first
SHAPE_SECONDS = 600
QUERY = 600  # characters whose meaning is looked for

# Words weigh by their rarity; a hit in the title counts 1, in the body 0.6; length gains nothing.
# A word that no text has is taken for a typo and replaced by the two likest words of the vocabulary.
LEXICAL = """
WITH ql AS (
  SELECT l, length(l) > 3 AND NOT EXISTS (SELECT 1 FROM prodops_searchlexeme WHERE lexeme = l) AS unknown
  FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.english', public.prodops_norm(%(text)s)))) l),
qx AS (
  SELECT l, 1.0::real AS weight FROM ql
  UNION ALL
  SELECT near.lexeme, near.likeness FROM ql CROSS JOIN LATERAL (
    SELECT lexeme, similarity(lexeme, ql.l) AS likeness FROM prodops_searchlexeme
    WHERE lexeme %% ql.l AND entries >= 2 ORDER BY likeness DESC, entries DESC LIMIT 2) near
  WHERE ql.unknown),
q AS MATERIALIZED (
  SELECT l, df, weight * ln(1 + greatest(%(entries)s - df + .5, .5) / (df + .5)) AS idf,
    quote_literal(l)::tsquery AS anywhere, (quote_literal(l) || ':A')::tsquery AS in_title
  FROM (SELECT qx.l, max(qx.weight) AS weight, coalesce(min(x.entries), 1) AS df
        FROM qx LEFT JOIN prodops_searchlexeme x ON x.lexeme = qx.l GROUP BY qx.l) words),
rarest AS MATERIALIZED (
  SELECT string_agg(anywhere::text, ' | ')::tsquery AS either
  FROM (SELECT anywhere, df, sum(df) OVER (ORDER BY df, l) AS total FROM q) z WHERE total <= %(budget)s)
SELECT e.object_id,
  (SELECT coalesce(sum(q.idf * CASE WHEN e.document @@ q.in_title THEN 1 ELSE .6 END), 0)
   FROM q WHERE e.document @@ q.anywhere)
  / (.6 + .4 * ln(10 + length(e.document)) / ln(10 + %(words)s)) AS score
FROM prodops_searchentry e
WHERE e.kind = 'request' AND e.document @@ (SELECT either FROM rarest) AND e.object_id <> %(apart_from)s
ORDER BY score DESC LIMIT %(candidates)s
"""


# What is nearest in meaning, and how near the candidates of the words are.
MEANING = """
WITH near AS MATERIALIZED (
  SELECT object_id FROM prodops_searchentry
  WHERE kind = 'request' AND embedding IS NOT NULL AND embedded_key = meaning_key
    AND object_id <> %(apart_from)s
  ORDER BY embedding <=> %(vector)s::halfvec LIMIT %(candidates)s)
SELECT e.object_id, 1 - (e.embedding <=> %(vector)s::halfvec)
FROM (SELECT object_id FROM near UNION SELECT unnest(%(known)s::bigint[])) one
JOIN prodops_searchentry e ON e.kind = 'request' AND e.object_id = one.object_id
WHERE e.embedding IS NOT NULL AND e.embedded_key = e.meaning_key
"""
CLOSE = 0.35  # cosine below which meaning alone makes nothing a candidate


def similar_requests(title, body="", *, limit=5, user=None, apart_from=0):
    """Requests that ask for much the same as `title` and `body`, most likely first; [] for too few words.

    Requests of every team are found, since finding another team's is the point: who may read more than
    title, state and number of accounts is the caller's matter. Where `user` is given, each has
    `readable`: whether that person may. `apart_from` is the id of a request to leave out.
    """
    text = query_text(title, body)
    if not enough(text):
        return []
    ordered = [pk for pk, _ in fuse(_candidates(text, apart_from or 0), limit=limit)]
    found = Request.objects.for_list().in_bulk(ordered)
    requests = [found[pk] for pk in ordered if pk in found]
    if user is not None:
        readable = set(Request.objects.visible_to(user).filter(pk__in=ordered).values_list("pk", flat=True))
        for request in requests:
            request.readable = request.pk in readable
    return requests


def suggestions(title, body="", *, user, limit=5, apart_from=0):
    """The same for showing: a merged request stands for the one it was joined with, each once."""
    shown: dict[int, Request] = {}
    for request in similar_requests(title, body, limit=limit * 2, apart_from=apart_from):
        stands_for = request.root_id if request.state == State.MERGED else request.pk
        if stands_for != apart_from:
            shown.setdefault(stands_for, request)
    roots = [pk for pk, request in shown.items() if request.pk != pk]
    shown |= Request.objects.for_list().in_bulk(roots)
    readable = set(Request.objects.visible_to(user).filter(pk__in=shown).values_list("pk", flat=True))
    for request in shown.values():
        request.readable = request.pk in readable
    return list(shown.values())[:limit]


def _candidates(text, apart_from):
    """[Candidate] of words and meaning together."""
    by_words = _lexical_candidates(text, apart_from)
    vector = meaning.of_query(text[:QUERY])
    if vector is None:
        return by_words
    known = {one.id: one.lexical for one in by_words}
    parameters = {"vector": str(vector), "candidates": CANDIDATES, "apart_from": apart_from}
    with connection.cursor() as cursor:
        cursor.execute(MEANING, parameters | {"known": list(known)})
        near = {pk: float(cosine) for pk, cosine in cursor.fetchall()}
    close = [pk for pk, cosine in near.items() if cosine >= CLOSE and pk not in known]
    scored = [Candidate(pk, lexical, near.get(pk)) for pk, lexical in known.items()]
    return scored + [Candidate(pk, 0.0, near[pk]) for pk in close]


def _lexical_candidates(text, apart_from):
    parameters = {"text": text, "budget": BUDGET, "candidates": CANDIDATES, "apart_from": apart_from}
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling would take longer than running; the threshold is what counts as a likely typo.
        cursor.execute("SET LOCAL jit = off; SET LOCAL pg_trgm.similarity_threshold = 0.4")
        cursor.execute(LEXICAL, parameters | _shape_of_the_index(cursor))
        return [Candidate(pk, float(score)) for pk, score in cursor.fetchall()]


def _shape_of_the_index(cursor):
    """How many entries there are and how many words a request has: they change slowly, hence the cache."""
    shape = cache.get("coordination:index-shape")
    if shape is None:
        cursor.execute(
            "SELECT (SELECT count(*) FROM prodops_searchentry),"
            " (SELECT coalesce(avg(length(document)), 20) FROM"
            " (SELECT document FROM prodops_searchentry WHERE kind = 'request'"
            " ORDER BY happened_at DESC LIMIT 500) newest)"
        )
        entries, words = cursor.fetchone()
        shape = {"entries": entries, "words": float(words)}
        cache.set("coordination:index-shape", shape, SHAPE_SECONDS)
    return shape


def merge_targets(request, words, *, user):
    """What `request` may be joined with: what `words` find (a number, or a text), else what is like it."""
    number = words.strip().upper().removeprefix("REQ-")
    others = Request.objects.visible_to(user).filter(merged_into=None).exclude(pk=request.pk).for_list()
    if number.isascii() and number.isdecimal() and len(number) < 10:
        return list(others.filter(pk=number))
    if not words.strip():
        return suggestions(request.title, request.problem, user=user, apart_from=request.pk)
    if found := suggestions(words, user=user, apart_from=request.pk, limit=8):
        return found
    return list(others.filter(title__icontains=words.strip()).order_by("-accounts_count", "-pk")[:8])
