"""Any plain text as turns, without losing where each character stood: for texts that were coded elsewhere."""

import re
from collections import Counter
from collections.abc import Iterator

from .cues import MAX_SPEAKER, TranscriptError
from .heads import Head, head_of, is_system_line
from .speakers import split_label
from .turns import Placed, Turn

MAX_TURN = 20_000
_LINE = re.compile("[^\r\n\u2028\u2029\x00]+")


def turns_of(text: str, times: list[tuple[int, int]]) -> list[Placed]:
    """A turn for each line with words. `times` are (place in the text, ms) of a recording's transcript.

    Labels such as “Dana: …” become speakers, and the words begin behind them.
    """
    repeated = _labels(text)
    found: list[Placed] = []
    speaker, at_time = "", 0
    for line in _LINE.finditer(text):
        words = line[0].strip()
        if not words:
            continue
        at = line.start() + line[0].index(words)
        head = _head(words, repeated)
        start_ms = end_ms = None
        if head:
            start_ms, end_ms = head.start_ms, head.end_ms
            speaker = (head.speaker or "")[:MAX_SPEAKER]
            if not head.text:
                continue  # the label stands alone; the words come on the next line
            at += words.rindex(head.text)
            words = head.text
        while at_time < len(times) and times[at_time][0] < at + len(words):
            if start_ms is None and times[at_time][0] <= at + len(words) // 2:
                start_ms = times[at_time][1]
            at_time += 1
        found += [
            Placed(Turn(piece, speaker, start_ms, end_ms), at + inside) for piece, inside in _cut(words)
        ]
    return found


def _labels(text: str) -> set[str]:
    seen: Counter[str] = Counter()
    for line in _LINE.finditer(text):
        found = split_label(line[0].strip()) if ":" in line[0][:90] else None
        if found:
            seen[" ".join(found[0].split())] += 1
    return {label for label, number in seen.items() if number > 1}


def _head(words: str, repeated: set[str]) -> Head | None:
    """How the line opens a turn, if its words stand in the line as they are."""
    if len(words) > MAX_TURN or is_system_line(words):
        return None
    try:
        head = head_of(words, 1, repeated)
    except TranscriptError:
        return None
    if head is None or head.text not in words:
        return None
    # “Results: …” in an article names nobody; in a conversation labels come again
    return head if head.start_ms is not None or head.speaker in repeated else None


def _cut(words: str) -> Iterator[tuple[str, int]]:
    """A line as it is, or in pieces where it is too long to be a turn."""
    at = 0
    while len(words) - at > MAX_TURN:
        space = words.rfind(" ", at + MAX_TURN // 2, at + MAX_TURN)
        end = space if space > 0 else at + MAX_TURN
        yield words[at:end], at
        at = end + (space > 0)
    yield words[at:], at
