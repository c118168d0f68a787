"""Tags side by side: which look like one, and which stand together."""

from collections import defaultdict
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F

from prodops.models import SearchEntry, Segment
from research.models import Highlight, KeptApart, Method, Study, Tag
from research.synthesis import likeness
from research.synthesis.cooccurrence import EMPTY, Cell

from .vocabulary import readable_taggings, unreadable_tags

# --- duplicates -------------------------------------------------------------------------------------------

_TOGETHER = """
SELECT one.tag_id, other.tag_id, count(*)
  FROM research_highlighttag one
  JOIN research_highlighttag other ON other.highlight_id = one.highlight_id AND other.tag_id > one.tag_id
 WHERE one.tag_id = ANY(%s) AND other.tag_id = ANY(%s) AND one.highlight_id IN ({readable})
 GROUP BY 1, 2
"""


class Duplicate(NamedTuple):
    """Two tags that may be one, with how often each is used and why they look alike."""

    first: Tag
    second: Tag
    used: tuple[int, int]
    pair: likeness.Pair
    unseen: bool  # one of them is used in a study that the person may not see


def duplicates(user):
    """[Duplicate] among the tags `user` sees, the likeliest first, without those found to be different.

    Only what they may read is counted: a number would tell what stands in a study that they do not see.
    """
    known = {tag.pk: tag for tag in Tag.objects.visible_to(user).in_use().for_list()}
    if not known:
        return []
    ids = list(known)
    mine = readable_taggings(user).filter(tag__in=ids).order_by()
    used = dict.fromkeys(ids, 0) | dict(mine.values_list("tag").annotate(Count("pk")))
    unseen = unreadable_tags(user, ids)
    readable, params = mine.values("highlight").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER.format(readable=readable), [ids, ids, *params])
        together = {(first, second): number for first, second, number in cursor.fetchall()}
    entries = SearchEntry.objects.filter(kind="tag", object_id__in=ids, embedding__isnull=False)
    vectors = {pk: vector for pk, vector in entries.values_list("object_id", "embedding") if vector}
    names = {pk: tag.name for pk, tag in known.items()}
    apart = KeptApart.objects.values_list("first", "second")
    found = likeness.pairs(names, used, together, vectors, apart)
    return [
        Duplicate(
            known[pair.first],
            known[pair.second],
            (used[pair.first], used[pair.second]),
            pair,
            bool(unseen & {pair.first, pair.second}),
        )
        for pair in found
        # tags of two studies are apart until one of them is the workspace's
        if known[pair.first].study_id == known[pair.second].study_id
        or None in (known[pair.first].study_id, known[pair.second].study_id)
    ]


# --- the matrix -------------------------------------------------------------------------------------------

COLUMNS = {
    "tag": "Tag",
    "segment": "Segment",
    "study": "Study",
    "method": "Method",
    "role": "Participant's role",
}
_OF = {
    "segment": "highlight__session__participant__account__segment",
    "study": "highlight__session__study",
    "method": "highlight__session__study__method",
    "role": "highlight__session__participant__role",
}
MOST = 24  # rows or columns that one can look at


class Axis(NamedTuple):
    key: object  # of the cells
    value: str  # in the address
    label: str
    total: int


class Matrix(NamedTuple):
    rows: list[Axis]
    columns: list[Axis]
    cells: dict
    more: int  # tags that are left out


# Counted in the database, and of the tags shown alone: a workspace has a hundred thousand taggings.
_SAID = "WITH said (highlight, person, tag, label) AS MATERIALIZED ({taggings})"
_BY_TAG = """
SELECT one.tag, other.tag, count(*), count(DISTINCT one.person)
  FROM said one JOIN said other USING (highlight)
 WHERE one.tag = ANY (%s) AND other.tag = ANY (%s)
 GROUP BY 1, 2
"""
_BY_LABEL = """
SELECT tag, label, count(*), count(DISTINCT person) FROM said WHERE tag = ANY (%s) GROUP BY 1, 2
"""
_LABELS = "SELECT label, count(DISTINCT highlight) FROM said GROUP BY 1"


def cooccurrence(user, columns="tag", *, group=None, study=None):
    """The `Matrix` of the tags used most (of `group`, in `study`, if given) by what `columns` names."""
    taggings = readable_taggings(user).order_by()
    if study:
        taggings = taggings.filter(highlight__session__study=study)
    totals = dict(taggings.values_list("tag").annotate(Count("pk")))
    if not totals:
        return Matrix([], [], {}, 0)
    wanted = Tag.objects.visible_to(user).live()
    named = {tag.pk: tag for tag in (wanted.filter(group=group) if group else wanted)}
    ranked = sorted((pk for pk in named if pk in totals), key=lambda pk: (-totals[pk], named[pk].name))
    shown = sorted(ranked[:MOST], key=lambda pk: named[pk].name.lower())
    across = [Axis(pk, named[pk].slug, named[pk].name, totals[pk]) for pk in shown]
    if columns == "tag":
        cells, down = _counted(_BY_TAG, taggings, "highlight", shown, shown), across
    else:
        cells = _counted(_BY_LABEL, taggings, _OF[columns], shown)
        down = _columns(columns, _rows(_LABELS, taggings, _OF[columns]))
    return Matrix(across, down, cells, max(0, len(ranked) - MOST))


def _rows(sql, taggings, path, *values):
    fields = ("highlight", "highlight__session__participant", "tag", "label")
    inner, params = taggings.annotate(label=F(path)).values_list(*fields).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("\n".join([_SAID.format(taggings=inner), sql]), [*params, *values])
        return cursor.fetchall()


def _counted(sql, taggings, path, *values):
    rows = _rows(sql, taggings, path, *values)
    cells: dict[tuple, Cell] = {}
    for tag, label, highlights, people in rows:
        before = cells.get((tag, label or ""), EMPTY)  # no label and an empty one are the same
        cells[tag, label or ""] = Cell(before.highlights + highlights, before.people + people)
    return cells


def _columns(columns, rows):
    totals: dict[object, int] = defaultdict(int)
    for label, number in rows:
        totals[label or ""] += number
    labels = _labels(columns, totals)
    keys = sorted(totals, key=lambda key: (-totals[key], str(key)))[:MOST]
    return [Axis(key, str(labels[key][0]), labels[key][1], totals[key]) for key in keys]


def _labels(columns, keys):
    """{key: (what stands in the address, what is shown)}"""
    if columns == "study":
        studies = Study.objects.filter(pk__in=[key for key in keys if key])
        return {study.pk: (study.slug, study.title) for study in studies}
    words = dict(Segment.choices if columns == "segment" else Method.choices if columns == "method" else ())
    return {key: (key, words.get(key, key) or "Not known") for key in keys}


def quotes(user, *, tag, columns="tag", value="", study=None):
    """The highlights behind a cell of the matrix; None where `columns` or `value` make no sense."""
    rows = Highlight.objects.visible_to(user).anchored().filter(tags=tag)
    if study:
        rows = rows.filter(session__study=study)
    if columns == "tag":
        other = Tag.objects.visible_to(user).live().filter(slug=value).first()
        return rows.filter(pk__in=other.taggings.values("highlight")) if other else None
    if columns == "study":
        return rows.filter(session__study__slug=value)
    if columns not in _OF:
        return None
    path = _OF[columns].removeprefix("highlight__")
    nothing = rows.filter(**{f"{path}__isnull": True}) | rows.filter(**{path: ""})
    return rows.filter(**{path: value}) if value else nothing
