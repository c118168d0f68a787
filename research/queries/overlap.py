"""Tags side by side: which look like one, which stand together, and what two coders made of the same."""

from collections import defaultdict
from typing import NamedTuple

from django.db import connection
from django.db.models import Count

from prodops.models import SearchEntry, Segment, User
from research.models import Cue, Highlight, KeptApart, Method, SecondTagging, Session, Study, Tag
from research.synthesis import agreement, likeness
from research.synthesis.cooccurrence import Said, matrix

from .vocabulary import readable_taggings

# --- duplicates -------------------------------------------------------------------------------------------

_TOGETHER = """
SELECT one.tag_id, other.tag_id, count(*)
  FROM research_highlighttag one
  JOIN research_highlighttag other ON other.highlight_id = one.highlight_id AND other.tag_id > one.tag_id
 WHERE one.tag_id = ANY(%s) AND other.tag_id = ANY(%s)
 GROUP BY 1, 2
"""


class Duplicate(NamedTuple):
    """Two tags that may be one, with how often each is used and why they look alike."""

    first: Tag
    second: Tag
    used: tuple[int, int]
    pair: likeness.Pair


def duplicates(tags):
    """[Duplicate] among `tags` (a QuerySet), the likeliest first, without those found to be different."""
    known = {tag.pk: tag for tag in tags.in_use().for_list()}
    ids = list(known)
    used = dict(tags.in_use().order_by().values_list("pk").annotate(Count("taggings")))
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, [ids, ids])
        together = {(first, second): number for first, second, number in cursor.fetchall()}
    entries = SearchEntry.objects.filter(kind="tag", object_id__in=ids, embedding__isnull=False)
    vectors = {pk: vector for pk, vector in entries.values_list("object_id", "embedding") if vector}
    names = {pk: tag.name for pk, tag in known.items()}
    apart = KeptApart.objects.values_list("first", "second")
    found = likeness.pairs(names, used, together, vectors, apart)
    return [
        Duplicate(
            known[pair.first], known[pair.second], (used.get(pair.first, 0), used.get(pair.second, 0)), pair
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


def cooccurrence(user, columns="tag", *, group=None, study=None):
    """The `Matrix` of the tags used most (of `group`, in `study`, if given) by what `columns` names."""
    taggings = readable_taggings(user)
    if study:
        taggings = taggings.filter(highlight__session__study=study)
    path = _OF.get(columns, "highlight")
    rows = taggings.order_by().values_list("highlight", "highlight__session__participant", "tag", path)
    tags_of, person_of, column_of = defaultdict(set), {}, {}
    for highlight, person, tag, column in rows:
        tags_of[highlight].add(tag)
        person_of[highlight], column_of[highlight] = person, column
    wanted = Tag.objects.visible_to(user).live()
    named = {tag.pk: tag for tag in (wanted.filter(group=group) if group else wanted)}
    said = [
        Said(
            highlight,
            person_of[highlight],
            frozenset(tags),
            frozenset(tags) if columns == "tag" else frozenset([column_of[highlight] or ""]),
        )
        for highlight, tags in tags_of.items()
    ]
    cells = matrix(said)
    totals: dict[int, int] = defaultdict(int)
    for tags in tags_of.values():
        for tag in tags:
            totals[tag] += 1
    ranked = sorted((pk for pk in named if totals[pk]), key=lambda pk: (-totals[pk], named[pk].name))
    shown = sorted(ranked[:MOST], key=lambda pk: named[pk].name.lower())
    across = [Axis(pk, named[pk].slug, named[pk].name, totals[pk]) for pk in shown]
    down = across if columns == "tag" else _columns(columns, said)
    return Matrix(across, down, cells, max(0, len(ranked) - MOST))


def _columns(columns, said):
    totals: dict[object, int] = defaultdict(int)
    for one in said:
        for key in one.columns:
            totals[key] += 1
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


# --- two coders -------------------------------------------------------------------------------------------


class Turn(NamedTuple):
    """A turn that two people coded differently, with the tags of each; None is no tag."""

    cue: Cue
    session: Session
    both: list[Tag]
    first: list[Tag]
    second: list[Tag]


class Comparison(NamedTuple):
    tables: list  # [(Tag, Table, kappa, alpha)], the tags used most first
    kappa: agreement.Measure
    alpha: agreement.Measure
    units: int
    sessions: int
    apart: list  # [(session id, position)] of turns on which they differ
    marks: tuple  # ({unit: {tag id}} of the first, of the second)


def coders(user, study):
    """[(User, taggings)] of those who tagged highlights of `study`, the busiest first."""
    counts: dict[int, int] = defaultdict(int)
    mine = readable_taggings(user).filter(highlight__session__study=study).order_by()
    for pk, number in mine.values_list("created_by").annotate(Count("pk")):
        counts[pk] += number
    seconds = SecondTagging.objects.filter(tagging__in=mine).order_by()
    for pk, number in seconds.values_list("by").annotate(Count("pk")):
        counts[pk] += number
    people = User.objects.in_bulk(counts)
    return sorted(((people[pk], number) for pk, number in counts.items()), key=lambda one: -one[1])


def compare(user, study, first, second, *, session=None, overlap=True):
    """The `Comparison` of two people's tags, turn by turn, in the sessions in which both have tagged.

    With `overlap`, only turns that both have tagged count; else all turns of those sessions.
    """
    marks = [_marks(user, study, person, session) for person in (first, second)]
    shared = {one for one, _ in marks[0]} & {one for one, _ in marks[1]}
    marks = [{unit: tags for unit, tags in one.items() if unit[0] in shared} for one in marks]
    if overlap:
        units = set(marks[0]) & set(marks[1])
    else:
        units = set(Cue.objects.filter(session__in=shared).values_list("session", "position"))
    found = agreement.tables(units, *marks)
    tags = Tag.objects.visible_to(user).in_bulk(found)
    rows = [
        (tags[pk], table, agreement.kappa_of(table), agreement.alpha_of([table]))
        for pk, table in found.items()
        if pk in tags
    ]
    rows.sort(key=lambda row: (-(row[1].units - row[1].neither), row[0].name))
    apart = sorted(unit for unit in units if marks[0].get(unit, set()) != marks[1].get(unit, set()))
    return Comparison(
        rows,
        agreement.pooled_kappa([row[1] for row in rows]),
        agreement.alpha_of([row[1] for row in rows]),
        len(units),
        len(shared),
        apart,
        tuple(marks),
    )


def _marks(user, study, person, session):
    """{(session id, position): {tag ids}}: every turn that a highlight tagged by the person covers."""
    mine = readable_taggings(user).filter(highlight__session__study=study)
    if session:
        mine = mine.filter(highlight__session=session)
    fields = ("highlight__session", "highlight__start_cue__position", "highlight__end_cue__position", "tag")
    own = mine.filter(created_by=person).order_by().values_list(*fields)
    too = SecondTagging.objects.filter(by=person, tagging__in=mine).order_by()
    seconds = too.values_list(*(f"tagging__{field}" for field in fields))
    found = defaultdict(set)
    for session_id, start, end, tag in [*own, *seconds]:
        for position in range(start, end + 1):
            found[session_id, position].add(tag)
    return dict(found)


def side_by_side(comparison, units):
    """[Turn] of these units, in order."""
    first, second = comparison.marks
    wanted = {tag for unit in units for tag in first.get(unit, set()) | second.get(unit, set())}
    tags = Tag.objects.in_bulk(wanted)
    sessions = Session.objects.in_bulk({session for session, _ in units})
    rows = Cue.objects.filter(session__in=sessions, position__in={position for _, position in units})
    cues = {(cue.session_id, cue.position): cue for cue in rows}

    def named(ids):
        return sorted((tags[pk] for pk in ids if pk in tags), key=lambda tag: tag.name.lower())

    return [
        Turn(
            cues[unit],
            sessions[unit[0]],
            named(first.get(unit, set()) & second.get(unit, set())),
            named(first.get(unit, set()) - second.get(unit, set())),
            named(second.get(unit, set()) - first.get(unit, set())),
        )
        for unit in units
        if unit in cues
    ]
