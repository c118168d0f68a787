"""The answers in a survey's export, row by row, and what is wrong with those that cannot be taken."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import days, scales
from .cues import normalise
from .faults import Fault
from .survey_columns import QUESTIONS, SCALED, Column, Kind, number_of, split
from .tables import Row, Table

MAX_LABEL = 200  # characters of a choice
MAX_KEY = 200
MAX_CHOICES = 100  # that one respondent may have picked of one question


@dataclass(frozen=True, slots=True)
class Answer:
    """One of these: a place on a scale, choices, or words."""

    number: float | None = None
    choices: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A respondent's row. `key` is who it is, `digest` changes when anything that is read changes.

    `answers` are by the header of their column; what was not answered is not there.
    """

    line: int
    key: str
    digest: str
    submitted_on: dt.date | None
    segment: str
    answers: dict[str, Answer]


@dataclass(slots=True)
class Reading:
    responses: list[Response] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def problems(columns: Sequence[Column]) -> list[str]:
    """What stands in the way of reading the file like this; nothing if that is an empty list."""
    counts: Counter[Kind] = Counter(
        Kind.DATE if one.kind == Kind.DATE_MONTH_FIRST else one.kind for one in columns
    )
    found = [
        f"{counts[kind]} columns are the {name}. Keep one and ignore the others."
        for kind, name in ((Kind.RESPONDENT, "respondent"), (Kind.DATE, "date"), (Kind.SEGMENT, "segment"))
        if counts[kind] > 1
    ]
    if not any(one.kind in QUESTIONS for one in columns):
        found.append("No column is a question. Say of at least one what it asks for.")
    found += [
        f"“{one.header[:80]}” is a scale: it needs at least two steps, from the lowest to the highest."
        for one in columns
        if one.kind in SCALED and len(one.labels) < 2
    ]
    asked = Counter(one.header for one in columns if one.kind in QUESTIONS)
    found += [
        f"{count} questions are called “{header[:80]}”. Ignore all but one, or rename them in the file."
        for header, count in asked.items()
        if count > 1
    ]
    return found


def read(table: Table, columns: Sequence[Column]) -> Reading:
    """The responses that `table` holds by `columns` (one for each of its own), and its faults.

    A cell that cannot be taken is left out alone; a row without any answer is left out as a whole. Of two
    rows of one respondent the later counts. Without a respondent column a row is known by what it
    says, and the second row that says the same is another respondent.
    """
    reading = Reading()
    place = {one.kind: index for index, one in enumerate(columns) if one.kind not in QUESTIONS}
    by_key: dict[str, Response] = {}
    seen: Counter[str] = Counter()
    for row in table.rows:
        answers = {
            column.header: answer
            for index, column in enumerate(columns)
            if column.kind in QUESTIONS
            and (answer := _answer(row, column, row.cells[index], reading.faults)) is not None
        }
        if not answers:
            _fault(reading.faults, row, "", "", "There is no answer in this row, so it is left out.")
            continue
        digest = _digest(row, columns)
        key = _key(row, place, digest, seen)
        response = Response(
            line=row.line,
            key=key,
            digest=digest,
            submitted_on=_day(row, columns, place, reading.faults),
            segment=_segment(row, place),
            answers=answers,
        )
        if (earlier := by_key.pop(key, None)) is not None:
            why = f"Row {row.line} is of the same respondent and counts instead. Remove one of them."
            reading.faults.append(Fault(earlier.line, columns[place[Kind.RESPONDENT]].header, key, why))
        by_key[key] = response
    reading.responses = list(by_key.values())
    reading.faults.sort(key=lambda fault: fault.line)
    return reading


def _key(row: Row, place: dict[Kind, int], digest: str, seen: Counter[str]) -> str:
    said = row.cells[place[Kind.RESPONDENT]] if Kind.RESPONDENT in place else ""
    if said:
        return " ".join(said.split())[:MAX_KEY]
    seen[digest] += 1
    return f"row:{digest[:40]}:{seen[digest]}"


def _digest(row: Row, columns: Sequence[Column]) -> str:
    whole = hashlib.sha256()
    for column, cell in zip(columns, row.cells, strict=True):
        if column.kind != Kind.IGNORE:
            for part in (column.header, column.kind, "|".join(column.labels), column.separator, cell):
                whole.update(f"{len(part)}:{part}".encode(errors="replace"))
    return whole.hexdigest()


def _segment(row: Row, place: dict[Kind, int]) -> str:
    cell = row.cells[place[Kind.SEGMENT]] if Kind.SEGMENT in place else ""
    return "" if scales.is_no_answer(cell) else normalise(cell)[:120]


def _day(row: Row, columns: Sequence[Column], place: dict[Kind, int], faults: list[Fault]) -> dt.date | None:
    for kind in (Kind.DATE, Kind.DATE_MONTH_FIRST):
        if kind in place and (cell := row.cells[place[kind]]):
            found = days.day(cell, month_first=kind == Kind.DATE_MONTH_FIRST)
            if found is None:
                why = "This is no day. Write it as 2026-11-23. The answers are taken without their date."
                _fault(faults, row, columns[place[kind]].header, cell, why)
            return found
    return None


def _answer(row: Row, column: Column, cell: str, faults: list[Fault]) -> Answer | None:
    if column.kind == Kind.OPEN:
        text = normalise(cell)
        return Answer(text=text) if text else None
    if scales.is_no_answer(cell):
        return None
    if column.kind in SCALED:
        number = _place(column, cell)
        if number is None:
            between = f"{column.labels[0]} to {column.labels[-1]}"
            why = f"This is not on the scale from {between}. Correct it in the file, or change the scale."
            _fault(faults, row, column.header, cell, why)
            return None
        return Answer(number=number)
    chosen = (
        [normalise(cell)] if column.kind == Kind.SINGLE else map(normalise, split(cell, column.separator))
    )
    labels = tuple(dict.fromkeys(label[:MAX_LABEL] for label in chosen if label))[:MAX_CHOICES]
    return Answer(choices=labels) if labels else None


def _place(column: Column, cell: str) -> float | None:
    """Where on the scale an answer stands; a scale in words also takes the numbers of its steps."""
    if (step := scales.step_of(cell, column.labels)) is not None:
        if not column.in_words:
            return float(number_of(cell) or 0)
        return float(step)
    number = number_of(cell)
    if number is None:
        return None
    if column.in_words:
        return float(number) if 1 <= number <= len(column.labels) else None
    return float(number) if number in {number_of(label) for label in column.labels} else None


def _fault(faults: list[Fault], row: Row, column: str, value: str, why: str) -> None:
    faults.append(Fault(row.line, column, value[:200], why))
