"""Where a highlight begins and ends in a row of cues, and what it says there."""

from collections.abc import Sequence

CUE_BREAK = "\n"  # between the words of one cue and the next in a quote


def quote_of(texts: Sequence[str], start: int, end: int) -> str:
    """The words from code point `start` of the first text to `end` of the last, cues apart by a line break.

    Raises ValueError where the anchors lie outside the texts or enclose nothing.
    """
    if not texts or not 0 <= start <= len(texts[0]) or not 0 <= end <= len(texts[-1]):
        raise ValueError("The highlight lies outside of what was said.")
    if len(texts) == 1:
        if start >= end:
            raise ValueError("The highlight is empty.")
        return texts[0][start:end]
    return CUE_BREAK.join([texts[0][start:], *texts[1:-1], texts[-1][:end]])


def trimmed(texts: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """The same anchors without white space at either edge of the quote."""
    first, last = texts[0], texts[-1]
    limit = end if len(texts) == 1 else len(first)
    while start < limit and first[start].isspace():
        start += 1
    floor = start if len(texts) == 1 else 0
    while end > floor and last[end - 1].isspace():
        end -= 1
    return start, end
