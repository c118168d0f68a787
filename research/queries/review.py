"""Highlights that a correction touched, with where those that lost their place might stand."""

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from research.models import Cue
from research.synthesis.places import candidates


class Offer(NamedTuple):
    """A place where a lost highlight's words stand: what `placing.move` takes, and what is around it."""

    cue: int
    start: int
    end: int
    before: str
    after: str
    start_ms: int | None


def offers(highlights):
    """{highlight id: [Offer]} of those of `highlights` (with `start_cue`) without a place; one query."""
    lost = [one for one in highlights if one.orphaned_at is not None]
    if not lost:
        return {}
    wanted = reduce(
        or_, (Q(session=one.session_id, text__contains=" ".join(one.quote.split())) for one in lost)
    )
    by_session: dict[int, dict[int, Cue]] = defaultdict(dict)
    for cue in Cue.objects.filter(wanted).only("pk", "session_id", "position", "text", "start_ms"):
        by_session[cue.session_id][cue.position] = cue
    return {one.pk: _offers(one, by_session[one.session_id]) for one in lost}


def _offers(highlight, cues):
    texts = {position: cue.text for position, cue in cues.items()}
    near = highlight.start_cue.position
    found = candidates(texts, highlight.quote, highlight.prefix, highlight.suffix, near)
    return [
        Offer(cues[one.at].pk, one.start, one.end, one.before, one.after, cues[one.at].start_ms)
        for one in found
    ]
