"""What differs between two texts, word by word, for people to read."""

import difflib
import re
from typing import NamedTuple

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")
MOST_PIECES = 4_000
ALIKE = 0.4  # below that share of common pieces, two texts are read more easily one after the other


class Piece(NamedTuple):
    """A stretch of text: "same", "gone" or "new"."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The stretches that turn `before` into `after`, in order of reading: the new after what it replaces."""
    first, second = _PIECES.findall(before), _PIECES.findall(after)
    if len(first) > MOST_PIECES or len(second) > MOST_PIECES:
        return [Piece("gone", before), Piece("new", after)]
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if first and second and matcher.ratio() < ALIKE:
        return [Piece("gone", before), Piece("new", after)]
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(first[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(first[a:b])))
        if d > c:
            found.append(Piece("new", "".join(second[c:d])))
    return found
