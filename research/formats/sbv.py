"""SBV, the captions that YouTube writes: blocks of "0:00:01.000,0:00:03.000" and text."""

import re
from collections.abc import Iterable
from itertools import islice

from .captions import Caption, add_cues, blocks, check_count, clip
from .cues import Cue, CueList, Line, Notices, TranscriptError
from .timecodes import to_ms

_TIMES = re.compile(r"(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})\s?,\s?(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})", re.ASCII)
_CHANGE = re.compile(r"^\s*(?:>>+|&gt;&gt;)\s*", re.MULTILINE)  # how captions mark that somebody else speaks
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def is_sbv(numbered: Iterable[Line]) -> bool:
    """Whether a text opens with the two times of SBV, a comma between them."""
    opening = islice((text for _, text in numbered if text.strip()), 1)
    return any(_TIMES.fullmatch(text.strip()) for text in opening)


def read(numbered: Iterable[Line], notices: Notices) -> tuple[Cue, ...]:
    """The cues of an SBV file. Raises TranscriptError for a malformed cue."""
    captions: list[Caption] = []
    for block in blocks(numbered):
        captions.append(_caption(block))
        check_count(captions, block[0][0])
    cues = CueList()
    add_cues(captions, cues, notices)
    return cues.all()


def _caption(block: list[Line]) -> Caption:
    (number, first), *payload = block
    times = _TIMES.fullmatch(first.strip())
    start_ms, end_ms = (to_ms(times[1]), to_ms(times[2])) if times else (None, None)
    if start_ms is None or end_ms is None:
        raise TranscriptError(
            f"the text “{clip(first)}” has no times above it. Give it a line like "
            "0:00:01.000,0:00:03.000, or remove the empty line before it, and upload the file again.",
            number,
        )
    if end_ms < start_ms:
        raise TranscriptError(
            f"the end time comes before the start time in “{clip(first)}”. Correct the time and upload the "
            "file again.",
            number,
        )
    for inner, text in payload:
        if _TIMES.fullmatch(text.strip()):
            raise TranscriptError(
                "a new cue starts here without an empty line before it. Put an empty line between the two "
                "cues and upload the file again.",
                inner,
            )
    said = "\n".join(text for _, text in payload)
    return Caption(number, start_ms, end_ms, "", _CHANGE.sub("", _BREAK.sub("\n", said)))
