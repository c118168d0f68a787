"""One run of a session's cues becomes another: rows, highlights and the search index in one go."""

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Max, Q

from prodops import search
from research.models import Cue, Highlight
from research.synthesis.remap import Anchor, Block, Fate, context_of, remap

_PLACE = ("start_offset", "end_offset", "quote", "quote_was", "prefix", "suffix")
_STATE = ("start_cue_id", "end_cue_id", *_PLACE)
_SAVED = ("start_cue", "end_cue", *_PLACE, "orphaned_at", "reworded_at")


class Draft(NamedTuple):
    """A cue as it is to be; `pk` of the row it takes, None for a new one."""

    pk: int | None
    start_ms: int | None
    end_ms: int | None
    speaker: str
    text: str

    @classmethod
    def of(cls, cue):
        return cls(cue.pk, cue.start_ms, cue.end_ms, cue.speaker, cue.text)


class Outcome(NamedTuple):
    """What a correction did: its event, and the ids of highlights by what became of them.

    `touched` are the ids of the cues that are to be drawn anew, `gone` of those that are no more, `added`
    of new ones.
    """

    event: Any = None
    kept: tuple = ()
    reworded: tuple = ()
    lost: tuple = ()
    touched: tuple = ()

    @property
    def gone(self):
        data = self.event.data if self.event else {"before": (), "after": ()}
        return {row[0] for row in data["before"]} - {row[0] for row in data["after"]}

    @property
    def added(self):
        data = self.event.data if self.event else {"before": (), "after": ()}
        return {row[0] for row in data["after"]} - {row[0] for row in data["before"]}

    def __add__(self, other):
        joined = (mine + theirs for mine, theirs in zip(self[1:], other[1:], strict=True))
        return Outcome(other.event or self.event, *joined)


class Done(NamedTuple):
    data: dict
    kept: tuple
    reworded: tuple
    lost: tuple
    touched: tuple


def replace(session, old, drafts, *, at, blocks=None, kept=None):
    """Make of the cues `old` (a run without gap, in one text) the `drafts`; None if they are that already.

    `blocks` say which texts became which, one by one where left out. `kept` is {highlight id: its row of an
    earlier `data`}: those still in the state that it left go back to the state before. The caller holds
    the session and is in a transaction.
    """
    if [Draft.of(cue) for cue in old] == drafts:
        return None
    blocks = blocks or [Block((cue.text,), (draft.text,)) for cue, draft in zip(old, drafts, strict=True)]
    region, marks = _region(session, old)
    placed = _placed(region, old, blocks, marks)
    rows = _write_cues(session, old, drafts)
    lead = region.index(old[0])
    after = [*region[:lead], *rows, *region[lead + len(old) :]]
    changes = _write_highlights(session, region, after, marks, placed, kept or {}, at)
    gone = _delete(session, old, drafts, rows)
    _index(old, rows, gone, changes)
    return _done(old, drafts, rows, changes)


def _region(session, old):
    """The cues that hold every highlight touching `old`, and those highlights with all others there."""
    lo, hi = old[0].position, old[-1].position
    for _ in range(2):
        marks = list(
            Highlight.objects.filter(session=session)
            .anchored()
            .annotate(first=F("start_cue__position"), last=F("end_cue__position"))
            .filter(first__lte=hi, last__gte=lo)
            .order_by("pk")
        )
        lo = min([lo, *(mark.first for mark in marks)])
        hi = max([hi, *(mark.last for mark in marks)])
    inside = [mark for mark in marks if lo <= mark.first and mark.last <= hi]
    between = {cue.pk: cue for cue in old}
    found = Cue.objects.filter(session=session, position__range=(lo, hi)).order_by("position")
    return [between.get(cue.pk, cue) for cue in found], inside


def _placed(region, old, blocks, marks):
    if all(block.old == block.new for block in blocks):
        return {}  # only who speaks has changed
    number = {cue.pk: index for index, cue in enumerate(region)}
    lead = number[old[0].pk]
    around = [Block((cue.text,), (cue.text,)) for cue in region]
    blocks = [*around[:lead], *blocks, *around[lead + len(old) :]]
    anchors = [
        Anchor(
            mark.pk, number[mark.start_cue_id], mark.start_offset, number[mark.end_cue_id], mark.end_offset
        )
        for mark in marks
    ]
    return {one.key: (anchor, one) for anchor, one in zip(anchors, remap(blocks, anchors), strict=True)}


def _write_cues(session, old, drafts):
    """The drafts as rows, in place; cues that no draft takes are moved out of the way, behind all others."""
    rows = {cue.pk: cue for cue in old}
    growth = len(drafts) - len(old)
    behind = Cue.objects.filter(session=session).aggregate(last=Max("position"))["last"] + abs(growth) + 1
    made = [
        Cue(session=session, part_id=old[0].part_id, position=position, **draft._asdict())
        for position, draft in enumerate(drafts, old[0].position)
    ]
    taken = {draft.pk for draft in drafts}
    spare = [cue for cue in old if cue.pk not in taken]
    moved = [
        (row.pk, row.position, *Draft.of(row)[1:])
        for row in made
        if row.pk in rows and (row.position, Draft.of(row)) != (rows[row.pk].position, Draft.of(rows[row.pk]))
    ]
    moved += [(cue.pk, behind + step, *Draft.of(cue)[1:]) for step, cue in enumerate(spare)]
    if growth > 0:
        _shift(session, old[-1].position, growth)
    _update(moved)
    if growth < 0:
        _shift(session, old[-1].position, growth, below=behind)
    Cue.objects.bulk_create([row for row in made if row.pk not in rows])
    return made


def _shift(session, after, by, below=None):
    later = Cue.objects.filter(session=session, position__gt=after)
    (later.filter(position__lt=below) if below else later).update(position=F("position") + by)


def _update(rows):
    """One statement for all: their positions change places, which is checked when it ends."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE research_cue AS cue
               SET position = row.position, start_ms = row.start_ms, end_ms = row.end_ms,
                   speaker = row.speaker, text = row.text
              FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::text[], %s::text[])
                   AS row (id, position, start_ms, end_ms, speaker, text)
             WHERE cue.id = row.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def _state(mark):
    return {
        **{name: getattr(mark, name) for name in _STATE},
        "orphaned": mark.orphaned_at is not None,
        "reworded": mark.reworded_at is not None,
    }


def _write_highlights(session, region, after, marks, placed, kept, at):
    """[(highlight, its state before, what became of it)] of those that changed, written."""
    changes = []
    back = Highlight.objects.filter(session=session, pk__in=set(kept) - {mark.pk for mark in marks})
    for mark in [*marks, *back]:
        before = _state(mark)
        row = kept.get(mark.pk)
        if row and row["after"] == before:
            fate = _put_back(mark, row["before"], at)
        elif mark.pk in placed:
            anchor, one = placed[mark.pk]
            fate = _put(mark, anchor, one, region, after, at)
        else:
            continue
        if _state(mark) != before:
            changes.append((mark, before, fate))
    changed = [mark for mark, *_ in changes]
    # First out of the way: two that move by a word may pass over each other's place.
    waiting = Highlight.objects.filter(pk__in=[mark.pk for mark in changed])
    waiting.update(orphaned_at=at, reworded_at=None, quote_was="")
    Highlight.objects.bulk_update(changed, _SAVED, batch_size=500)
    return changes


def _put_back(mark, state, at):
    for name in _STATE:
        setattr(mark, name, state[name])
    mark.orphaned_at = at if state["orphaned"] else None
    mark.reworded_at = at if state["reworded"] else None
    return Fate.KEPT


def _put(mark, anchor, one, region, after, at):
    """Give `mark` the place `one`, in memory."""
    if one.fate is Fate.LOST:
        before, behind = context_of([cue.text for cue in region], anchor)
        mark.prefix, mark.suffix = before, behind
        mark.start_cue_id = mark.end_cue_id = after[one.first].pk
        mark.orphaned_at, mark.reworded_at, mark.quote_was = at, None, ""
        return one.fate
    said = mark.quote
    mark.start_cue_id, mark.start_offset = after[one.first].pk, one.start
    mark.end_cue_id, mark.end_offset = after[one.last].pk, one.end
    mark.quote = one.quote
    if one.fate is Fate.REWORDED:
        mark.quote_was = mark.quote_was or said
        mark.reworded_at = at
    if mark.reworded_at and mark.quote_was.split() == one.quote.split():
        mark.reworded_at, mark.quote_was = None, ""
    return one.fate


def _delete(session, old, drafts, rows):
    """Delete the cues that no draft took. What lost its place earlier and pointed there points beside it."""
    taken = {draft.pk for draft in drafts}
    gone = [cue for cue in old if cue.pk not in taken]
    if gone:
        lost = Highlight.objects.filter(session=session).orphaned()
        near = rows[0].pk
        lost.filter(Q(start_cue__in=gone) | Q(end_cue__in=gone)).update(start_cue=near, end_cue=near)
        Cue.objects.filter(pk__in=[cue.pk for cue in gone]).delete()
    return gone


def _index(old, rows, gone, changes):
    before = {cue.pk: Draft.of(cue) for cue in old}
    fresh = [row for row in rows if before.get(row.pk) != Draft.of(row)]
    search.index_many(fresh)
    search.remove_many(gone)
    marks = Highlight.objects.filter(pk__in=[mark.pk for mark, *_ in changes])
    search.index_many(marks.prefetch_related("tags"))


def _done(old, drafts, rows, changes):
    """What an event keeps: of a run of cues only those that changed, if they stayed as many."""
    before, after = [Draft.of(cue) for cue in old], [Draft.of(row) for row in rows]
    if len(before) == len(after) and [row.pk for row in before] == [row.pk for row in after]:
        pairs = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    data = {
        "before": before,
        "after": after,
        "highlights": [{"pk": mark.pk, "before": was, "after": _state(mark)} for mark, was, _ in changes],
    }
    by_fate = {fate: tuple(mark.pk for mark, _, one in changes if one is fate) for fate in Fate}
    touched = tuple(row.pk for row in after)
    return Done(data, by_fate[Fate.KEPT], by_fate[Fate.REWORDED], by_fate[Fate.LOST], touched)
