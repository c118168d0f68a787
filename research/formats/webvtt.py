"""WebVTT, as the W3C writes it (https://www.w3.org/TR/webvtt1/) and as Zoom and Teams do.

A player skips what it cannot read; here the words of a malformed cue are kept and its line is named. Laxer
where nothing is lost by it: a comma before the milliseconds, one-digit parts, hours left out.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .blocks import Caption, Dialect, read_captions
from .captions import ARROW, EXAMPLE, add_cues, is_near, is_times, span
from .cues import Cue, CueList, Line, Notices, TranscriptError, normalise
from .speakers import hide_colon
from .timecodes import show

_HEADER = re.compile(r"WEBVTT(?:[ \t]|$)")
_COMMENT = re.compile(r"NOTE(?:[ \t]|$)")
_STYLE = re.compile(r"(?:STYLE|REGION)\s*$")
# WebVTT has no cue without times. Ours say so in their ids, so that a file we wrote reads back as it was.
_UNTIMED = re.compile(r"untimed-\d+", re.ASCII)
_NO_END = re.compile(r"no-end-\d+", re.ASCII)
_WRAP = 2_000

_WEBVTT = Dialect(
    EXAMPLE,
    is_times,
    is_near,
    span,
    is_id=bool,
    skip=lambda text: bool(_COMMENT.match(text) or _STYLE.match(text)),
)


def is_webvtt(first_line: str) -> bool:
    """Whether a file's first line is the WebVTT header."""
    return bool(_HEADER.match(first_line))


def read(numbered: Iterable[Line], notices: Notices) -> tuple[Cue, ...]:
    """The cues of a WebVTT file. Raises TranscriptError for a missing header, or if most are malformed."""
    captions = read_captions(_after_header(iter(numbered)), _WEBVTT, notices)
    captions = [_as_written(one) for one in captions]
    cues = CueList()
    add_cues(captions, cues, notices)
    return cues.all()


def to_webvtt(cues: Iterable[Cue]) -> str:
    """Write cues as a WebVTT file that `read` turns back into the same cues.

    A cue without times is written at 00:00:00.000 with the id "untimed-N", one without an end as empty
    with "no-end-N": players show neither. A word of more than MAX_LINE characters does not read back.
    """
    return "WEBVTT\n" + "".join(_block(number, cue) for number, cue in enumerate(cues, start=1))


def _after_header(numbered: Iterator[Line]) -> Iterator[Line]:
    """The lines below the header and the notes that may stand directly under it ("Kind: captions")."""
    number, first = next(numbered, (1, ""))
    if not is_webvtt(first):
        raise TranscriptError(
            "a WebVTT file starts with a line that says WEBVTT. Add it, with an empty line below, and upload "
            "the file again.",
            number,
        )
    for number, text in numbered:
        if ARROW in text:
            yield number, text
            break
        if not text.strip():
            break
    yield from numbered


def _as_written(one: Caption) -> Caption:
    """Take back the times that `to_webvtt` had to invent."""
    if _UNTIMED.fullmatch(one.id) and one.start_ms == one.end_ms == 0:
        return replace(one, start_ms=None, end_ms=None)
    if _NO_END.fullmatch(one.id) and one.start_ms == one.end_ms:
        return replace(one, end_ms=None)
    return one


def _block(number: int, cue: Cue) -> str:
    start = cue.start_ms or 0
    end = start if cue.end_ms is None else cue.end_ms
    mark = ""
    if cue.start_ms is None:
        mark = f"untimed-{number}\n"
    elif cue.end_ms is None:
        mark = f"no-end-{number}\n"
    return f"\n{mark}{show(start)} {ARROW} {show(end)}\n{_payload(cue)}\n"


def _payload(cue: Cue) -> str:
    speaker, text = _escaped(cue.speaker), _escaped(cue.text)
    return _wrapped(f"<v {speaker}>{text}</v>" if speaker else hide_colon(text))


def _escaped(text: str) -> str:
    return html.escape(normalise(text), quote=False)


def _wrapped(text: str) -> str:
    """Break a long text at spaces, which reading joins again, so that no line passes MAX_LINE."""
    if len(text) <= _WRAP:
        return text
    lines: list[str] = []
    words: list[str] = []
    width = 0
    for word in text.split(" "):
        if width + len(word) > _WRAP and words:
            lines.append(" ".join(words))
            words, width = [], 0
        words.append(word)
        width += len(word) + 1
    return "\n".join([*lines, " ".join(words)])
