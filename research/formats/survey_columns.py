"""What the columns of a survey's export hold: a guess for each, with the reason for it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from . import days, scales
from .tables import Table

SAMPLED = 3_000  # rows that a guess looks at
MOST_CHOICES = 40  # more different answers than this are no list to choose from
SHORT = 16  # characters of an answer, on average, up to which it may be a choice that nobody else made
FEW = 5  # different values that a column called by a segment's name has however few rows there are
MOST_FIT = 4  # answers that must fit before one that does not is taken for a slip
LONG = 40  # characters of an answer, on average, from which it was written and not chosen
SEPARATORS = (";", "|", "\n", ",")


class Kind(StrEnum):
    """The first six are questions."""

    NPS = "nps"
    CSAT = "csat"
    LIKERT = "likert"
    SINGLE = "single"
    MULTI = "multi"
    OPEN = "open"
    RESPONDENT = "respondent"
    DATE = "date"
    DATE_MONTH_FIRST = "date_month_first"
    SEGMENT = "segment"
    IGNORE = "ignore"


QUESTIONS = frozenset({Kind.NPS, Kind.CSAT, Kind.LIKERT, Kind.SINGLE, Kind.MULTI, Kind.OPEN})
SCALED = frozenset({Kind.NPS, Kind.CSAT, Kind.LIKERT})
ONCE = frozenset({Kind.RESPONDENT, Kind.DATE, Kind.SEGMENT})  # of each of these a survey has one column
NPS_LABELS = tuple(map(str, range(11)))


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read. `labels` are a scale's steps, the lowest first; in numbers or in words."""

    header: str
    kind: Kind
    reason: str = ""
    labels: tuple[str, ...] = ()
    separator: str = ""

    @property
    def in_words(self) -> bool:
        """True for a scale whose steps are words: an answer's number is its place, from 1."""
        return any(number_of(label) is None for label in self.labels)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.IGNORECASE)


_RECOMMEND = _words(r"recommend\w*|nps|net promoter|promoter score|tell (?:a|your) friends?")
_SATISFIED = _words(r"satisf\w*|csat|how happy")
_RESPONDENT = _words(
    r"(?:respondent|response|participant|user|customer|contact|account|person|submission|record)[ _-]?"
    r"(?:id|no|number|key|#)|id|#|uuid|token|recipient|e-?mail(?: address)?"
)
# Alone on their column these say whose row it is; in a question they are words like others.
_WHOSE = re.compile(r"(?:respondent|participant|user|customer|contact|person|subject|case)s?", re.IGNORECASE)
_WHEN = _words(
    r"date|time|timestamp|when|submitted|submitdate|completed|recorded|created|started|ended|finished"
)
_SEGMENT = _words(
    r"segment|plan|tier|cohort|persona|company size|team size|employees|industry|sector|region|country|"
    r"market|role|department|job|customer type|account type|subscription"
)
_ABOUT_SENDING = _words(
    r"ip(?: ?address)?|user ?agent|browser|device|latitude|longitude|location\w*|collector|network|"
    r"duration|progress|finished|status|channel|language|distribution\w*|referr?er|source|tags|seconds"
)
_PERSONAL = _words(
    r"(?:first|last|full|your|recipient)?[ _]?name|phone|telephone|mobile|address|"
    r"external (?:data )?reference"
)
_E_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_NUMBER = re.compile(r"^(-?\d{1,6})(?:[.,]0+)?(?:\s*(?:[-–—:=(.]|/\s*\d+\s*$)\s*.*)?$", re.DOTALL)


def number_of(cell: str) -> int | None:
    """The whole number a cell is or begins with: 7, 7.0, "10 - Extremely likely", "4 (satisfied)", "8/10"."""
    found = _NUMBER.match(cell.strip())
    return int(found[1]) if found else None


def guess(table: Table) -> list[Column]:
    """A guess for each column; of respondent, date and segment the likeliest column is taken."""
    columns: list[Column] = []
    taken: set[Kind] = set()
    for index, header in enumerate(table.header):
        cells = [row.cells[index] for row in table.rows[:SAMPLED]]
        column = _guess(header, [cell for cell in cells if not scales.is_no_answer(cell)])
        once = Kind.DATE if column.kind == Kind.DATE_MONTH_FIRST else column.kind
        if once in ONCE:
            if once in taken:
                column = _second(column)
            taken.add(once)
        columns.append(column)
    return columns


def retyped(column: Column, kind: Kind, cells: Sequence[str]) -> Column:
    """The column read as another kind, with what that needs found in its cells."""
    given = [cell for cell in cells if not scales.is_no_answer(cell)]
    labels: tuple[str, ...] = ()
    separator = ""
    if kind == Kind.NPS:
        labels = NPS_LABELS
    elif kind in SCALED:
        labels = column.labels if column.kind in SCALED - {Kind.NPS} else _steps(given)
    elif kind == Kind.MULTI:
        separator = _separator(given) or _commonest_separator(given)
    return Column(column.header, kind, "You said so.", labels, separator)


def _steps(given: Sequence[str]) -> tuple[str, ...]:
    if scale := scales.in_words(given):
        return scale.labels
    numbers = [number_of(cell) for cell in given]
    if given and None not in numbers:
        return _numeric([number for number in numbers if number is not None])
    return tuple(dict.fromkeys(given))[:11]


def _numeric(numbers: Sequence[int]) -> tuple[str, ...]:
    """The steps of the usual scale that holds these numbers."""
    low, high = min(numbers), max(numbers)
    for least, most in ((1, 5), (1, 7), (0, 10)):
        if least <= low and high <= most:
            return tuple(map(str, range(least, most + 1)))
    return tuple(map(str, range(low, min(high, low + 100) + 1)))


def _guess(header: str, given: list[str]) -> Column:
    if not given:
        return Column(header, Kind.IGNORE, "Nobody has an answer here.")
    return _by_name(header, given) or _by_answers(header, given)


def _by_name(header: str, given: list[str]) -> Column | None:
    """What is about the respondent and not an answer: told by the column's name, and days by themselves."""
    different = len({scales.bare(cell) for cell in given})
    all_different = different >= 0.95 * len(given)
    names_it = _short(header)
    whose = _RESPONDENT.search(header) or _WHOSE.fullmatch(header.strip())
    if names_it and all_different and whose:
        return Column(header, Kind.RESPONDENT, "The name says so, and all values are different.")
    if all_different and all(map(_E_MAIL.match, given[:50])):
        return Column(header, Kind.RESPONDENT, "E-mail addresses, all different.")
    if (found := _as_date(header, given)) is not None:
        return found
    if names_it and _PERSONAL.search(header):
        return Column(header, Kind.IGNORE, "Personal data: leave it out unless you need it.")
    if names_it and _ABOUT_SENDING.search(header):
        return Column(header, Kind.IGNORE, "It is about the sending, not an answer.")
    least = FEW if _SEGMENT.fullmatch(header.strip()) else 2  # a first export has a handful of rows
    if names_it and _SEGMENT.search(header) and different <= min(MOST_CHOICES, max(least, len(given) / 2)):
        return Column(header, Kind.SEGMENT, f"The name says so, and there are {different} different values.")
    return None


def _by_answers(header: str, given: list[str]) -> Column:
    if (scale := scales.in_words(given)) is not None:
        kind = Kind.CSAT if scale.about == scales.SATISFACTION else Kind.LIKERT
        return Column(header, kind, f"The answers are a scale of {scale.about} in words.", scale.labels)
    numbers = [number for cell in given if (number := number_of(cell)) is not None]
    asked = _RECOMMEND.search(header) and len(numbers) > len(given) / 2
    if asked or _but_few(len(numbers), len(given)):  # the others show in the dry run as faults
        within = [number for number in numbers if 0 <= number <= 10]
        return _of_numbers(header, within if _but_few(len(within), len(given)) else numbers)
    if separator := _separator(given):
        name = {"\n": "line breaks", ",": "commas", ";": "semicolons"}.get(separator, f"“{separator}”")
        why = f"The same answers come again, several at a time, between {name}."
        return Column(header, Kind.MULTI, why, (), separator)
    different = len({scales.bare(cell) for cell in given})
    average = sum(map(len, given)) / len(given)
    short = average < SHORT or (different < len(given) and average < 3 * LONG)
    if short and different < len(given) and different <= min(MOST_CHOICES, max(2, 0.5 * len(given))):
        return Column(header, Kind.SINGLE, f"{different} different answers come again and again.")
    return Column(header, Kind.OPEN, "The answers are written in people's own words.")


def _but_few(fit: int, of: int) -> bool:
    """Whether so many fit that the rest are slips: one of a few answers, or one in ten."""
    return fit == of or (fit >= MOST_FIT and of - fit <= max(1, of // 10))


def _of_numbers(header: str, numbers: list[int]) -> Column:
    low, high = min(numbers), max(numbers)
    if low >= 0 and high <= 10:
        if _RECOMMEND.search(header):
            return Column(header, Kind.NPS, "It asks whether people recommend you, from 0 to 10.", NPS_LABELS)
        steps = _numeric(numbers)
        if _SATISFIED.search(header):
            return Column(
                header, Kind.CSAT, f"It asks for satisfaction, from {steps[0]} to {steps[-1]}.", steps
            )
        if len(set(numbers)) > 1 or low > 0:
            return Column(header, Kind.LIKERT, f"Whole numbers from {steps[0]} to {steps[-1]}.", steps)
    if len(set(numbers)) <= 12:
        return Column(header, Kind.SINGLE, f"{len(set(numbers))} different numbers, which are no scale.")
    return Column(header, Kind.IGNORE, "Many different numbers, which are no scale.")


def _as_date(header: str, given: list[str]) -> Column | None:
    """The column as a date if nine of ten cells are days."""
    month_first = days.months_first(given)
    read = sum(days.day(cell, month_first=bool(month_first)) is not None for cell in given)
    if read < 0.9 * len(given):
        return None
    if month_first:
        return Column(header, Kind.DATE_MONTH_FIRST, "The cells are days, the month first.")
    if month_first is None and days.both_ways(given):
        why = "The cells are days. Nothing tells whether the day or the month comes first: please check."
        return Column(header, Kind.DATE, why)
    return Column(header, Kind.DATE, "The cells are days.")


def _second(column: Column) -> Column:
    """What a second respondent, date or segment column is instead."""
    if column.kind == Kind.SEGMENT:
        return replace(column, kind=Kind.SINGLE, reason="Another column is the segment.")
    what = "date" if column.kind in (Kind.DATE, Kind.DATE_MONTH_FIRST) else "respondent"
    return replace(column, kind=Kind.IGNORE, reason=f"Another column is the {what}.")


def _short(header: str) -> bool:
    """True for a header that names a column rather than asks a question."""
    return len(header.split()) <= 4 and not header.rstrip().endswith("?")


def _separator(given: Sequence[str]) -> str:
    """What stands between several answers in one cell; "" where each cell is one answer."""
    for separator in SEPARATORS:
        several = sum(separator in cell for cell in given)
        if several < 2 or several < 0.1 * len(given):
            continue
        parts = Counter(part for cell in given for part in split(cell, separator))
        again = sum(count for count in parts.values() if count > 1)
        average = sum(map(len, parts)) / len(parts) if parts else 0
        if parts and len(parts) <= MOST_CHOICES and again >= 0.9 * sum(parts.values()) and average < LONG:
            return separator
    return ""


def _commonest_separator(given: Sequence[str]) -> str:
    return max(SEPARATORS, key=lambda separator: sum(separator in cell for cell in given))


def split(cell: str, separator: str) -> list[str]:
    """The answers in a cell, each once, as they are compared and shown."""
    parts = cell.split(separator) if separator else [cell]
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
