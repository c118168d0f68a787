"""What WebVTT and SubRip share: time lines, markup, and who speaks."""

import html
import re
from collections import Counter
from itertools import groupby
from operator import itemgetter

from .blocks import Caption, Malformed, Span, clip
from .cues import CueList, Notices, normalise
from .speakers import Trust, split_label
from .timecodes import PATTERN, to_ms

ARROW = "-->"
EXAMPLE = "00:01:02.000 --> 00:01:05.000"

_TWO_TIMES = re.compile(rf"{PATTERN}\s{{0,5}}\S{{0,3}}\s{{0,5}}{PATTERN}")
_A_TIME = re.compile(PATTERN)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|(</v>)", re.IGNORECASE)
# Only tags that captions know: "<laughs>" or "a < b" typed by a person is text, and is kept.
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font|span)(?:\.[^\s<>]*)?(?:\s[^<>]*)?>|<\d[\d:.,]*>|\{\\an?\d{1,2}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENOUGH = 5  # cues that all name a speaker: then what stands before the colon is one


def add_cues(captions: list[Caption], into: CueList, notices: Notices) -> None:
    """Split captions by who speaks and append them; one without text becomes a notice."""
    labels = _labels(captions)
    for one in captions:
        said = _by_voice(one.payload) if _VOICE.search(one.payload) else _by_label(one.payload, labels)
        if not said:
            notices.add("this cue has no text and was left out.", one.line)
        for speaker, text in said:
            into.add(one.line, one.start_ms, one.end_ms, speaker, text)


def is_times(text: str) -> bool:
    """Whether a line is two times with an arrow between them."""
    before, arrow, after = text.partition(ARROW)
    return bool(arrow) and to_ms(before.strip()) is not None and to_ms((after.split() or [""])[0]) is not None


def is_near(text: str) -> bool:
    """Whether a line was meant as two times."""
    return ARROW in text or bool(_TWO_TIMES.match(text.strip()))


def span(number: int, text: str) -> Span:
    """The times of a line, as far as they can be read, and what is wrong with them."""
    if ARROW not in text:
        first, last = _A_TIME.findall(text)[:2]
        missing = Malformed(
            number,
            "the arrow --> between the start and the end time is missing",
            f"Write it like {EXAMPLE}",
            "The times were read all the same.",
        )
        start_ms, end_ms = to_ms(first), to_ms(last)
        return (start_ms, end_ms, missing) if _in_order(start_ms, end_ms) else (None, None, missing)
    before, _, after = text.partition(ARROW)
    first = before.strip()
    last = (after.split(maxsplit=1) or [""])[0]  # cue settings may follow
    start_ms, end_ms = to_ms(first), to_ms(last)
    if start_ms is None:
        return None, None, _no_time("start", first, number, "The words were taken in without a time.")
    if end_ms is None:
        return start_ms, None, _no_time("end", last, number, "The words were taken in without an end.")
    if end_ms < start_ms:
        return start_ms, None, backwards(number, first, last)
    return start_ms, end_ms, None


def backwards(number: int, first: str, last: str) -> Malformed:
    """The end of a cue stands before its start."""
    return Malformed(
        number,
        f"the end time {last} comes before the start time {first}",
        "Correct the time",
        "The words were taken in without an end.",
    )


def _in_order(start_ms: int | None, end_ms: int | None) -> bool:
    return start_ms is not None and end_ms is not None and start_ms <= end_ms


def _no_time(name: str, written: str, number: int, kept: str) -> Malformed:
    what = f"the {name} time “{clip(written)}” is not a time" if written else f"the {name} time is missing"
    return Malformed(number, what, f"Write both times like {EXAMPLE}", kept)


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
