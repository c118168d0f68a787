"""How a turn opens in plain text: who speaks, from when, and what is left of the line."""

import re
from collections.abc import Container
from dataclasses import dataclass

from .cues import TranscriptError, normalise
from .speakers import Trust, judge, split_label
from .timecodes import PATTERN, to_ms

_SPAN = rf"(?P<start>{PATTERN})(?:\s{{0,3}}(?P<dash>-->|[-–—]|to)\s{{0,3}}(?P<end>{PATTERN}))?"
_LEADING = re.compile(
    rf"\s{{0,20}}(?P<open>[\[({{]?){_SPAN}(?P<close>[\])}}]?)(?![\w:])(?:\s{{0,5}}[-–—|:](?=\s))?(?P<rest>.*)"
)
_NAMED = re.compile(
    rf"(?P<name>\S.{{0,80}}?)(?P<gap>\s{{0,20}})(?P<open>[\[(]?){_SPAN}(?P<close>[\])]?)(?P<colon>\s?:)?"
    r"(?P<rest>(?:\s.*)?)"
)
_SYSTEM = re.compile(r".{1,80} (?:started|stopped) transcription")
# "[P1] text", "[Interviewer]: text": an id in brackets, as anonymised transcripts have it
_BRACKETED = re.compile(r"\[(?P<name>[^\[\]]{1,60})\]\s{0,3}[:–-]?(?:\s+|$)(?P<rest>.*)")
_ID = re.compile(r"[^\W\d_]{1,12}[\s_.-]?\d{1,4}")
_NOISES = frozenset(
    (
        "applause", "background", "break", "coughs", "cough", "crosstalk", "foreign", "gap", "inaudible",
        "indistinct", "interruption", "laugh", "laughing", "laughs", "laughter", "music", "noise",
        "pause", "phone", "redacted", "ringing", "silence", "sighs", "sic", "sound", "unclear",
        "unintelligible",
    )
)  # fmt: skip
_BOLD = re.compile(r"(\*\*|__)(.{1,80}?)\1")


@dataclass(frozen=True, slots=True)
class Head:
    """`speaker` is None where only a time stands: the one before goes on. Times are ms."""

    start_ms: int | None
    end_ms: int | None
    speaker: str | None
    text: str
    is_range: bool = False  # nothing but "start --> end"


def is_system_line(text: str) -> bool:
    """What Teams writes between turns about itself."""
    return bool(_SYSTEM.fullmatch(text.strip()))


def head_of(text: str, number: int, repeated: Container[str]) -> Head | None:
    """Read a line as the opening of a turn, or None if it goes on with the turn before.

    `repeated` holds the labels that the file uses more than once. Raises TranscriptError for a time
    code that cannot be.
    """
    text = _BOLD.sub(r"\2", text.strip(), count=1)
    timed = _LEADING.fullmatch(text)
    if timed:
        return _after_time(timed, number, repeated)
    return _with_time(text, repeated) or _with_bracket(text, repeated) or _with_colon(text, repeated)


def _after_time(timed: re.Match[str], number: int, repeated: Container[str]) -> Head | None:
    rest = timed["rest"].strip()
    labelled = _with_bracket(rest, repeated) or _with_colon(rest, repeated)
    bracketed = bool(timed["open"] and timed["close"])
    # "10:30 was too late" is speech; a bracket, an hour, a name or nothing else on the line makes it a code
    if rest and not (labelled or bracketed or timed["start"].count(":") == 2):
        return None
    start_ms, end_ms = _times(timed, number)
    is_range = not rest and timed["dash"] == "-->"
    if labelled:
        return Head(start_ms, end_ms, labelled.speaker, labelled.text)
    return Head(start_ms, end_ms, None, rest, is_range)


def _times(timed: re.Match[str], number: int) -> tuple[int, int | None]:
    start_ms = _time(timed["start"], number)
    end_ms = _time(timed["end"], number) if timed["end"] else None
    if end_ms is not None and end_ms < start_ms:
        raise TranscriptError(
            f"the end time {timed['end']} comes before the start time {timed['start']}. Correct the time and "
            "upload the file again.",
            number,
        )
    return start_ms, end_ms


def _time(written: str, number: int) -> int:
    ms = to_ms(written)
    if ms is None:
        raise TranscriptError(
            f"“{written}” is not a time. Write it like 00:01:02 and upload the file again.", number
        )
    return ms


def _with_time(text: str, repeated: Container[str]) -> Head | None:
    """`Name (1:02): text`, `Name [1:02]`, `Name   1:02` and `[Name] 1:02`."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    name = found["name"].strip()
    named_in_bracket = name.startswith("[") and name.endswith("]") and name[1:-1].casefold() not in _NOISES
    name = name[1:-1] if named_in_bracket else name
    bracketed = bool(found["open"] and found["close"])
    rest = found["rest"].strip()
    marked = bracketed or named_in_bracket or bool(found["colon"])
    # one space is how "We met at 10:30" is typed too; exports leave a wide gap
    set_apart = marked or len(found["gap"]) > 1 or "\t" in found["gap"]
    if not (bracketed or found["gap"]) or (rest and not (bracketed or found["colon"])):
        return None
    named = judge(name.replace(",", "")) is Trust.YES  # beside a time even "Doe, Jane" is no half sentence
    if not (named and set_apart) and not (judge(name) and normalise(name) in repeated):
        return None
    start_ms = to_ms(found["start"])
    end_ms = to_ms(found["end"] or "")
    if start_ms is None or (end_ms is not None and end_ms < start_ms):
        return None
    return Head(start_ms, end_ms, normalise(name), rest)


def _with_bracket(text: str, repeated: Container[str]) -> Head | None:
    """`[P1] text`; a name only if the file uses it again, since "[Laughter]" stands in brackets too."""
    found = _BRACKETED.fullmatch(text)
    if found is None:
        return None
    name = normalise(found["name"])
    words = name.casefold().split()
    if not words or name.casefold() in _NOISES or words[0] in _NOISES or to_ms(name) is not None:
        return None
    if not (_ID.fullmatch(name) or (judge(name) and name in repeated)):
        return None
    return Head(None, None, name, found["rest"].strip())


def _with_colon(text: str, repeated: Container[str]) -> Head | None:
    found = split_label(text)
    if found is None:
        return None
    label, rest, trust = found
    label = normalise(label)
    return Head(None, None, label, rest) if trust is Trust.YES or label in repeated else None
