"""Where a highlight that lost its place might stand: the same words, best by what stands around them."""

from collections.abc import Mapping
from typing import NamedTuple

MOST = 5


class Place(NamedTuple):
    """The words `start` to `end` of the text at position `at`, with what stands before and after them."""

    at: int
    start: int
    end: int
    before: str
    after: str


def candidates(texts: Mapping[int, str], quote: str, prefix: str, suffix: str, near: int) -> list[Place]:
    """Up to `MOST` places where `quote` stands word for word in `texts` (by position), likeliest first.

    What stood around it (`prefix`, `suffix`) counts first, then how near to the position `near` it is.
    A place is only ever offered: equal words need not be the same ones.
    """
    words = " ".join(quote.split())
    found: list[tuple[int, int, Place]] = []
    for at, text in texts.items():
        start = text.find(words) if words else -1
        while start >= 0:
            end = start + len(words)
            if not _inside_a_word(text, start, end):
                around = _same(text[:start][::-1], prefix[::-1]) + _same(text[end:], suffix)
                place = Place(at, start, end, text[max(0, start - 60) : start], text[end : end + 60])
                found.append((-around, abs(at - near), place))
            start = text.find(words, start + 1)
    return [place for *_, place in sorted(found)[:MOST]]


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    count = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        count += 1
    return count


def _inside_a_word(text: str, start: int, end: int) -> bool:
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    return cut_before or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
