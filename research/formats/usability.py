"""Results of usability tests as people note them: outcomes, times, ratings, the SUS; and as a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from . import scales
from .faults import Fault
from .tables import Row, Table

AGREEMENT = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
MAX_SECONDS = 24 * 3600.0
MAX_ERRORS = 1_000

_OUTCOMES = {
    "success": (
        "success",
        "successful",
        "s",
        "yes",
        "y",
        "pass",
        "passed",
        "complete",
        "completed",
        "done",
        "1",
    ),
    "partial": ("partial", "partial success", "partially", "partly", "p", "assisted", "with help", "0.5"),
    "fail": ("fail", "failed", "failure", "f", "no", "n", "gave up", "abandoned", "not completed", "0"),
}
_OUTCOME_OF = {word: outcome for outcome, words in _OUTCOMES.items() for word in words}
_COLONS = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:[.,]\d+)?)$")
_UNITS = re.compile(
    r"^(?:(\d+(?:[.,]\d+)?)\s*h(?:ours?|rs?)?)?\s*(?:(\d+(?:[.,]\d+)?)\s*m(?:in(?:utes?)?)?)?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*s?(?:ec(?:onds?)?)?)?$",
    re.IGNORECASE,
)


class NotThat(ValueError):
    """The cell is not what its column asks for; the message says what to write."""


def outcome(cell: str) -> str:
    """ "success", "partial" or "fail"; raises `NotThat`."""
    found = _OUTCOME_OF.get(scales.bare(cell))
    if found is None:
        raise NotThat(f"“{cell[:40]}” is no outcome. Write success, partial or fail.")
    return found


def seconds(cell: str) -> float | None:
    """83, "1:23", "1 min 23 s" as seconds; None for an empty cell. Raises `NotThat`."""
    text = cell.strip()
    if scales.is_no_answer(text):
        return None
    if found := _COLONS.match(text):
        value = int(found[1] or 0) * 3600 + int(found[2]) * 60 + _number(found[3])
    elif (found := _UNITS.match(text)) and any(found.groups()):
        value = _number(found[1]) * 3600 + _number(found[2]) * 60 + _number(found[3])
    else:
        raise NotThat(f"“{cell[:40]}” is no time. Write seconds, or minutes and seconds as 1:23.")
    if not 0 < value <= MAX_SECONDS:
        raise NotThat("A time lies between 0 and 24 hours. Leave it empty if it was not taken.")
    return value


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def whole(cell: str, least: int, most: int, what: str) -> int | None:
    """A whole number from `least` to `most`; None for an empty cell. Raises `NotThat`."""
    text = cell.strip()
    if scales.is_no_answer(text):
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        raise NotThat(f"“{cell[:40]}” is not {what}: write a whole number from {least} to {most}.")
    return int(text)


def sus_answer(cell: str) -> int | None:
    """An answer to an item of the SUS, 1 to 5 or in words; None for an empty cell. Raises `NotThat`."""
    if scales.is_no_answer(cell):
        return None
    for scale in scales.SCALES[:3]:  # of agreement, in five steps
        if (step := scales.step_of(cell, scale.labels)) is not None:
            return step
    return whole(cell, 1, 5, "an answer to the SUS")


class Attempt(NamedTuple):
    line: int
    session: str
    task: str
    outcome: str
    seconds: float | None
    errors: int | None
    seq: int | None


class Questionnaire(NamedTuple):
    line: int
    session: str
    items: tuple[int | None, ...]


@dataclass(slots=True)
class Reading:
    attempts: list[Attempt] = field(default_factory=list)
    questionnaires: list[Questionnaire] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


_NAMES = {
    "session": ("session", "participant", "participant id", "user", "tester", "respondent"),
    "task": ("task", "task name", "task id", "scenario"),
    "outcome": ("outcome", "result", "success", "completion", "completed"),
    "seconds": ("seconds", "time", "time on task", "duration", "time (s)", "time in seconds"),
    "errors": ("errors", "error count", "number of errors"),
    "seq": ("seq", "ease", "single ease question"),
}
_SUS = re.compile(r"^sus[ _-]?(?:q|item)?[ _-]?(10|[1-9])$", re.IGNORECASE)


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """{what it is: the column}: session, task, outcome, seconds, errors, seq, sus1 to sus10."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        bare = scales.bare(name)
        for key, names in _NAMES.items():
            if bare in names:
                found.setdefault(key, index)
        if match := _SUS.match(name.strip()):
            found.setdefault(f"sus{match[1]}", index)
    return found


def read(table: Table) -> Reading:
    """The attempts and SUS answers in a table: a row for a session's attempt at a task, or its SUS, or both.

    A row without a task holds a questionnaire only. Nothing is taken from a cell that cannot be read: it
    is among the faults, which say what to write instead.
    """
    reading = Reading()
    place = columns_of(table.header)
    items = [place.get(f"sus{number}") for number in range(1, 11)]
    if "session" not in place or ("task" not in place and None in items):
        why = (
            "The first row must name the columns: session, task, outcome, and if you have them seconds, "
            "errors, seq, and sus1 to sus10."
        )
        reading.faults.append(Fault(1, "", "", why))
        return reading
    for row in table.rows:
        _read_row(reading, table, place, items, row)
    return reading


def _read_row(
    reading: Reading, table: Table, place: dict[str, int], items: list[int | None], row: Row
) -> None:
    def cell(key: str) -> str:
        return row.cells[place[key]] if key in place else ""

    def fault(index: int, error: NotThat) -> None:
        reading.faults.append(Fault(row.line, table.header[index], row.cells[index][:200], str(error)))

    session = " ".join(cell("session").split())
    if not session:
        fault(place["session"], NotThat("Whose row is this? Write the session's title or the participant."))
        return
    said = [None if index is None else row.cells[index] for index in items]
    if any(answer and answer.strip() for answer in said):
        answers: list[int | None] = []
        for index, answer in zip(items, said, strict=True):
            try:
                answers.append(sus_answer(answer or ""))
            except NotThat as error:
                fault(index or 0, error)
                return
        reading.questionnaires.append(Questionnaire(row.line, session, tuple(answers)))
    task = " ".join(cell("task").split())
    if not task:
        return
    readers = (
        ("outcome", lambda: outcome(cell("outcome"))),
        ("seconds", lambda: seconds(cell("seconds"))),
        ("errors", lambda: whole(cell("errors"), 0, MAX_ERRORS, "a number of errors")),
        ("seq", lambda: whole(cell("seq"), 1, 7, "an answer to the Single Ease Question")),
    )
    values: dict[str, object] = {}
    for key, reader in readers:
        try:
            values[key] = reader()
        except NotThat as error:
            fault(place.get(key, place["task"]), error)
            return
    reading.attempts.append(Attempt(row.line, session, task, **values))  # type: ignore[arg-type]
