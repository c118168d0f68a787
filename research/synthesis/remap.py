"""Where highlights go when the text under them is corrected: with their words, to nobody else's.

Three things can become of one:

- KEPT: every word of it is there still, and is surely that word (see `aligning`). Its quote is the same,
  but for where one turn ends and the next begins.
- REWORDED: its words were changed in part: a typing error put right, a word put in or taken out. It stands
  on what is there now, and somebody has to confirm that.
- LOST: its words are gone, half of them or more changed, or they could be in two places. It keeps its
  quote and waits for somebody to give it a place. Equal words elsewhere are not taken for it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from .aligning import MOST_CELLS, Gap, How, Token, align, tokens
from .anchors import quote_of

PINNED = 20  # characters that a paragraph has at least to be known again by itself
CONTEXT = 40  # characters around a lost quote that are kept


class Block(NamedTuple):
    """Texts in a row that became other texts; a word does not leave its block.

    A turn that was rewritten is a block of one and one, a turn that was split one of one and two.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]


class Anchor(NamedTuple):
    """A highlight: from code point `start` of the text number `first` to `end` of the text `last`."""

    key: int
    first: int
    start: int
    last: int
    end: int


class Fate(StrEnum):
    KEPT = "kept"
    REWORDED = "reworded"
    LOST = "lost"


class Placed(NamedTuple):
    """What became of the highlight `key`: the numbers of the new texts, its quote there.

    Of a lost one `first` is the text it stood nearest to, the offsets are 0 and the quote is the old one.
    """

    key: int
    fate: Fate
    first: int
    start: int
    last: int
    end: int
    quote: str


class _Map:
    """The words of all blocks, numbered through, and what became of each."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.old: list[str] = []
        self.new: list[str] = []
        self.before: list[Token] = []
        self.after: list[Token] = []
        self.how: list[How] = []
        self.to: list[int] = []
        self.gaps: list[Gap] = []
        self.near: list[int] = []  # for each old text the number of the new one at its place
        for block in blocks:
            self._add(block)

    def _add(self, block: Block) -> None:
        before, after = tokens(block.old, len(self.old)), tokens(block.new, len(self.new))
        lo, to_lo = len(self.before), len(self.after)
        if block.old == block.new:
            self.how += [How.SURE] * len(before)
            self.to += range(to_lo, to_lo + len(after))
        else:
            found = align([token.text for token in before], [token.text for token in after])
            self.how += found.how
            self.to += [-1 if to < 0 else to_lo + to for to in found.to]
            self.gaps += [
                Gap(lo + gap.lo, lo + gap.hi, to_lo + gap.to_lo, to_lo + gap.to_hi) for gap in found.gaps
            ]
        last = len(self.new) + len(block.new) - 1
        self.near += [max(0, min(len(self.new) + step, last)) for step in range(len(block.old))]
        self.before += before
        self.after += after
        self.old += block.old
        self.new += block.new

    def gap_of(self, word: int) -> Gap:
        return next(gap for gap in self.gaps if gap.lo <= word < gap.hi)


def remap(blocks: Iterable[Block], anchors: Iterable[Anchor]) -> list[Placed]:
    """What becomes of each of `anchors` when the old texts of `blocks`, in order, become the new ones.

    Where two would come to stand on the same words, one keeps them and the other is lost.
    """
    words = _Map(blocks)
    by_key = {anchor.key: anchor for anchor in anchors}
    placed = {key: _place(words, anchor) for key, anchor in by_key.items()}
    taken: set[tuple[int, int, int, int]] = set()
    for key in sorted(placed, key=lambda key: placed[key].fate is not Fate.KEPT):
        one = placed[key]
        span = (one.first, one.start, one.last, one.end)
        if one.fate is not Fate.LOST and span in taken:
            placed[key] = _lost(words, by_key[key])
        elif one.fate is not Fate.LOST:
            taken.add(span)
    return list(placed.values())


def revised(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks of a text that was edited as a whole, paragraph by paragraph.

    All of it is one block. Only where that would be too long to compare word by word, paragraphs that stand
    once in either version, in the same order, are taken to be the same.
    """
    sizes = [len(tokens(texts)) for texts in (old, new)]
    if sizes[0] * sizes[1] <= MOST_CELLS:
        return [Block(tuple(old), tuple(new))]
    blocks = []
    at = to = 0
    for here, there in [*_pins(old, new), (len(old), len(new))]:
        if here > at or there > to:
            blocks.append(Block(tuple(old[at:here]), tuple(new[to:there])))
        if here < len(old):
            blocks.append(Block((old[here],), (new[there],)))
        at, to = here + 1, there + 1
    return blocks


def _pins(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Paragraphs of some length that are unique in both versions, as many as keep their order."""
    once = [Counter(texts) for texts in (old, new)]
    places = {text: index for index, text in enumerate(new)}
    pairs = [
        (index, places[text])
        for index, text in enumerate(old)
        if len(text) >= PINNED and once[0][text] == once[1][text] == 1
    ]
    # the longest increasing run, by patience sorting
    tops: list[int] = []
    piles: list[tuple[int, int]] = []
    before: list[int] = []
    ends: list[int] = []
    for number, (_, there) in enumerate(pairs):
        pile = bisect_left(tops, there)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(there)
            ends.append(number)
        else:
            tops[pile], ends[pile] = there, number
    number = ends[-1] if ends else -1
    while number >= 0:
        piles.append(pairs[number])
        number = before[number]
    return piles[::-1]


def _lost(words: _Map, anchor: Anchor) -> Placed:
    quote = quote_of(words.old[anchor.first : anchor.last + 1], anchor.start, anchor.end)
    near = words.near[anchor.first]
    return Placed(anchor.key, Fate.LOST, near, 0, near, 0, quote)


def _place(words: _Map, anchor: Anchor) -> Placed:
    lost = _lost(words, anchor)
    covered = _covered(words, anchor)
    if not covered:
        return lost
    begin, finish = _begin(words, anchor, covered), _finish(words, anchor, covered)
    if begin is None or finish is None:
        return lost
    (head, start), (foot, end) = begin, finish
    if head > foot or (head == foot and start >= end) or not _mostly(words, covered, foot - head + 1):
        return lost
    first, last = words.after[head].at, words.after[foot].at
    said = quote_of(words.new[first : last + 1], start, end)
    same = all(words.how[word] is How.SURE for word in covered) and said.split() == lost.quote.split()
    return Placed(anchor.key, Fate.KEPT if same else Fate.REWORDED, first, start, last, end, said)


def _covered(words: _Map, anchor: Anchor) -> range:
    """The numbers of the old words that the highlight covers, whole or in part."""
    return range(
        bisect_right(words.before, (anchor.first, anchor.start), key=lambda token: (token.at, token.end)),
        bisect_left(words.before, (anchor.last, anchor.end), key=lambda token: (token.at, token.start)),
    )


def _mostly(words: _Map, covered: range, length: int) -> bool:
    """Whether more than half of the words are there, and not lost among many new ones."""
    kept = sum(words.how[word] is not How.GONE or _repeated(words, word) for word in covered)
    return kept * 2 > len(covered) and length <= 2 * len(covered) + 10


def _repeated(words: _Map, word: int) -> bool:
    """Whether a word that is not sure stands in its gap of the new text, be it as another one of the kind."""
    gap = words.gap_of(word)
    return any(words.before[word].text == token.text for token in words.after[gap.to_lo : gap.to_hi])


def _begin(words: _Map, anchor: Anchor, covered: range) -> tuple[int, int] | None:
    """The new word that the highlight begins with, and the offset in its text."""
    word = covered[0]
    inner = max(0, anchor.start - words.before[word].start) if words.before[word].at == anchor.first else 0
    if words.how[word] is How.GONE:
        return _begin_in_gap(words, word, inner, covered)
    if inner and words.how[word] is How.ALIKE:
        return None
    return words.to[word], words.after[words.to[word]].start + inner


def _begin_in_gap(words: _Map, word: int, inner: int, covered: range) -> tuple[int, int] | None:
    gap = words.gap_of(word)
    if gap.hi > covered[-1]:
        return None  # not one word is left to hold on to
    edge = gap.hi - word
    if word > gap.lo:
        ours, theirs = words.before[word : gap.hi], words.after[gap.to_lo : gap.to_hi][-edge:]
        if [token.text for token in ours] != [token.text for token in theirs]:
            return None  # words before the highlight were changed together with its own
        return gap.to_hi - edge, words.after[gap.to_hi - edge].start + inner
    if inner or gap.to_lo >= len(words.after):
        return None
    return gap.to_lo, words.after[gap.to_lo].start


def _finish(words: _Map, anchor: Anchor, covered: range) -> tuple[int, int] | None:
    """The new word that the highlight ends with, and the offset in its text."""
    word = covered[-1]
    token = words.before[word]
    cut = max(0, token.end - anchor.end) if token.at == anchor.last else 0
    if words.how[word] is How.GONE:
        return _finish_in_gap(words, word, cut, covered)
    if cut and words.how[word] is How.ALIKE:
        return None
    return words.to[word], words.after[words.to[word]].end - cut


def _finish_in_gap(words: _Map, word: int, cut: int, covered: range) -> tuple[int, int] | None:
    gap = words.gap_of(word)
    if gap.lo < covered[0]:
        return None
    edge = word + 1 - gap.lo
    if word + 1 < gap.hi:
        ours, theirs = words.before[gap.lo : word + 1], words.after[gap.to_lo : gap.to_hi][:edge]
        if [token.text for token in ours] != [token.text for token in theirs]:
            return None
        return gap.to_lo + edge - 1, words.after[gap.to_lo + edge - 1].end - cut
    if cut or not gap.to_hi:
        return None
    return gap.to_hi - 1, words.after[gap.to_hi - 1].end


def context_of(texts: Sequence[str], anchor: Anchor) -> tuple[str, str]:
    """What stands before and after a highlight in its own texts, for finding its place again."""
    return (
        texts[anchor.first][max(0, anchor.start - CONTEXT) : anchor.start],
        texts[anchor.last][anchor.end : anchor.end + CONTEXT],
    )
