"""A transcript as plain text that reads well, and from which the same turns can be read again.

    [00:00:03.200 --> 00:00:09.000] Dana Whitlock
    I gave up after the second error.

    [--:--] Maya
    What did you do then?

A head, the words, an empty line. Line breaks inside the words are written as U+2028, so that every
character keeps its place: selections of other tools count from the text's start.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_CLOCK = r"\d{2,}:\d\d:\d\d\.\d{3}"
_HEAD = re.compile(
    rf"\[(?:--:--|(?P<start>{_CLOCK})(?: --> (?P<end>{_CLOCK}))?)\](?: (?P<who>.*))?",
)
_PART = re.compile(r"== (?P<kind>[a-z_]+)(?:: (?P<title>.*))? ==")
_BREAK = "\u2028"
_BREAKS = str.maketrans({"\n": _BREAK, "\r": _BREAK})


class Part(NamedTuple):
    """A text beside the transcript; `number` counts those of a session from 1."""

    number: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said. Times are ms; `part` is the further text of the session that it stands in."""

    text: str
    speaker: str = ""
    start_ms: int | None = None
    end_ms: int | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A turn and where its words begin in the whole text."""

    turn: Turn
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.turn.text)


def pieces(turns: Iterable[Turn]) -> Iterator[tuple[str, int]]:
    """The text turn by turn, each with how far into its piece the words begin."""
    part: Part | None = None
    for turn in turns:
        head = ""
        if turn.part != part:
            _, kind, title = turn.part or (0, "transcript", "")
            head = f"== {kind}{': ' + _line(title) if title else ''} ==\n\n"
            part = turn.part
        head += f"[{_times(turn)}]{' ' + _line(turn.speaker) if turn.speaker else ''}\n"
        yield f"{head}{turn.text.translate(_BREAKS)}\n\n", len(head)


def _times(turn: Turn) -> str:
    if turn.start_ms is None:
        return "--:--"
    start = clock(turn.start_ms)
    return start if turn.end_ms is None else f"{start} --> {clock(turn.end_ms)}"


def clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _line(text: str) -> str:
    return " ".join(text.split())


def read(text: str) -> list[Placed] | None:
    """The turns of a text that was written so; None for any other."""
    found: list[Placed] = []
    part: Part | None = None
    at = parts = 0
    if not text.startswith(("[", "== ")):
        return None
    while at < len(text):
        line = _until(text, at)
        if titled := _PART.fullmatch(line):
            kind = titled["kind"]
            parts += kind != "transcript"
            part = None if kind == "transcript" else Part(parts, kind, titled["title"] or "")
            at += len(line) + 2
            continue
        head = _HEAD.fullmatch(line)
        at += len(line) + 1
        if head is None or at > len(text):
            return None
        words = _until(text, at)
        if text[at + len(words) : at + len(words) + 2] not in ("\n\n", "\n", ""):
            return None
        spoken = words.replace(_BREAK, "\n")
        times = _ms(head["start"]), _ms(head["end"])
        found.append(Placed(Turn(spoken, head["who"] or "", *times, part), at))
        at += len(words) + 2
    return found or None


def _until(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at:] if end < 0 else text[at:end]


def _ms(clock: str | None) -> int | None:
    if clock is None:
        return None
    hours, minutes, seconds = clock.split(":")
    whole, ms = seconds.split(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + int(ms)
