"""Two coders side by side: who tagged the same, how far they agree, and where they do not."""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

from django.db.models import Count

from prodops.models import User
from research.models import Cue, SecondTagging, Session, Study, Tag
from research.synthesis import agreement

from .vocabulary import readable_taggings


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


class Pair(NamedTuple):
    """Two people who have tagged the same highlights' turns, or at least the same sessions."""

    study: Study
    first: User
    second: User
    sessions: int


def pairs(user, limit=12):
    """[Pair] of coders whose work overlaps in what `user` may read: most shared sessions first."""
    people = defaultdict(set)
    mine = readable_taggings(user).order_by()
    own = mine.values_list("highlight__session__study", "highlight__session", "created_by").distinct()
    seconds = SecondTagging.objects.filter(tagging__in=mine).order_by()
    fields = ("tagging__highlight__session__study", "tagging__highlight__session", "by")
    for study, session, person in [*own, *seconds.values_list(*fields).distinct()]:
        people[study, session].add(person)
    shared: dict[tuple, int] = defaultdict(int)
    for (study, _), coders_here in people.items():
        for first, second in combinations(sorted(coders_here), 2):
            shared[study, first, second] += 1
    ranked = sorted(shared, key=lambda key: (-shared[key], key))[:limit]
    studies = Study.objects.in_bulk({study for study, _, _ in ranked})
    named = User.objects.in_bulk({pk for _, first, second in ranked for pk in (first, second)})
    return [Pair(studies[key[0]], named[key[1]], named[key[2]], shared[key]) for key in ranked]


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
