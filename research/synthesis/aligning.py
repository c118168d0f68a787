"""Which word of a text is which word of its corrected version, and where that cannot be known."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

MOST_CELLS = 9_000_000  # words before by words after that are compared exactly: two texts of 3,000 words
MARGIN = 400  # words of unchanged text on either side of a change that are compared with it in longer ones
MOST_CORRECTED = 8  # words in a row that may each be a corrected spelling of the one before
ALIKE = 0.6  # of two words' letters, for the one to be a correction of the other

_TOKEN = re.compile(r"\w+|[^\w\s]")


class Token(NamedTuple):
    """A word or a sign: code points `start` to `end` of the text number `at`."""

    text: str
    at: int
    start: int
    end: int


class How(IntEnum):
    """How a word of the old text stands in the new one."""

    GONE = 0  # taken out, replaced, or in one of several places
    ALIKE = 1  # in its place stands a word that is spelled much like it
    SURE = 2  # there it is, and nowhere else


class Gap(NamedTuple):
    """Words `lo` to `hi` of the old text, between words that are sure, became `to_lo` to `to_hi`."""

    lo: int
    hi: int
    to_lo: int
    to_hi: int


class Alignment(NamedTuple):
    """For each word of the old text how it stands and which word of the new text it is (-1: none)."""

    how: list[How]
    to: list[int]
    gaps: list[Gap]


def tokens(texts: Sequence[str], first: int = 0) -> list[Token]:
    """The words and signs of `texts`, the first of which has the number `first`."""
    return [
        Token(found[0], at, found.start(), found.end())
        for at, text in enumerate(texts, first)
        for found in _TOKEN.finditer(text)
    ]


def align(before: Sequence[str], after: Sequence[str]) -> Alignment:
    """Align the words `before` with those `after`.

    A word is SURE only if every longest common subsequence of the two texts pairs it with the same word.
    As long as what was put in repeats nothing of the old text, that is the very word: of two equal words
    of which one was taken out, neither is sure.
    """
    how, to = [How.GONE] * len(before), [-1] * len(before)
    lead, tail = _trim(before, after)
    for index in range(lead):
        how[index], to[index] = How.SURE, index
    for back in range(1, tail + 1):
        how[-back], to[-back] = How.SURE, len(after) - back
    inner = before[lead : len(before) - tail], after[lead : len(after) - tail]
    if len(inner[0]) * len(inner[1]) <= MOST_CELLS:
        for old, new in _sure(*inner):
            how[lead + old], to[lead + old] = How.SURE, lead + new
    gaps = _gaps(how, to, len(after))
    return Alignment(how, to, [gap for gap in gaps if not _corrected(gap, before, after, how, to)])


def _trim(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many words at both ends of two long texts are equal and far enough from any change."""
    if len(before) * len(after) <= MOST_CELLS:
        return 0, 0
    shorter = min(len(before), len(after))
    lead = 0
    while lead < shorter and before[lead] == after[lead]:
        lead += 1
    tail = 0
    while tail < shorter - lead and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return max(0, lead - MARGIN), max(0, tail - MARGIN)


def _sure(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs that all longest common subsequences have (Hirschberg's forward and backward tables)."""
    if not before or not after:
        return []
    numbers: dict[str, int] = {}
    old, new = (
        np.array([numbers.setdefault(word, len(numbers)) for word in words]) for words in (before, after)
    )
    forward = _table(old, new)
    backward = _table(old[::-1], new[::-1])[::-1, ::-1]
    longest = forward[-1, -1]
    on = old[:, None] == new[None, :]
    on &= forward[:-1, :-1] + backward[1:, 1:] == longest - 1
    skipped = (forward[:-1, :] + backward[1:, :] == longest).any(axis=1)
    rows = np.flatnonzero((on.sum(axis=1) == 1) & ~skipped)
    return list(zip(rows.tolist(), on[rows].argmax(axis=1).tolist(), strict=True))


def _table(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Length of the longest common subsequence of each pair of beginnings, row by row."""
    table = np.zeros((len(old) + 1, len(new) + 1), dtype=np.int16)
    for row, word in enumerate(old):
        step = np.maximum(table[row, 1:], table[row, :-1] + (new == word))
        np.maximum.accumulate(step, out=table[row + 1, 1:])
    return table


def _gaps(how: list[How], to: list[int], length: int) -> list[Gap]:
    marks = [(-1, -1), *((i, to[i]) for i in range(len(how)) if how[i] is How.SURE), (len(how), length)]
    return [
        Gap(here + 1, there, new_here + 1, new_there)
        for (here, new_here), (there, new_there) in pairwise(marks)
        if there - here > 1 or new_there - new_here > 1
    ]


def _corrected(gap: Gap, before: Sequence[str], after: Sequence[str], how: list[How], to: list[int]) -> bool:
    """Pair the words of a gap one to one if each is much like the one in its place."""
    old, new = before[gap.lo : gap.hi], after[gap.to_lo : gap.to_hi]
    if not 0 < len(old) == len(new) <= MOST_CORRECTED or not all(map(_alike, old, new)):
        return False
    for step in range(len(old)):
        how[gap.lo + step], to[gap.lo + step] = How.ALIKE, gap.to_lo + step
    return True


def _alike(one: str, other: str) -> bool:
    one, other = one[:40].casefold(), other[:40].casefold()
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
