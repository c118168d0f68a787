"""What somebody typed, taken apart: words to look for, or a question to be obeyed to the letter."""

import re
from typing import NamedTuple

from prodops.marking import normal

LONGEST = 400  # characters that count
MOST_WORDS = 12
_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')
_SIGNS = re.compile(r"[^\w\s]|_")


class Piece(NamedTuple):
    text: str  # words in lower case, apart by blanks
    unwanted: bool = False
    phrase: bool = False  # in this order, side by side
    beginning: bool = False  # of a word


class Asked(NamedTuple):
    """`groups` are alternatives (OR), each of pieces that must all hold; empty where words are enough."""

    text: str
    words: str  # what is wanted, without signs
    groups: tuple[tuple[Piece, ...], ...]

    @property
    def hard(self):
        return bool(self.groups)


def read(text):
    """`Asked` of what was typed. Quotes, -word, word* and OR make it one to be obeyed to the letter."""
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    groups: list[list[Piece]] = [[]]
    signs = False
    for match in _PIECE.finditer(text):
        if match["word"] == "OR" and not match["minus"]:
            if groups[-1]:
                groups.append([])
            signs = True
            continue
        piece = _piece(match)
        if piece.text:
            signs |= piece.unwanted or piece.beginning or match["phrase"] is not None
            groups[-1].append(piece)
    wanted = [one for group in groups for one in group if not one.unwanted]
    words = " ".join(one.text for one in wanted)
    if not signs:
        return Asked(text, words, ())
    hard = tuple(tuple(group) for group in groups if any(not one.unwanted for one in group))
    # nothing is wanted, or only what no word can answer: such a question finds nothing
    return Asked(text, words, hard or ((Piece(""),),) if text else ())


def _piece(match):
    raw = match["phrase"] if match["phrase"] is not None else match["word"]
    quoted = match["phrase"] is not None
    words = " ".join(_SIGNS.sub(" ", normal(raw)).split())
    begins = not quoted and raw.endswith("*") and " " not in words
    return Piece(words, bool(match["minus"]), quoted or " " in words, begins)


def swapped(text, least=4):
    """[(word, the word with two neighbouring letters changed round)] of its longer words."""
    pairs = []
    for word in dict.fromkeys(re.findall(r"[a-z]+", normal(text))[:MOST_WORDS]):
        if len(word) < least:
            continue
        for at in range(len(word) - 1):
            if word[at] != word[at + 1]:
                pairs.append((word, word[:at] + word[at + 1] + word[at] + word[at + 2 :]))
    return pairs
