"""What a transcript is once it is read: cues, notices, the one error, and the limits.

Every time is in whole milliseconds from the start of the recording. `None` means the file does not say.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

MAX_BYTES = 20 * 1024 * 1024
MAX_CUES = 50_000
MAX_LINES = 250_000
MAX_LINE = 20_000  # characters on one line
MAX_CUE_TEXT = 100_000  # characters said in one cue, over all its lines
MAX_SPEAKER = 200  # characters of a speaker's name
MAX_MS = 100 * 3_600_000 - 1  # 99:59:59.999, which also fits a 32-bit column
MAX_NOTICES = 100

type Line = tuple[int, str]
"""A line's number in the file, counted from 1, and its text without the line end."""

type Format = Literal["webvtt", "srt", "sbv", "text", "docx", "rtf", "pdf"]

# Control characters show as nothing and PostgreSQL refuses NUL; a byte order mark inside a text is a
# leftover of joined files. White space among them is left for `normalise` to turn into spaces.
_INVISIBLE = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), 0xFEFF) if not chr(code).isspace()}
_ACCENTS = re.compile(rb"[^\0]{30}(?=[^\0])")  # in a text's combining classes
_JOINER = "\N{COMBINING GRAPHEME JOINER}"


def normalise(text: str) -> str:
    """Text as it is stored: Unicode NFC, no control characters, single spaces.

    Highlights are anchored by character offset, so the same words must always give the same string.
    """
    composed = unicodedata.normalize("NFC", _stream_safe(text.translate(_INVISIBLE)))
    return " ".join(composed.split())


def _stream_safe(text: str) -> str:
    """Break endless runs of accents, whose sorting takes time by the square of their number.

    Unicode's own way, https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format: a joiner that
    shows as nothing after every 30 of them.
    """
    if text.isascii():
        return text
    cuts = [run.end() for run in _ACCENTS.finditer(bytes(map(unicodedata.combining, text)))]
    bounds = pairwise([0, *cuts, len(text)])
    return _JOINER.join(text[start:end] for start, end in bounds) if cuts else text


@dataclass(frozen=True, slots=True)
class Cue:
    """One stretch of speech. `speaker` is "" where unknown; `text` is in the form `normalise` gives.

    Raises ValueError for times that cannot be: an end without a start, a negative or reversed span.
    """

    start_ms: int | None
    end_ms: int | None
    speaker: str
    text: str

    def __post_init__(self) -> None:
        if self.start_ms is None:
            if self.end_ms is not None:
                raise ValueError("A cue with an end time needs a start time.")
            return
        last = self.start_ms if self.end_ms is None else self.end_ms
        if not 0 <= self.start_ms <= last <= MAX_MS:
            raise ValueError("A cue's times must be in order and between 0 and 99:59:59.999.")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know that did not stop the file from being read."""

    line: int | None
    reason: str
    unit: str = "Line"
    malformed: bool = False  # a cue is not as the format says: somebody should look before it is taken

    def __str__(self) -> str:
        return _placed(self.reason, self.line, self.unit)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was read from one file: at least one cue, in the order of the file."""

    cues: tuple[Cue, ...]
    format: Format
    warnings: tuple[Notice, ...] = ()

    @property
    def is_malformed(self) -> bool:
        """Whether there are cues that were read other than the file says."""
        return any(notice.malformed for notice in self.warnings)


class TranscriptError(ValueError):
    """The file cannot be read. `reason` says what is wrong and what to do, in plain words.

    `line` counts from 1 (in a Word document it counts paragraphs, and `unit` says so), None for the
    file as a whole.
    """

    def __init__(self, reason: str, line: int | None = None, unit: str = "Line") -> None:
        super().__init__(reason, line, unit)  # all three, so that the error survives pickling
        self.reason = reason
        self.line = line
        self.unit = unit

    def __str__(self) -> str:
        return _placed(self.reason, self.line, self.unit)


def _placed(reason: str, line: int | None, unit: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}" if line is None else f"{unit} {line}: {reason}"


class Notices:
    """Collects notices while a file is read; beyond MAX_NOTICES it only counts."""

    def __init__(self, unit: str = "Line") -> None:
        self.unit = unit
        self._kept: list[Notice] = []
        self._dropped = 0

    def add(self, reason: str, line: int | None = None, *, malformed: bool = False) -> None:
        if len(self._kept) < MAX_NOTICES:
            self._kept.append(Notice(line, reason, self.unit, malformed))
        else:
            self._dropped += 1

    def all(self) -> tuple[Notice, ...]:
        more = [Notice(None, f"and {self._dropped:,} more like these.")] if self._dropped else []
        return (*self._kept, *more)


class CueList:
    """The cues read so far, held to the limits."""

    def __init__(self) -> None:
        self._cues: list[Cue] = []

    def add(self, line: int, start_ms: int | None, end_ms: int | None, speaker: str, text: str) -> None:
        """Append a cue; `speaker` and `text` are already normalised. Raises TranscriptError at a limit."""
        if len(self._cues) == MAX_CUES:
            raise TranscriptError(
                f"there are more than {MAX_CUES:,} cues. Split the transcript into several files "
                "and upload each.",
                line,
            )
        if len(speaker) > MAX_SPEAKER:
            raise TranscriptError(
                f"the speaker's name is longer than {MAX_SPEAKER} characters. Shorten it and upload "
                "the file again.",
                line,
            )
        self._cues.append(Cue(start_ms, end_ms, speaker, text))

    def __len__(self) -> int:
        return len(self._cues)

    def all(self) -> tuple[Cue, ...]:
        return tuple(self._cues)
