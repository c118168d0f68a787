"""Overlapping spans of a text as a row of segments that do not overlap: what a page draws."""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import NamedTuple


class Span[K: Hashable](NamedTuple):
    """Code points from `start` up to, not including, `end`; `key` says whose they are."""

    start: int
    end: int
    key: K


class Segment[K: Hashable](NamedTuple):
    """A stretch covered by the same spans throughout; `keys` outermost first, empty where none covers it."""

    start: int
    end: int
    keys: tuple[K, ...]


def segments[K: Hashable](length: int, spans: Iterable[Span[K]]) -> list[Segment[K]]:
    """Cut a text of `length` code points at every edge of `spans`.

    The segments follow each other without gap and cover the whole text. Spans reaching out of the text
    are clipped, empty ones ignored. Where spans overlap, the one that starts first, then the longer one,
    is the outer one, all along.
    """
    clipped = (Span(max(0, span.start), min(length, span.end), span.key) for span in spans)
    kept = sorted((span for span in clipped if span.start < span.end), key=lambda s: (s.start, -s.end))
    edges = sorted({0, length, *(span.start for span in kept), *(span.end for span in kept)})
    found = []
    for start, end in pairwise(edges):
        keys = tuple(span.key for span in kept if span.start <= start and end <= span.end)
        found.append(Segment(start, end, keys))
    return found
