"""The words of a question as the index has them, and what was meant by those that it does not have."""

from typing import NamedTuple

from django.db import connection

from .asked import MOST_WORDS, swapped

SIMILAR = 0.4
CHANGED_ROUND = 0.95  # how likely a word with two letters changed round is the one meant

# A text's words as the index has them; each with how many entries it stands in, and for one that
# stands in none the likeliest meant. One row at least, with the number of entries.
_WORDS = """
WITH asked AS (
  SELECT word, row_number() OVER () AS place
  FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.english', prodops_norm(%s)))) word LIMIT %s),
swapped AS (
  SELECT (tsvector_to_array(to_tsvector('pg_catalog.english', word)))[1] AS word,
         (tsvector_to_array(to_tsvector('pg_catalog.english', other)))[1] AS other
  FROM unnest(%s::text[], %s::text[]) pairs (word, other)
  WHERE EXISTS (SELECT FROM asked LEFT JOIN prodops_searchlexeme known ON known.lexeme = asked.word
                WHERE known.lexeme IS NULL))
SELECT greatest(size.reltuples, 1), asked.word, known.entries, near.lexeme, near.entries, near.likeness
FROM (SELECT reltuples FROM pg_class WHERE oid = 'prodops_searchentry'::regclass) size
LEFT JOIN asked ON true
LEFT JOIN prodops_searchlexeme known ON known.lexeme = asked.word
LEFT JOIN LATERAL (
  SELECT lexeme, entries, max(likeness) AS likeness FROM (
    SELECT lexeme, entries, similarity(lexeme, asked.word) AS likeness
    FROM prodops_searchlexeme
    WHERE known.lexeme IS NULL AND length(asked.word) > 2
      AND lexeme %% asked.word AND similarity(lexeme, asked.word) >= %s
    UNION ALL
    SELECT lexeme, entries, %s FROM swapped JOIN prodops_searchlexeme ON lexeme = swapped.other
    WHERE known.lexeme IS NULL AND swapped.word = asked.word) likely
  GROUP BY lexeme, entries ORDER BY likeness DESC, entries DESC, lexeme LIMIT 2) near ON true
ORDER BY asked.place, near.likeness DESC
"""


class Word(NamedTuple):
    """A word to look for: as the index has it, how rare it is, and how surely it was meant."""

    stem: str
    entries: int
    weight: float
    instead_of: str = ""  # the unknown word that it repairs


def words(text):
    """([Word], number of entries in the index) of what was typed: one query."""
    pairs = swapped(text)
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [text, MOST_WORDS, first, second, SIMILAR, CHANGED_ROUND])
        rows = cursor.fetchall()
    found: dict[str, Word] = {}
    for _, word, entries, near, near_entries, likeness in rows:
        if word is None:
            continue
        # A word the vocabulary lacks may be newer than the vocabulary: it is looked for all the same.
        found.setdefault(word, Word(word, entries or 1, 1.0))
        if near is not None:
            found.setdefault(near, Word(near, near_entries, float(likeness), instead_of=word))
    return list(found.values()), rows[0][0]
