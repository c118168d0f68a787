"""Rows of a file as requests to be, or why a row is none."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .incoming import clean
from .sheets import Row

TITLE, BODY = 160, 10_000  # characters that a request takes
LIMITS = {"affected": 300, "workaround": 4_000}
EXTERNAL_ID, URL = 200, 500


class Draft(NamedTuple):
    """What a row says. `external_id` is what the file calls it, or a fingerprint of its words."""

    line: int
    external_id: str
    title: str
    problem: str
    affected: str = ""
    workaround: str = ""
    evidence_url: str = ""
    area: str = ""
    submitted_at: dt.datetime | None = None
    warnings: tuple[str, ...] = ()


class Refused(NamedTuple):
    line: int
    why: str


def drafts(rows: Iterable[Row], places: Mapping[str, int]) -> Iterator[Draft | Refused]:
    """One for each row, in order. What stands twice under one external id is refused the second time."""
    seen: dict[str, int] = {}
    for row in rows:
        said = Refused(row.line, row.wrong) if row.wrong else _draft(row, places)
        if isinstance(said, Draft):
            first = seen.setdefault(said.external_id, row.line)
            if first != row.line:
                what = f"“{said.external_id}”" if "external_id" in places else "the same text"
                said = Refused(row.line, f"{what} stands in line {first} already.")
        yield said


def _draft(row: Row, places: Mapping[str, int]) -> Draft | Refused:
    said = {field: clean(row.cells[at]) for field, at in places.items() if at < len(row.cells)}
    warnings = []
    if any("\ufffd" in value for value in said.values()):
        warnings.append("some letters could not be read; is the file saved as UTF-8?")
    title = " ".join(said.get("title", "").split())
    if not title:
        return Refused(row.line, "it has no title.")
    external_id = said.get("external_id", "")
    if "external_id" in places and not external_id:
        return Refused(row.line, "it has no external id.")
    if len(external_id) > EXTERNAL_ID:
        return Refused(row.line, f"its external id has more than {EXTERNAL_ID} characters.")
    body = said.get("body", "")
    if len(title) > TITLE:  # no word is lost: the whole title opens the text
        body = f"{title}\n\n{body}".strip()
        title = f"{title[: TITLE - 1].rstrip()}…"
    if len(body) > BODY:
        warnings.append(f"its text was cut to {BODY:,} characters.")
        body = f"{body[: BODY - 1]}…"
    url = said.get("evidence_url", "")
    if url and (len(url) > URL or not url.lower().startswith(("https://", "http://")) or " " in url):
        warnings.append("its link is none and was left out.")
        url = ""
    sent = None
    if when := said.get("submitted_at", ""):
        sent = _moment(when)
        if sent is None:
            return Refused(row.line, f"“{when[:40]}” is no date. Write it as 2026-03-31 or 2026-03-31 14:05.")
    short = {field: said.get(field, "")[:most] for field, most in LIMITS.items()}
    return Draft(
        line=row.line,
        external_id=external_id or _fingerprint(title, body),
        title=title,
        problem=body,
        evidence_url=url,
        area=said.get("area", ""),
        submitted_at=sent,
        warnings=tuple(warnings),
        **short,
    )


def _fingerprint(title: str, body: str) -> str:
    return "text:" + hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:40]


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    if not 1970 <= moment.year < 2200:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
