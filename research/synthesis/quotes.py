"""Choosing the few quotes that stand for a theme."""

from collections.abc import Iterable
from typing import NamedTuple

SHORT, LONG = 40, 280  # characters of a quote that reads well by itself
MOST = 600  # shown of a longer one


class Candidate(NamedTuple):
    """A highlight that could be quoted. `voice` says who speaks: the participant, or the session."""

    key: int
    voice: tuple[str, int]
    segment: str
    length: int
    own: bool = True  # the participant's words, not those of somebody else in the room
    cited: bool = False  # an insight stands on it


def _worth(one: Candidate) -> tuple[bool, bool, bool, int, int]:
    """Least is best: the participant's own words, evidence of an insight, of a good length."""
    off = max(SHORT - one.length, 0, one.length - LONG)
    return (not one.own, not one.cited, off > 0, off, one.key)


def choose(candidates: Iterable[Candidate], most: int = 3) -> list[int]:
    """The keys of up to `most` quotes, best first; the same candidates give the same choice in any order.

    Each next one comes from a person not quoted yet where there is one, and among those from a segment
    not quoted yet.
    """
    left = sorted(set(candidates), key=_worth)
    chosen: list[Candidate] = []
    while left and len(chosen) < most:
        voices = {one.voice for one in chosen}
        segments = {one.segment for one in chosen}
        best = min(left, key=lambda one: (one.voice in voices, one.segment in segments, _worth(one)))
        chosen.append(best)
        left.remove(best)
    return [one.key for one in chosen]


def shorten(quote: str, most: int = MOST) -> tuple[str, bool]:
    """The quote on one line, cut at a word if it is longer than `most`; and whether it was cut."""
    text = " ".join(quote.split())
    if len(text) <= most:
        return text, False
    head = text[:most]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:"), True
