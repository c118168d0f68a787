"""What WebVTT and SubRip share: blocks between blank lines, time lines, markup, and who speaks.

A malformed block is an error that names its line, never skipped: a hole in a transcript goes unseen.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from .cues import MAX_CUE_TEXT, MAX_CUES, CueList, Line, Notices, TranscriptError, normalise
from .speakers import Trust, split_label
from .timecodes import PATTERN, to_ms

ARROW = "-->"

_TWO_TIMES = re.compile(rf"{PATTERN}\s{{0,5}}\S{{0,3}}\s{{0,5}}{PATTERN}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|(</v>)", re.IGNORECASE)
# Only tags that captions know: "<laughs>" or "a < b" typed by a person is text, and is kept.
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font|span)(?:\.[^\s<>]*)?(?:\s[^<>]*)?>|<\d[\d:.,]*>|\{\\an?\d{1,2}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CLIP = 40
_ENOUGH = 5  # cues that all name a speaker: then what stands before the colon is one


@dataclass(frozen=True, slots=True)
class Caption:
    """A cue as written: its time line's number, its times in ms, and its lines with their markup."""

    line: int
    start_ms: int | None
    end_ms: int | None
    id: str
    payload: str


def blocks(numbered: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines between blank lines. Raises TranscriptError for one beyond MAX_CUE_TEXT characters."""
    block: list[Line] = []
    size = 0
    for number, text in numbered:
        if text.strip():
            block.append((number, text))
            size += len(text) + 1
            if size > MAX_CUE_TEXT:
                raise TranscriptError(
                    f"this cue has more than {MAX_CUE_TEXT:,} characters. Put an empty line between cues "
                    "and upload the file again.",
                    block[0][0],
                )
        elif block:
            yield block
            block, size = [], 0
    if block:
        yield block


def caption(block: list[Line]) -> Caption:
    """Read a block: an optional id, the time line, the payload. Raises TranscriptError."""
    at = next((index for index, (_, text) in enumerate(block[:2]) if ARROW in text), None)
    if at is None:
        raise _no_time_line(block)
    number, text = block[at]
    start_ms, end_ms = _span(number, text)
    payload = block[at + 1 :]
    for inner, other in payload:
        if _is_time_line(other):
            raise TranscriptError(
                "a new cue starts here without an empty line before it. Put an empty line between the two "
                "cues and upload the file again.",
                inner,
            )
    return Caption(
        line=number,
        start_ms=start_ms,
        end_ms=end_ms,
        id=block[0][1].strip() if at else "",
        payload="\n".join(text for _, text in payload),
    )


def add_cues(captions: list[Caption], into: CueList, notices: Notices) -> None:
    """Split captions by who speaks and append them; one without text becomes a notice."""
    labels = _labels(captions)
    for one in captions:
        said = _by_voice(one.payload) if _VOICE.search(one.payload) else _by_label(one.payload, labels)
        if not said:
            notices.add("this cue has no text and was left out.", one.line)
        for speaker, text in said:
            into.add(one.line, one.start_ms, one.end_ms, speaker, text)


def check_count(captions: list[Caption], line: int) -> None:
    """Stop before an endless file fills the memory. Raises TranscriptError."""
    if len(captions) > MAX_CUES:
        raise TranscriptError(
            f"there are more than {MAX_CUES:,} cues. Split the file and upload each part.", line
        )


def clip(text: str) -> str:
    """A piece of the file, short enough to quote in a message."""
    short = normalise(text)
    return short if len(short) <= _CLIP else f"{short[:_CLIP]}…"


def _span(number: int, text: str) -> tuple[int, int]:
    before, _, after = text.partition(ARROW)
    first = before.strip()
    last = (after.split(maxsplit=1) or [""])[0]  # cue settings may follow
    start_ms, end_ms = _time("start", first, number), _time("end", last, number)
    if end_ms < start_ms:
        raise TranscriptError(
            f"the end time {last} comes before the start time {first}. Correct the time and upload the "
            "file again.",
            number,
        )
    return start_ms, end_ms


def _time(name: str, written: str, number: int) -> int:
    ms = to_ms(written)
    if ms is None:
        problem = (
            f"the {name} time “{clip(written)}” is not a time" if written else f"the {name} time is missing"
        )
        raise TranscriptError(
            f"{problem}. Write both times like 00:01:02.000 --> 00:01:05.000 and upload the file again.",
            number,
        )
    return ms


def _is_time_line(text: str) -> bool:
    before, arrow, after = text.partition(ARROW)
    return bool(arrow) and to_ms(before.strip()) is not None and to_ms((after.split() or [""])[0]) is not None


def _no_time_line(block: list[Line]) -> TranscriptError:
    for number, text in block[:2]:
        if _TWO_TIMES.match(text.strip()):
            return TranscriptError(
                "the arrow --> between the start and the end time is missing. Write it like "
                "00:01:02.000 --> 00:01:05.000 and upload the file again.",
                number,
            )
    number, text = block[0]
    return TranscriptError(
        f"the text “{clip(text)}” has no time line above it. Give it one like 00:01:02.000 --> 00:01:05.000, "
        "or remove the empty line before it, and upload the file again.",
        number,
    )


def _plain(raw: str) -> str:
    """Text as a viewer shows it: tags away, character references decoded once, white space single."""
    bare = _MARKUP.sub("", _BREAK.sub(" ", raw))
    return normalise(_REFERENCE.sub(lambda found: html.unescape(found[0]), bare))


def _by_voice(payload: str) -> list[tuple[str, str]]:
    """Who says what by `<v Name>` spans; a span lasts to its end tag, the next span or the cue's end."""
    pieces: list[tuple[str, str]] = []
    speaker, at = "", 0
    for tag in _VOICE.finditer(payload):
        pieces.append((speaker, payload[at : tag.start()]))
        speaker = "" if tag[2] else _plain(tag[1] or "")
        at = tag.end()
    pieces.append((speaker, payload[at:]))
    return _joined(pieces)


def _by_label(payload: str, labels: frozenset[str]) -> list[tuple[str, str]]:
    """Who says what by "Name: text". Further lines change speaker only in a cue that began with one,
    because a caption's lines are broken anywhere."""
    pieces: list[tuple[str, str]] = []
    speaker = ""
    for index, line in enumerate(payload.split("\n")):
        labelled = _label(line) if speaker or not index else None
        if labelled and labelled[0] in labels:
            speaker, line = labelled[0], labelled[1]
        pieces.append((speaker, line))
    return _joined(pieces)


def _joined(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One text for each run of one speaker's pieces; white space between voices does not break a run."""
    spoken = [(speaker, raw) for speaker, raw in pieces if raw and not raw.isspace()]
    runs = groupby(spoken, key=itemgetter(0))
    said = [(speaker, _plain("\n".join(raw for _, raw in run))) for speaker, run in runs]
    return [(speaker, text) for speaker, text in said if text]


def _label(line: str) -> tuple[str, str, Trust] | None:
    # The colon is looked for before references are decoded: a text that must not be split hides its own.
    return split_label(_MARKUP.sub("", line), decode=_plain)


def _labels(captions: list[Caption]) -> frozenset[str]:
    """The labels this file uses as speakers: those it repeats, and once-only names where most cues have one;
    where every cue has one, as Zoom writes them, all of these.

    A caption such as "Remember: save often" in a file without speakers must stay whole.
    """
    counts: Counter[str] = Counter()
    sure: set[str] = set()
    first: set[str] = set()
    labelled = unvoiced = 0
    for one in captions:
        if _VOICE.search(one.payload):
            continue
        unvoiced += 1
        for index, line in enumerate(one.payload.split("\n")):
            found = _label(line)
            if found is None:
                if not index:
                    break
                continue
            labelled += not index
            if not index:
                first.add(found[0])
            counts[found[0]] += 1
            if found[2] is Trust.YES:
                sure.add(found[0])
    repeated = {label for label, times in counts.items() if times > 1}
    if labelled == unvoiced >= _ENOUGH:
        sure |= first
    return frozenset(repeated | sure if labelled * 2 >= unvoiced else repeated)
