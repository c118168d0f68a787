"""Where a selection lies in a text, although tools count characters differently.

The standard counts Unicode characters of the text as it is in the file. ATLAS.ti counts a line end of two
characters as one, and some tools count UTF-16 units, of which an emoji has two. Where a text holds neither
the ways agree; elsewhere the words that selections repeat in their name tell which way was meant.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from .project import Selection

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_TRIED = 200


class Positions:
    """Turns the positions of one way of counting into indexes of `text`."""

    def __init__(self, text: str, *, short_ends: bool, utf16: bool) -> None:
        ends = [one.start() for one in re.finditer("\r\n", text)] if short_ends else []
        astral = [one.start() for one in _ASTRAL.finditer(text)] if utf16 else []
        self.length = len(text)
        # each mark: (the position as counted from which the shift holds, how far the index is ahead)
        marks = sorted([(at, 1) for at in ends] + [(at, -1) for at in astral])
        self._from: list[int] = []
        self._shift: list[int] = []
        shift = 0
        for at, step in marks:
            # a short line end moves what comes after it up, a long character moves it back
            self._from.append(at - shift + (1 if step == 1 else 2))
            shift += step
            self._shift.append(shift)

    def index(self, position: int) -> int:
        """The index in the text, kept within it."""
        mark = bisect_right(self._from, position) - 1
        shift = self._shift[mark] if mark >= 0 else 0
        return max(0, min(self.length, position + shift))


def choose(text: str, selections: Sequence[Selection], origin: str) -> Positions:
    """How this text's positions are counted: by what selections say of their words, else by the tool."""
    crlf, astral = "\r\n" in text, bool(_ASTRAL.search(text))
    atlas = "atlas" in origin.casefold()
    ways = [(atlas and crlf, False)]
    ways += [(not atlas, False)] if crlf else []
    ways += [(short, True) for short, _ in list(ways)] if astral else []
    tried = selections[:_TRIED]
    counted = [Positions(text, short_ends=short, utf16=utf16) for short, utf16 in ways]
    return max(counted, key=lambda way: _agreement(text, tried, way))  # the first of equals


def _agreement(text: str, selections: Sequence[Selection], way: Positions) -> int:
    """How well the words found there fit what the selections say, in points."""
    points = 0
    for selection in selections:
        found = text[way.index(selection.start) : way.index(selection.end)]
        said = " ".join(selection.name.rstrip(".… ").split())
        if len(said) > 3 and " ".join(found.split()).startswith(said):
            points += 10
        # people select whole words
        points += bool(found) and not found[0].isspace() and not found[-1].isspace()
        points += _at_edge(text, way.index(selection.start)) + _at_edge(text, way.index(selection.end))
    return points


def _at_edge(text: str, at: int) -> bool:
    around = text[max(0, at - 1) : at + 1]
    return len(around) < 2 or not (around[0].isalnum() and around[1].isalnum())


def line_starts(text: str) -> list[int]:
    return [0, *(one.end() for one in re.finditer("\r\n|\r|\n|\u2028|\u2029", text))]


def line_of(starts: Sequence[int], at: int) -> int:
    """The number of the line, from 0, that the index lies in."""
    return max(0, bisect_left(starts, at + 1) - 1)
