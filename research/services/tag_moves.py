"""Highlights that go from one tag to another: thousands in a few statements, and back again.

A change's moves are written first, then carried out. Taking a change back gives each highlight what it had,
unless somebody meanwhile took off the tag that it got: what people did by hand since then stays. A tagging
is known by its highlight, its tag and the moment when somebody tagged, which neither way changes.
"""

from contextlib import contextmanager

from django.db import connection

_SECONDS = """
coalesce((SELECT jsonb_agg(jsonb_build_array(second.by_id, second.at) ORDER BY second.id)
          FROM research_secondtagging second WHERE second.tagging_id = tagging.id), '[]')
"""

# What `chosen` names: highlight, the tag it has, the tag it shall have.
_TAKE = f"""
INSERT INTO research_tagmove
  (change_id, highlight_id, from_tag_id, to_tag_id, tagged_by_id, tagged_at, kept_at, met, seconds, came_back)
SELECT %(change)s, tagging.highlight_id, tagging.tag_id, chosen.to_tag, tagging.created_by_id,
       tagging.created_at,
       coalesce(there.created_at,
                min(tagging.created_at) OVER (PARTITION BY tagging.highlight_id, chosen.to_tag)),
       there.id IS NOT NULL, {_SECONDS}, false
  FROM ({{chosen}}) chosen
  JOIN research_highlighttag tagging
    ON tagging.highlight_id = chosen.highlight AND tagging.tag_id = chosen.from_tag
  LEFT JOIN research_highlighttag there
    ON there.highlight_id = tagging.highlight_id AND there.tag_id = chosen.to_tag
"""  # noqa: S608  (only names of our own)

_TAG_NEW = """
INSERT INTO research_tagmove
  (change_id, highlight_id, from_tag_id, to_tag_id, tagged_by_id, tagged_at, kept_at, met, seconds, came_back)
SELECT %(change)s, chosen.pk, NULL, %(to)s, %(by)s, %(at)s, %(at)s, false, '[]', false
  FROM unnest(%(highlights)s::bigint[]) chosen(pk)
 WHERE NOT EXISTS (SELECT 1 FROM research_highlighttag there
                   WHERE there.highlight_id = chosen.pk AND there.tag_id = %(to)s)
"""

_APPLY = (
    """
INSERT INTO research_highlighttag (highlight_id, tag_id, created_by_id, created_at, since)
SELECT DISTINCT ON (highlight_id, to_tag_id) highlight_id, to_tag_id, tagged_by_id, tagged_at, %(at)s
  FROM research_tagmove WHERE change_id = %(change)s AND NOT met
 ORDER BY highlight_id, to_tag_id, tagged_at, tagged_by_id
    ON CONFLICT DO NOTHING
""",
    # whoever had tagged the words otherwise, or as a second, has given them the tag that they have now
    """
INSERT INTO research_secondtagging (tagging_id, by_id, at)
SELECT tagging.id, who.by_id, min(who.at)
  FROM research_tagmove move
  JOIN research_highlighttag tagging
    ON tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.to_tag_id
 CROSS JOIN LATERAL (
    SELECT move.tagged_by_id AS by_id, move.tagged_at AS at
     UNION ALL SELECT (one->>0)::bigint, (one->>1)::timestamptz FROM jsonb_array_elements(move.seconds) one
  ) who
 WHERE move.change_id = %(change)s AND who.by_id <> tagging.created_by_id
 GROUP BY tagging.id, who.by_id
    ON CONFLICT DO NOTHING
""",
    """
DELETE FROM research_secondtagging second USING research_highlighttag tagging, research_tagmove move
 WHERE second.tagging_id = tagging.id AND move.change_id = %(change)s
   AND tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.from_tag_id
""",
    """
DELETE FROM research_highlighttag tagging USING research_tagmove move
 WHERE move.change_id = %(change)s
   AND tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.from_tag_id
""",
)

_UNDO = (
    """
UPDATE research_tagmove move SET came_back = true FROM research_highlighttag tagging
 WHERE move.change_id = %(change)s AND tagging.highlight_id = move.highlight_id
   AND tagging.tag_id = move.to_tag_id AND tagging.created_at = move.kept_at
""",
    """
INSERT INTO research_highlighttag (highlight_id, tag_id, created_by_id, created_at, since)
SELECT DISTINCT ON (highlight_id, from_tag_id) highlight_id, from_tag_id, tagged_by_id, tagged_at, %(at)s
  FROM research_tagmove WHERE change_id = %(change)s AND came_back AND from_tag_id IS NOT NULL
 ORDER BY highlight_id, from_tag_id, id
    ON CONFLICT DO NOTHING
""",
    # the seconds it had, and where the tag goes again, those it got meanwhile
    """
INSERT INTO research_secondtagging (tagging_id, by_id, at)
SELECT tagging.id, who.by_id, min(who.at)
  FROM research_tagmove move
  JOIN research_highlighttag tagging
    ON tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.from_tag_id
 CROSS JOIN LATERAL (
    SELECT (one->>0)::bigint AS by_id, (one->>1)::timestamptz AS at
      FROM jsonb_array_elements(move.seconds) one
     UNION ALL
    SELECT second.by_id, second.at FROM research_secondtagging second
      JOIN research_highlighttag there ON there.id = second.tagging_id
     WHERE NOT move.met AND there.highlight_id = move.highlight_id AND there.tag_id = move.to_tag_id
       AND second.at > %(done_at)s
  ) who
 WHERE move.change_id = %(change)s AND move.came_back AND who.by_id <> tagging.created_by_id
 GROUP BY tagging.id, who.by_id
    ON CONFLICT DO NOTHING
""",
    """
DELETE FROM research_secondtagging second USING research_highlighttag tagging, research_tagmove move
 WHERE second.tagging_id = tagging.id AND move.change_id = %(change)s AND move.came_back
   AND tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.to_tag_id
   AND (NOT move.met
        OR (second.by_id = move.tagged_by_id AND second.at = move.tagged_at)
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(move.seconds) one
                   WHERE (one->>0)::bigint = second.by_id AND (one->>1)::timestamptz = second.at))
""",
    """
DELETE FROM research_highlighttag tagging USING research_tagmove move
 WHERE move.change_id = %(change)s AND move.came_back AND NOT move.met
   AND tagging.highlight_id = move.highlight_id AND tagging.tag_id = move.to_tag_id
   AND tagging.created_at = move.kept_at
""",
)


def take_all(change, sources, into):
    """Every highlight of `sources` (ids) goes to `into`."""
    chosen = (
        "SELECT highlight_id AS highlight, tag_id AS from_tag, %(into)s::bigint AS to_tag"
        " FROM research_highlighttag WHERE tag_id = ANY(%(sources)s)"
    )
    _run(_TAKE.format(chosen=chosen), change, into=into, sources=list(sources))


def take_each(change, source, pairs):
    """The highlights of `pairs` [(highlight, tag)] go from `source` to that tag; to several if named so."""
    chosen = (
        "SELECT highlight, %(source)s::bigint AS from_tag, to_tag"
        " FROM unnest(%(highlights)s::bigint[], %(tags)s::bigint[]) pair(highlight, to_tag)"
    )
    highlights, tags = zip(*pairs, strict=True) if pairs else ((), ())
    _run(_TAKE.format(chosen=chosen), change, source=source, highlights=list(highlights), tags=list(tags))


def add_to(change, highlights, tag, *, by, at):
    """Highlights (ids) that lack `tag` are to get it."""
    _run(_TAG_NEW, change, highlights=list(highlights), to=tag, by=by.pk, at=at)


def apply(change, *, at):
    """Carry the change's moves out; a highlight that had both tags ends with one."""
    with _as_of(at):
        for statement in _APPLY:
            _run(statement, change, at=at)


def undo(change, *, at):
    """Take them back, as far as nobody has taken off meanwhile what they gave."""
    with _as_of(at):
        for statement in _UNDO:
            _run(statement, change, at=at, done_at=change.at)


@contextmanager
def _as_of(at):
    """What goes in this block is remembered as gone at `at`, not at the database's own time."""
    set_to = "SELECT set_config('prodops.at', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute(set_to, [at.isoformat()])
        yield
        cursor.execute(set_to, [""])


def _run(statement, change, **values):
    with connection.cursor() as cursor:
        cursor.execute(statement, {"change": change.pk, **values})
