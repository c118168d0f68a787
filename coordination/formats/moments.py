"""Days and moments as other tools write them."""

import datetime as dt
import re
from enum import StrEnum


class Order(StrEnum):
    """How dates of three numbers are written where nothing in them tells."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


_NUMBERS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)


def read_moment(text: str, order: Order | None = None) -> dt.datetime | None:
    """The moment, in UTC where it names no zone; None for what is none or can be read two ways.

    Read are ISO 8601 (also with slashes) and 31.03.2026, 31/3/2026, 3/31/2026 with or without a time.
    """
    plain = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", text.strip()) if ":" in text else text.strip()
    plain = re.sub(r"^(\d{4})/(\d{1,2})/(\d{1,2})", _iso, plain)
    plain = re.sub(r"\s+([+-]\d{2}:?\d{2})$", r"\1", plain)
    try:
        moment = dt.datetime.fromisoformat(plain)
    except ValueError:
        found = _numbers(text.strip(), order)
        if found is None:
            return None
        moment = found
    if not 1970 <= moment.year < 2200:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _iso(found):
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _numbers(text, order):
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if order is None:
        order = _told(first, second, found[2])
    if order is None:
        return None
    day, month = (first, second) if order == Order.DAY_FIRST else (second, first)
    hour, minute, seconds = (int(found[n] or 0) for n in (5, 6, 7))
    if found[8]:
        hour = hour % 12 + 12 * (found[8].lower() == "pm")
    try:
        return dt.datetime(year, month, day, hour, minute, seconds)  # noqa: DTZ001  (the caller adds the zone)
    except ValueError:
        return None


def _told(first, second, sign):
    """The order that the numbers themselves tell; points are written day first everywhere."""
    if sign == "." or first > 12:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 or first == second else None
