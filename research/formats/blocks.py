"""Blocks of captions between blank lines, and what becomes of malformed ones.

A malformed cue keeps its words, without a time where none can be read, and is named by its line: nothing
that was said is left out. A file most of whose blocks are malformed is something else, and is refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .cues import MAX_CUE_TEXT, MAX_CUES, Line, Notices, TranscriptError, normalise

_CLIP = 40


@dataclass(frozen=True, slots=True)
class Caption:
    """A cue as written: its time line's number, its times in ms, and its lines with their markup."""

    line: int
    start_ms: int | None
    end_ms: int | None
    id: str
    payload: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """What is wrong with a cue: `advice` mends the file, `kept` says how it was read all the same."""

    line: int
    what: str
    advice: str
    kept: str

    def error(self) -> TranscriptError:
        return TranscriptError(f"{self.what}. {self.advice} and upload the file again.", self.line)


type Span = tuple[int | None, int | None, Malformed | None]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format writes its cues. `near` is a time line that is malformed; `span` reads either."""

    example: str
    is_times: Callable[[str], bool]
    near: Callable[[str], bool]
    span: Callable[[int, str], Span]
    is_id: Callable[[str], bool] = lambda text: False
    skip: Callable[[str], bool] = lambda text: False


def read_captions(numbered: Iterable[Line], dialect: Dialect, notices: Notices) -> list[Caption]:
    """The captions of a file, malformed ones among the notices. Raises TranscriptError where most are."""
    captions: list[Caption] = []
    faults: list[Malformed] = []
    blocks = malformed = 0
    for block in _blocks(numbered):
        if dialect.skip(block[0][1]):
            continue
        before = len(faults)
        captions += _captions(block, dialect, faults)
        blocks += 1
        malformed += len(faults) > before
        if len(captions) > MAX_CUES:  # an endless file must not fill the memory
            raise TranscriptError(
                f"there are more than {MAX_CUES:,} cues. Split the file and upload each part.", block[0][0]
            )
    if malformed * 2 > blocks:
        raise faults[0].error()
    for fault in faults:
        notices.add(f"{fault.what}. {fault.kept}", fault.line, malformed=True)
    return captions


def clip(text: str) -> str:
    """A piece of the file, short enough to quote in a message."""
    short = normalise(text)
    return short if len(short) <= _CLIP else f"{short[:_CLIP]}…"


def _blocks(numbered: Iterable[Line]) -> Iterator[list[Line]]:
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


def _captions(block: list[Line], dialect: Dialect, faults: list[Malformed]) -> Iterator[Caption]:
    """The cues of a block: one, as a rule, with its number or name above the times."""
    heads = _heads(block, dialect)
    first = heads[0] if heads else len(block)
    name = ""
    if heads and first == 1 and dialect.is_id(block[0][1].strip()):
        name = block[0][1].strip()
    elif first:
        number, text = block[0]
        faults.append(
            Malformed(
                number,
                f"the text “{clip(text)}” has no time line above it",
                f"Give it one like {dialect.example}, or remove the empty line before it,",
                "It was taken in without a time.",
            )
        )
        yield Caption(number, None, None, "", _joined(block[:first]))
    for place, (at, following) in enumerate(pairwise([*heads, len(block)])):
        number, text = block[at]
        start_ms, end_ms, fault = dialect.span(number, text)
        if place:
            faults.append(
                Malformed(
                    number,
                    "a new cue starts here without an empty line before it",
                    "Put an empty line between the two cues",
                    "It was read as a cue of its own.",
                )
            )
        if fault:
            faults.append(fault)
        payload, after = block[at + 1 : following], ""
        if following < len(block) and payload and name.isdigit():
            after = payload[-1][1].strip()
            if after == str(int(name) + 1):
                payload.pop()
        yield Caption(number, start_ms, end_ms, name, _joined(payload))
        name = after


def _heads(block: list[Line], dialect: Dialect) -> list[int]:
    """Where the block's time lines are; a malformed one counts only where one belongs."""
    exact = [at for at, (_, text) in enumerate(block) if dialect.is_times(text)]
    if not exact or exact[0] > 1:
        near = next((at for at, (_, text) in enumerate(block[:2]) if dialect.near(text)), None)
        return exact if near is None else [near, *exact]
    return exact


def _joined(lines: list[Line]) -> str:
    return "\n".join(text for _, text in lines)
