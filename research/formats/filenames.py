"""What a file's name tells: which session it is of, what to call that, and when it was held."""

import datetime as dt
import re
from pathlib import PurePath
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ISO = re.compile(r"(?<!\d)(20\d\d)([-_. ]?)([01]\d)\2([0-3]\d)(?!\d)")
_POINTS = re.compile(r"(?<!\d)([0-3]?\d)\.([01]?\d)\.(20\d\d)(?!\d)")
_DAY_FIRST = re.compile(rf"(?<!\d)([0-3]?\d)[ ._-]{{1,2}}{_MONTH}[ ,._-]{{1,2}}(20\d\d)(?!\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z]){_MONTH}[ ._-]{{1,2}}([0-3]?\d),?[ ._-]{{1,2}}(20\d\d)(?!\d)", re.IGNORECASE
)
_TIME = re.compile(
    r"(?<!\d)[T_ -]?[0-2]\d[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d)?s?(?:\s?(?:utc|gmt|z))?(?!\d)", re.IGNORECASE
)
_ZOOM = re.compile(r"^gmt(?=\d{8})", re.IGNORECASE)
_TAIL = re.compile(
    r"[\s._-]*(?:(?:meeting[\s_-]?)?(?:transcript(?:ion)?|recording)|captions?|subtitles?|closed[\s_-]?captions?"
    r"|audio[\s_-]?only|gallery(?:[\s_-]view)?|speaker[\s_-]view|\d{3,4}x\d{3,4}|\d{3,4}p|auto(?:[\s_-]generated)?"
    r"|[a-z]{2}(?:-[A-Z]{2})?(?<=\.[a-z]{2})|cc)$",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\s{0,9}(?:NOTE\s)?(?:date|recorded|created|held|datum|aufgenommen)\b[^\n]{0,80}", re.IGNORECASE
)


_NOTHING = re.compile(
    r"(?:session|recording|transcript|untitled|document|audio|video|zoom|teams|meeting|call|file|new|\d|\W)*",
    re.IGNORECASE,
)


_COPY = re.compile(r"\s*\(\d{1,3}\)$|[\s_-]+(?:copy|export|responses|results)$", re.IGNORECASE)
_ABBREVIATED = re.compile(r"(?<!\w)(?:nps|csat|ces|sus|seq|ux|q[1-4]|h[12])(?!\w)", re.IGNORECASE)


class Guess(NamedTuple):
    """A title to begin with, and the day, where it has one. `says_nothing`: better name the speakers."""

    title: str
    held_on: dt.date | None
    says_nothing: bool = False


def stem_of(filename: str) -> str:
    """What the files of one session share: "call 1" of "Call 1.vtt", "Call 1_1920x1080.mp4"."""
    stem = _bare(filename)
    return re.sub(r"[\s._-]+", " ", stem).strip().casefold()


def _bare(filename: str) -> str:
    stem = PurePath(filename.replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    for _ in range(4):
        shorter = _TAIL.sub("", stem)
        if shorter == stem or not shorter.strip(" ._-"):
            break
        stem = shorter
    return stem


def guess(filename: str) -> Guess:
    """A title and a day from the name of a transcript or a recording."""
    stem = _bare(filename)
    found = _first_date(stem)
    words = stem
    if found:
        start, stop, _ = found
        rest = _TIME.sub(" ", stem[stop:], count=1) if _TIME.match(stem[stop:]) else stem[stop:]
        words = f"{_ZOOM.sub('', stem)[: start - (3 if _ZOOM.match(stem) else 0)]} {rest}"
    words = re.sub(r"[\s_]+|(?<=\w)-(?=\w)", " ", words).strip(" .-,()[]")
    words = re.sub(r"\s{2,}", " ", words)
    if not words:
        words = "Session"
    title = (words[0].upper() + words[1:])[:200]
    return Guess(title, found[2] if found else None, bool(_NOTHING.fullmatch(title)))


def survey_title(filename: str) -> str:
    """What to call a survey by the name of its export: “nps_q3-2026 (1).csv” is “NPS Q3 2026”."""
    stem = PurePath(filename.replace("\\", "/")).stem
    words = re.sub(r"[\s_]+|(?<=[^\W\d])-|-(?=[^\W\d])|(?<=\d)-(?=20\d\d)", " ", _COPY.sub("", stem))
    words = _ABBREVIATED.sub(lambda found: found[0].upper(), " ".join(words.split())).strip(" .-,()[]")
    return (words[:1].upper() + words[1:])[:200] or "Survey"


def date_in(text: str) -> dt.date | None:
    """The day that the head of a text gives: a line such as "Date: 3 May 2026", or nothing but a date."""
    for line in text[:4_000].splitlines()[:40]:
        short = line.strip()
        if _DATED.match(short) or len(short) < 40:
            found = _first_date(short)
            if found and (_DATED.match(short) or len(short) < found[1] - found[0] + 20):
                return found[2]
    return None


def _first_date(text: str) -> tuple[int, int, dt.date] | None:
    for pattern, read in (
        (_ISO, lambda m: (int(m[1]), int(m[3]), int(m[4]))),
        (_POINTS, lambda m: (int(m[3]), int(m[2]), int(m[1]))),
        (_DAY_FIRST, lambda m: (int(m[3]), _month(m[2]), int(m[1]))),
        (_MONTH_FIRST, lambda m: (int(m[3]), _month(m[1]), int(m[2]))),
    ):
        for match in pattern.finditer(text):
            try:
                return match.start(), match.end(), dt.date(*read(match))
            except ValueError:
                continue
    return None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
