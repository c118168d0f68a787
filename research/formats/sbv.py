"""SBV, the captions that YouTube writes: blocks of "0:00:01.000,0:00:03.000" and text."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from .blocks import Dialect, Malformed, Span, clip, read_captions
from .captions import add_cues, backwards
from .cues import Cue, CueList, Line, Notices
from .timecodes import to_ms

_EXAMPLE = "0:00:01.000,0:00:03.000"
_TIMES = re.compile(r"(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})\s?,\s?(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})", re.ASCII)
_CHANGE = re.compile(r"^\s*(?:>>+|&gt;&gt;)\s*", re.MULTILINE)  # how captions mark that somebody else speaks
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def is_sbv(numbered: Iterable[Line]) -> bool:
    """Whether a text opens with the two times of SBV, a comma between them."""
    opening = islice((text for _, text in numbered if text.strip()), 1)
    return any(_TIMES.fullmatch(text.strip()) for text in opening)


def read(numbered: Iterable[Line], notices: Notices) -> tuple[Cue, ...]:
    """The cues of an SBV file. Raises TranscriptError if most are malformed."""
    captions = [replace(one, payload=_spoken(one.payload)) for one in read_captions(numbered, _SBV, notices)]
    cues = CueList()
    add_cues(captions, cues, notices)
    return cues.all()


def _spoken(payload: str) -> str:
    return _CHANGE.sub("", _BREAK.sub("\n", payload))


def _is_times(text: str) -> bool:
    times = _TIMES.fullmatch(text.strip())
    return times is not None and all(to_ms(one) is not None for one in times.groups())


def _span(number: int, text: str) -> Span:
    first, _, last = text.strip().partition(",")
    first, last = first.strip(), last.strip()
    start_ms, end_ms = to_ms(first), to_ms(last)
    if start_ms is None or end_ms is None:
        fault = Malformed(
            number,
            f"“{clip(text)}” are not two times",
            f"Write them like {_EXAMPLE}",
            "The words were taken in without a time.",
        )
        return None, None, fault
    if end_ms < start_ms:
        return start_ms, None, backwards(number, first, last)
    return start_ms, end_ms, None


_SBV = Dialect(_EXAMPLE, _is_times, lambda text: bool(_TIMES.fullmatch(text.strip())), _span)
