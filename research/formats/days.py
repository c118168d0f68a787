"""Days as people and tools write them. 03/04/2026 is read as the column's other dates tell."""

import datetime as dt
import re
from collections.abc import Iterable

_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=$|[T ,])")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?=$|[T ,])")
_DAY_NAME = re.compile(r"^(\d{1,2})(?:\.|st|nd|rd|th)? ([a-z]{3,9})\.?,? (\d{4})(?=$|[ ,])", re.IGNORECASE)
_NAME_DAY = re.compile(r"^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?=$|[ ,])", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


def day(cell: str, *, month_first: bool = False) -> dt.date | None:
    """The day that is written, whatever time follows it; None for what is no day."""
    text = " ".join(cell.split())
    try:
        if found := _YEAR_FIRST.match(text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _YEAR_LAST.match(text):
            first, second = int(found[1]), int(found[3])
            if month_first and found[2] != ".":
                first, second = second, first
            return dt.date(int(found[4]), second, first)
        if found := _DAY_NAME.match(text):
            return dt.date(int(found[3]), _MONTHS[found[2][:3].lower()], int(found[1]))
        if found := _NAME_DAY.match(text):
            return dt.date(int(found[3]), _MONTHS[found[1][:3].lower()], int(found[2]))
    except (ValueError, KeyError):
        return None
    return None


def months_first(cells: Iterable[str]) -> bool | None:
    """Whether the month stands before the day where the year stands last; None where nothing tells."""
    day_first = month_first = False
    for cell in cells:
        if (found := _YEAR_LAST.match(" ".join(cell.split()))) and found[2] != ".":
            day_first |= int(found[1]) > 12
            month_first |= int(found[3]) > 12
    return month_first if day_first != month_first else None


def both_ways(cells: Iterable[str]) -> bool:
    """True if some date of the column reads differently with the month first."""
    for cell in cells:
        found = _YEAR_LAST.match(" ".join(cell.split()))
        if found and found[2] != "." and found[1] != found[3] and int(found[1]) <= 12 and int(found[3]) <= 12:
            return True
    return False
