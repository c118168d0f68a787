"""How many of the hits each facet's values have, with the values' names: one statement."""

from typing import NamedTuple

from django.db import connection

from prodops import facets, search
from prodops.models import SearchEntry

from .found import COUNTED, in_words

SHOWN = 8  # values of a facet

# Counts over the hits, and for each facet in force over what would be hits without it; names are those of
# the entries that stand for the values, as far as the person may see them. What bears a thing counts for
# those above it, too.
_COUNTS = """
WITH RECURSIVE borne AS (
  SELECT token FROM unnest(%s::bigint[]) hit (id) JOIN prodops_searchentry USING (id), unnest(facets) token
  WHERE split_part(token, ':', 1) <> ALL (%s){lifted}),
up (key, id, above) AS ({trees}),
said AS (
  SELECT token FROM borne
  UNION ALL
  SELECT concat_ws(':', up.key, up.above) FROM borne JOIN up ON concat_ws(':', up.key, up.id) = borne.token),
counted AS (
  SELECT token, split_part(token, ':', 1) AS key, split_part(token, ':', 2) AS value, count(*) AS number
  FROM said GROUP BY token),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY key ORDER BY number DESC, value) AS place
  FROM counted WHERE key = ANY (%s)),
shown AS (
  SELECT key, value, number FROM placed WHERE place <= %s OR key = 'kind' OR token = ANY (%s)
  UNION ALL
  SELECT split_part(token, ':', 1), split_part(token, ':', 2), 0 FROM unnest(%s::text[]) token
  WHERE token NOT IN (SELECT token FROM counted WHERE key = ANY (%s)))
SELECT shown.key, shown.value, shown.number, named.title, named.url, named.context
FROM shown
LEFT JOIN unnest(%s::text[], %s::text[]) kinds (key, kind) ON kinds.key = shown.key
LEFT JOIN LATERAL (
  SELECT title, url, context FROM ({visible}) entry
  WHERE kinds.kind IS NOT NULL AND entry.kind = kinds.kind
    AND entry.object_id = CASE WHEN shown.value ~ '^[0-9]{{1,18}}$' THEN shown.value::bigint END
) named ON true
ORDER BY shown.key, shown.number DESC, named.title
"""
_LIFTED = """
  UNION ALL
  SELECT token FROM ({sql}) hit, unnest(hit.facets) token WHERE split_part(token, ':', 1) = %s"""
_KINDS = """
  UNION ALL
  SELECT 'kind:' || hit.kind FROM ({sql}) hit"""


class Value(NamedTuple):
    value: str
    name: str
    number: int
    chosen: bool
    url: str  # of this search with the value chosen, or let go


class Counted(NamedTuple):
    facet: facets.Facet
    values: list[Value]


class Group(NamedTuple):
    """The session that hits belong to."""

    title: str
    url: str
    context: str


def count(found, hits):
    """([(kind, number)], everything, [Counted], {session's id: Group}) of a `Found` and its page's hits.

    A facet whose values all hits share narrows nothing and is left out, unless it is in force.
    """
    known = facets.facets()
    chosen = [f"{key}:{value}" for key, values in found.sift.chosen.items() for value in values]
    groups = [token for hit in hits for token in hit.entry.facets if token.startswith(f"{facets.GROUP}:")]
    named = [*dict.fromkeys([*chosen, *groups])]
    rows = _rows(found, known, chosen, named)
    sessions = {int(value): Group(*name) for key, value, _, *name in rows if key == facets.GROUP and name[0]}
    counted = []
    for facet in known:
        held = found.sift.chosen.get(facet.key, ())
        values = [
            Value(value, name, number, value in held, found.sift.toggled(found.text, facet.key, value))
            for key, value, number, title, *_ in rows
            if key == facet.key and (name := facet.choices.get(value) or title)
        ]
        if values and (held or any(value.number < len(found.ids) for value in values)):
            counted.append(Counted(facet, values))
    of_kind = {value: number for key, value, number, *_ in rows if key == "kind"}
    if not found.kind:
        return found.facets, found.everything, counted, sessions
    of_kind[found.kind] = len(found.ids)
    kinds = [(kind, of_kind[kind.key]) for kind in search.kinds() if of_kind.get(kind.key)]
    return kinds, in_words(sum(of_kind.values())), counted, sessions


def _rows(found, known, chosen, named):
    if not found.ids and not named and not found.kind:
        return []
    keys = ["kind", *(facet.key for facet in known)]
    kinds = [(facet.key, facet.kind) for facet in known if facet.kind] + [(facets.GROUP, facets.GROUP)]
    lifted, values = [], []
    for key in found.sift.chosen:
        sql, some = found.lifted(key).values("facets")[:1_000].query.sql_with_params()
        lifted.append(_LIFTED.format(sql=sql))
        values += [*some, key]
    if found.kind:
        sql, some = found.lifted("kind").values("kind")[: COUNTED + 1].query.sql_with_params()
        lifted.append(_KINDS.format(sql=sql))
        values += some
    visible, of_visible = (
        SearchEntry.objects.visible_to(found.user)
        .values("kind", "object_id", "title", "url", "context")
        .query.sql_with_params()
    )
    sql = _COUNTS.format(lifted="".join(lifted), visible=visible, trees=_trees(known))
    counted = [found.ids, list(found.sift.chosen), *values, keys, SHOWN, chosen, named, keys]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*counted, [key for key, _ in kinds], [kind for _, kind in kinds], *of_visible])
        return cursor.fetchall()


def _trees(known):
    """The query of (facet, thing, a thing above it) for all facets whose things form trees."""
    trees = [(facet.key, facet.tree) for facet in known if facet.tree]
    steps = " UNION ALL ".join(
        f"SELECT '{key}'::text AS key, id, parent_id FROM {tree} WHERE parent_id IS NOT NULL"  # noqa: S608
        for key, tree in trees  # of our own registry
    )
    if not trees:
        return "SELECT NULL::text, NULL::bigint, NULL::bigint WHERE false"
    return (
        f"SELECT key, id, parent_id FROM ({steps}) step"  # noqa: S608
        f" UNION SELECT up.key, up.id, step.parent_id FROM up JOIN ({steps}) step"
        " ON step.key = up.key AND step.id = up.above"
    )
