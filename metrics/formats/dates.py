"""Dates as people and systems write them, and which of two ways 03/04/2026 is meant."""

import datetime as dt
import re
from collections.abc import Iterable
from enum import StrEnum

_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {name: number for number, long in enumerate(_NAMES, start=1) for name in (long, long[:3])}
MONTHS["sept"] = 9
_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}$", re.IGNORECASE)
_YEAR_LAST = re.compile(rf"^(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}$", re.IGNORECASE)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_WEEK = re.compile(r"^(\d{4})-?W(\d{2})$", re.IGNORECASE)
_MONTH = re.compile(r"^(\d{4})[-/.](\d{1,2})$")
_DAY_MONTH_NAME = re.compile(r"^(\d{1,2})(?:\.|st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})$", re.IGNORECASE)
_MONTH_NAME_DAY = re.compile(r"^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$", re.IGNORECASE)
_MONTH_NAME = re.compile(r"^([a-z]{3,9})\.?[ -](\d{4})$", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}$")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ", re.IGNORECASE)


class DateOrder(StrEnum):
    """Which number comes first where the year comes last."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class NotADate(ValueError):
    """The cell holds no date; the message says what is wrong with it."""


def read_date(cell: str, order: DateOrder | None) -> dt.datetime:
    """The moment written: a calendar day's midnight, or with its time; naive where no zone stands.

    With a zone, the written clock stays the caller's to convert: the value is aware in that zone.
    Raises `NotADate`; `order` None refuses a date that could be read both ways.
    """
    text = _WEEKDAY.sub("", " ".join(cell.split()))
    try:
        if found := _YEAR_FIRST.match(text):
            year, month, day, *time = found.groups()
            return _moment(int(year), int(month), int(day), time)
        if found := _YEAR_LAST.match(text):
            first, mark, second, year, *time = found.groups()
            day, month = _day_and_month(int(first), mark, int(second), order)
            return _moment(int(year), month, day, time)
        if found := _COMPACT.match(text):
            return _moment(int(found[1]), int(found[2]), int(found[3]), [])
        if found := _MONTH.match(text):
            return _moment(int(found[1]), int(found[2]), 1, [])
        if found := _WEEK.match(text):
            return _midnight(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1))
        return _named(text)
    except NotADate:
        raise
    except ValueError as error:
        raise NotADate(f"“{cell[:40]}” is no day of the calendar") from error


def _named(text: str) -> dt.datetime:
    if found := _DAY_MONTH_NAME.match(text):
        day, name, year = found.groups()
    elif found := _MONTH_NAME_DAY.match(text):
        name, day, year = found.groups()
    elif found := _MONTH_NAME.match(text):
        (name, year), day = found.groups(), "1"
    else:
        if _SHORT_YEAR.match(text):
            raise NotADate(f"“{text}” has a year of two digits; write all four")
        raise NotADate(f"“{text[:40]}” is not a date" if text else "the date is missing")
    if (month := MONTHS.get(name.lower())) is None:
        raise NotADate(f"“{name[:40]}” is not a month")
    return _moment(int(year), month, int(day), [])


def _day_and_month(first: int, mark: str, second: int, order: DateOrder | None) -> tuple[int, int]:
    if order is None:
        if first <= 12 and second <= 12 and first != second and mark != ".":
            raise NotADate("day first or month first?")
        order = DateOrder.MONTH_FIRST if first <= 12 < second else DateOrder.DAY_FIRST
    return (first, second) if order is DateOrder.DAY_FIRST else (second, first)


def guess_order(cells: Iterable[str]) -> tuple[bool, DateOrder | None]:
    """Whether the order matters in these cells, and which it is; None where nothing tells.

    A number over 12 tells; so do dots, which are written between day, month and year only.
    """
    matters, day_first, month_first, dots = False, 0, 0, False
    for cell in cells:
        if not (found := _YEAR_LAST.match(_WEEKDAY.sub("", " ".join(cell.split())))):
            continue
        matters = True
        first, second = int(found[1]), int(found[3])
        day_first += second <= 12 < first
        month_first += first <= 12 < second
        dots = dots or found[2] == "."
    if day_first > month_first or (dots and not month_first):
        return matters, DateOrder.DAY_FIRST
    return matters, DateOrder.MONTH_FIRST if month_first > day_first else None


def _moment(year: int, month: int, day: int, time: list[str | None]) -> dt.datetime:
    if not time or time[0] is None:
        return _midnight(dt.date(year, month, day))
    hour, minute, second, zone = time
    at = dt.datetime(year, month, day, int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    if zone is None:
        return at
    if zone.upper() in ("Z", "UTC"):
        return at.replace(tzinfo=dt.UTC)
    sign = -1 if zone[0] == "-" else 1
    offset = sign * dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return at.replace(tzinfo=dt.timezone(offset))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
