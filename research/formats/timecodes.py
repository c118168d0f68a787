"""Time codes as transcripts write them, to milliseconds and back."""

import re

from .cues import MAX_MS

# ASCII digits only; a comma or a dot before the fraction; hours optional. Without hours the minutes may
# pass 59, as recorders count ("75:30"). One-digit parts need all three, or "3:1" would be a time.
PATTERN = r"(?:[0-9]{1,3}:[0-9]{1,2}:[0-9]{1,2}|[0-9]{1,3}:[0-9]{2}(?!:?[0-9]))(?:[.,][0-9]{1,3})?"
_PARTS = re.compile(r"(?:(\d{1,3}):(\d{1,2}):(\d{1,2})|(\d{1,3}):(\d{2}))(?:[.,](\d{1,3}))?", re.ASCII)


def to_ms(text: str) -> int | None:
    """Milliseconds of a time code such as 01:02:03.456, 1:02 or 0:0:3,5; None if it is not one."""
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    hours, minutes, seconds, lone_minutes, lone_seconds, fraction = parts.groups()
    if hours is None:
        hours, minutes, seconds = "0", lone_minutes, lone_seconds
    elif int(minutes) > 59:
        return None
    if int(seconds) > 59:
        return None
    ms = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int((fraction or "").ljust(3, "0"))
    return ms if ms <= MAX_MS else None


def show(ms: int) -> str:
    """A time code as WebVTT writes it: HH:MM:SS.mmm."""
    seconds, fraction = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{fraction:03}"
