"""The turns without what was removed, and the highlights that stand on them."""

from typing import NamedTuple

from research.models import Cue, Highlight
from research.queries.redactions import touched
from research.synthesis.redacting import Scrubber, Span, edited, replaced


class Moved(NamedTuple):
    """A highlight whose words have changed, and what it was called before and is called now."""

    highlight: Highlight
    before: str
    title_before: str


def rewrite(cues, edits, *, at):
    """Write the cues of `edits` ({cue id: edits}) without those spans, and move the highlights on them.

    `cues` ({id: cue}) are all of their sessions, and have the new texts afterwards. Returns [Moved], those
    that had lost their place apart: ([on their place], [without one]).
    """
    highlights = touched(edits)
    old = {pk: cue.text for pk, cue in cues.items()}
    changed = []
    for pk, some in edits.items():
        cues[pk].text = edited(old[pk], some)
        changed.append(cues[pk])
    Cue.objects.bulk_update(changed, ["text"], batch_size=500)
    moved = _move(highlights, cues, old, edits, at=at)
    return moved, _scrub_lost({cue.session_id for cue in changed}, edits, old)


def _move(highlights, cues, old, edits, *, at):
    in_order: dict[int, list[Cue]] = {}
    for cue in sorted(cues.values(), key=lambda cue: (cue.session_id, cue.position)):
        in_order.setdefault(cue.session_id, []).append(cue)
    place = {cue.pk: n for row in in_order.values() for n, cue in enumerate(row)}
    moved, taken = [], _taken(highlights, cues)
    for one in highlights:
        row = in_order[one.session_id]
        first, last = place[one.start_cue_id], place[one.end_cue_id]
        of_row = row[first : last + 1]
        span = Span(0, one.start_offset, last - first, one.end_offset)
        by_number = {n: edits[cue.pk] for n, cue in enumerate(of_row) if cue.pk in edits}
        new, quote = replaced(span, [old[cue.pk] for cue in of_row], by_number)
        before, title = one.quote, str(one)
        place_now = (one.start_cue_id, new.start, one.end_cue_id, new.end)
        # two that marked parts of the same removed words would mark the same now: one of them keeps the place
        one.orphaned_at = at if place_now in taken else None
        taken.add(place_now)
        one.start_offset, one.end_offset, one.quote = new.start, new.end, quote
        if quote != before:
            one.reworded_at, one.quote_was = None, ""
            moved.append(Moved(one, before, title))
    _write(highlights, at=at)
    return moved


def _taken(highlights, cues):
    """The places of the highlights that stay where they are."""
    moving = [one.pk for one in highlights]
    staying = Highlight.objects.anchored().filter(session__in={cue.session_id for cue in cues.values()})
    places = ("start_cue_id", "start_offset", "end_cue_id", "end_offset")
    return set(staying.exclude(pk__in=moving).values_list(*places))


def _write(highlights, *, at):
    """In two steps: on the way to their new places two may stand on the same words for a moment."""
    Highlight.objects.filter(pk__in=[one.pk for one in highlights]).update(
        orphaned_at=at, reworded_at=None, quote_was=""
    )
    fields = ["start_offset", "end_offset", "quote", "orphaned_at", "reworded_at", "quote_was"]
    Highlight.objects.bulk_update(highlights, fields, batch_size=200)


def _scrub_lost(session_ids, edits, old):
    """What highlights remember of earlier words, where they lost their place or were reworded."""
    said = [(old[pk][edit.start : edit.end], edit.put) for pk, some in edits.items() for edit in some]
    scrub = Scrubber(said)
    changed = []
    for one in Highlight.objects.filter(session__in=session_ids, orphaned_at__isnull=False):
        before, title = one.quote, str(one)
        one.quote = scrub.excerpt(before)
        # a part of the words may stand in what is kept of the text around it
        Highlight.objects.filter(pk=one.pk).update(quote=one.quote, prefix="", suffix="")
        if one.quote != before:
            changed.append(Moved(one, before, title))
    for one in Highlight.objects.filter(session__in=session_ids, reworded_at__isnull=False):
        Highlight.objects.filter(pk=one.pk).update(quote_was=scrub.excerpt(one.quote_was))
    return changed
