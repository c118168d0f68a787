"""What might ask for the same as a text: found by words and by meaning in one statement, each scored by both.

The words that are typed weigh by their rarity, a hit in the title counts 1 and one in the body 0.6; length
gains nothing. A word that no text has is taken for a typo and replaced by the two likest of the vocabulary.
"""

from django.core.cache import cache
from django.db import connection

from coordination.matching import Candidate
from prodops import meaning

CANDIDATES = 100  # that each of words and meaning may bring
BUDGET = 2_000  # entries that the words of a query may be in together; the commonest words are dropped first
MOST_WORDS = 24  # of a query by which candidates are scored: the rarest say nearly all there is to say
REPAIRED = 10  # words at most that are taken for typos: each is looked for in the whole vocabulary
IN_BODY = 0.6  # what a word of a text's body counts beside one of its title, asked for or found
SHAPE_KEY, SHAPE_SECONDS = "coordination:index-shape", 600
QUERY = 600  # characters whose meaning is looked for

_OF_LENGTH = "/ (.6 + .4 * ln(10 + length(e.document)) / ln(10 + %(words)s::real))"
_SCORE = f"""(
  SELECT coalesce(sum(q.idf * CASE WHEN e.document @@ q.in_title THEN 1 ELSE %(in_body)s::real END), 0)
  FROM q WHERE e.document @@ q.anywhere) {_OF_LENGTH}"""  # noqa: S608

# The cosine of an entry whose vector is of an older text is not known; nor is any where there is no model.
_COSINE = """CASE WHEN e.embedded_key = e.meaning_key THEN 1 - (e.embedding <=> %(vector)s::halfvec) END"""

_STATEMENT = f"""
WITH asked AS (
  SELECT lexeme, max(weight) AS weight FROM (
    SELECT unnest(tsvector_to_array(to_tsvector('pg_catalog.english', public.prodops_norm(%(title)s)))),
      1.0::real
    UNION ALL
    SELECT unnest(tsvector_to_array(to_tsvector('pg_catalog.english', public.prodops_norm(%(body)s)))),
      %(in_body)s::real) said (lexeme, weight)
  GROUP BY lexeme),
known AS (
  SELECT a.lexeme, a.weight, v.entries, v.lexeme IS NULL AND length(a.lexeme) > 3 AS unknown
  FROM asked a LEFT JOIN prodops_searchlexeme v ON v.lexeme = a.lexeme
  WHERE length(a.lexeme) BETWEEN 2 AND 60),  -- no others are counted, and "e" may stand everywhere
meant AS (
  SELECT lexeme, weight, coalesce(entries, 1) AS entries FROM known
  UNION ALL
  SELECT near.lexeme, known.weight * near.likeness, near.entries
  FROM (SELECT * FROM known WHERE unknown ORDER BY weight DESC, length(lexeme) DESC LIMIT %(repaired)s) known
  CROSS JOIN LATERAL (
    SELECT lexeme, entries, similarity(lexeme, known.lexeme) AS likeness FROM prodops_searchlexeme
    WHERE lexeme %% known.lexeme AND entries >= 2 ORDER BY likeness DESC, entries DESC LIMIT 2) near),
q AS MATERIALIZED (
  SELECT lexeme, entries, idf,
    quote_literal(lexeme)::tsquery AS anywhere, (quote_literal(lexeme) || ':A')::tsquery AS in_title
  FROM (
    SELECT lexeme, min(entries) AS entries, max(weight)
      * ln(1 + greatest(%(entries)s - min(entries) + .5, .5) / (min(entries) + .5)) AS idf
    FROM meant GROUP BY lexeme ORDER BY idf DESC LIMIT %(most_words)s) rarest),
rare AS MATERIALIZED (
  SELECT * FROM (SELECT q.*, sum(entries) OVER (ORDER BY entries, lexeme) AS together FROM q) z
  WHERE together <= %(budget)s),
by_words AS MATERIALIZED (
  SELECT e.id FROM rare JOIN prodops_searchentry e ON e.document @@ rare.anywhere
  WHERE e.kind = 'request' AND e.object_id <> %(apart_from)s
  GROUP BY e.id ORDER BY
    sum(rare.idf * CASE WHEN e.document @@ rare.in_title THEN 1 ELSE %(in_body)s::real END) {_OF_LENGTH} DESC,
    e.id DESC
  LIMIT %(candidates)s),
by_meaning AS MATERIALIZED (
  SELECT e.id FROM prodops_searchentry e
  WHERE %(vector)s IS NOT NULL AND e.kind = 'request' AND e.object_id <> %(apart_from)s
    AND e.embedding IS NOT NULL
  ORDER BY e.embedding <=> %(vector)s::halfvec LIMIT %(candidates)s)
SELECT e.object_id, {_SCORE} AS lexical, {_COSINE} AS cosine, coalesce(r.root_id, r.id)
FROM (SELECT id FROM by_words UNION SELECT id FROM by_meaning) one JOIN prodops_searchentry e USING (id)
JOIN coordination_request r ON r.id = e.object_id
"""  # noqa: S608  (only the expressions above are put in)


def candidates(title, body="", *, apart_from=0):
    """[`Candidate`] of the ids of requests, at most twice `CANDIDATES`, in no order; and {id: root's id}.

    What counts as a likely typo, and how far the index of meanings looks, is said in the settings.
    """
    vector = meaning.of_query(f"{title}. {body}"[:QUERY] if body else title[:QUERY])
    parameters = {
        "title": title,
        "body": body,
        "vector": None if vector is None else str(vector),
        "apart_from": apart_from,
        "in_body": IN_BODY,
        "budget": BUDGET,
        "most_words": MOST_WORDS,
        "repaired": REPAIRED,
        "candidates": CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, parameters | _shape_of_the_index(cursor))
        rows = cursor.fetchall()
    found = [Candidate(pk, float(lexical), cosine) for pk, lexical, cosine, _ in rows]
    return found, {pk: root for pk, _, _, root in rows}


def forget_shape():
    """Count the index again before the next question: after many entries came at once."""
    cache.delete(SHAPE_KEY)


def _shape_of_the_index(cursor):
    """How many entries there are and how many words a request has: they change slowly, hence the cache."""
    shape = cache.get(SHAPE_KEY)
    if shape is None:
        cursor.execute(
            "SELECT (SELECT count(*) FROM prodops_searchentry),"
            " (SELECT coalesce(avg(length(document)), 20) FROM"
            " (SELECT document FROM prodops_searchentry WHERE kind = 'request'"
            " ORDER BY happened_at DESC LIMIT 500) newest)"
        )
        entries, words = cursor.fetchone()
        shape = {"entries": entries, "words": float(words)}
        cache.set(SHAPE_KEY, shape, SHAPE_SECONDS)
    return shape
