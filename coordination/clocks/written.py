"""Opening hours and targets as people type them."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .business_time import DAY, Unusable

_PERIOD = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)
_DURATION = re.compile(
    r"(?:(\d{1,4})\s*(?:h|hours?|hrs?))?\s*(?:(\d{1,5})\s*(?:m|min|mins|minutes?))?", re.ASCII
)
MOST_MINUTES = 2_000 * 60  # of a target: a year of working hours


def read_periods(text: str) -> tuple[tuple[int, int], ...]:
    """ "9-12, 13:30-17" as minutes after midnight; nothing or "closed" is a closed day."""
    text = text.strip().lower()
    if text in ("", "closed", "-", "–"):
        return ()
    found = []
    for part in re.split(r"[,;]| and ", text):
        match = _PERIOD.fullmatch(part.strip())
        if not match:
            raise Unusable(f"“{part.strip()[:40]}” is no period. Write it like 9:00–12:30.")
        hour, minute, to_hour, to_minute = (int(one or 0) for one in match.groups())
        if minute > 59 or to_minute > 59:
            raise Unusable(f"“{part.strip()[:40]}”: an hour has minutes 00 to 59.")
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        if start >= DAY or end > DAY:
            raise Unusable(f"“{part.strip()[:40]}”: a day ends at 24:00.")
        if end <= start:
            raise Unusable(
                f"“{part.strip()[:40]}” ends before it starts. A period over midnight is two: "
                "one up to 24:00, one from 0:00 on the next day."
            )
        found.append((start, end))
    found.sort()
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise Unusable("Two periods of this day overlap.")
    return tuple(found)


def as_periods(periods: Iterable[Sequence[int]]) -> str:
    """ "09:00-12:00, 13:30-17:00", which `read_periods` reads again; nothing for a closed day."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in periods)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_duration(text: str) -> int:
    """Minutes of "4 h", "90 min", "1 h 30 min" or "1:30"; a bare number is hours."""
    text = " ".join(text.lower().split())
    if match := re.fullmatch(r"(\d{1,4}):(\d{2})", text, re.ASCII):
        hours, minutes = int(match[1]), int(match[2])
    elif re.fullmatch(r"\d{1,4}", text, re.ASCII):
        hours, minutes = int(text), 0
    else:
        match = _DURATION.fullmatch(text)
        if not match or not any(match.groups()):
            raise Unusable("Write a time such as 4 h, 90 min or 1:30.")
        hours, minutes = int(match[1] or 0), int(match[2] or 0)
    whole = hours * 60 + minutes
    if not 0 < whole <= MOST_MINUTES:
        raise Unusable(f"Write a time between 1 min and {MOST_MINUTES // 60:,} h.")
    return whole


def as_duration(minutes: int) -> str:
    """ "1 h 30 min", which `read_duration` reads again."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
