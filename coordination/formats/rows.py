"""Rows of a file as requests to be, or why a row is none."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from coordination.matching import parse_amount

from .incoming import BODY, EMAIL, EXTERNAL_ID, LANGUAGE, NAME, TAG, TAGS, TITLE, URL, clean
from .moments import Order, read_moment
from .sheets import Row

LIMITS = {
    "affected": 300,
    "workaround": 4_000,
    "effect": 4_000,
    "reason": 2_000,
    "company": NAME,
    "author_name": NAME,
}
URGENCIES = {  # the number that a request keeps, by the words that files have for it
    1: ("1", "blocker", "urgent", "critical"),
    2: ("2", "high", "major"),
    3: ("3", "normal", "medium"),
    4: ("4", "low", "minor", "trivial"),
}
STATES = {  # what became of it elsewhere, in the words of other tools
    "planned": ("planned", "on the roadmap"),
    "progress": ("progress", "in progress", "started", "in development"),
    "shipped": ("shipped", "completed", "done", "released", "available"),
    "new": ("", "new", "open", "received", "under review", "in review", "needs feedback", "triage"),
    "accepted": ("accepted", "approved"),
    "declined": ("declined", "rejected", "closed", "won't do", "will not do", "not planned", "archived"),
    "merged": ("merged", "joined with another", "duplicate"),
}
_URGENCY = {word: number for number, words in URGENCIES.items() for word in words}
_STATE = {word: state for state, words in STATES.items() for word in words}
# A sheet's guard against formulas; our own export adds it, and so do other tools
GUARDED = re.compile(r"'+[=+\-@\t\r]")
_ACCOUNT = ("account", "account_id", "account_domain", "contact")


class Said(NamedTuple):
    """What a row says of an account: who it is, and its part in the request."""

    account: str = ""
    account_id: str = ""
    account_domain: str = ""
    contact: str = ""
    words: str = ""
    revenue: Decimal | None = None
    currency: str = ""
    added_by: str = ""
    team: str = ""
    added_as: str = ""
    added_at: dt.datetime | None = None
    recorded_by: str = ""
    deal_name: str = ""
    deal_amount: Decimal | None = None
    deal_currency: str = ""
    deal_stage: str = ""
    deal_closes_on: dt.date | None = None
    arr_then: Decimal | None = None
    arr_currency_then: str = ""
    tier_then: str = ""
    segment_then: str = ""


class Draft(NamedTuple):
    """What a row says. `external_id` is what the file calls it, or a fingerprint of its words.

    `again` marks a further row of a request that stands above: it brings another account.
    """

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
    key: uuid.UUID | None = None
    urgency: int | None = None
    type: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    author_name: str = ""
    author_email: str = ""
    company: str = ""
    submitter: str = ""
    team: str = ""
    state: str = "new"
    decided_at: dt.datetime | None = None
    decided_by: str = ""
    reason: str = ""
    effect: str = ""
    decline_code: str = ""
    revisit_on: dt.date | None = None
    revisit_accounts: int | None = None
    revisit_arr: Decimal | None = None
    joined_with: uuid.UUID | None = None
    said: Said | None = None
    again: bool = False
    given: frozenset[str] = frozenset()  # the fields that the file has columns for


class Refused(NamedTuple):
    line: int
    why: str


class _Bad(ValueError):
    """Why a row is no request."""


def drafts(
    rows: Iterable[Row], places: Mapping[str, int], order: Order | None = None
) -> Iterator[Draft | Refused]:
    """One for each row, in order. What stands twice under one external id is refused the second time,
    unless the row names an account that the request has to be given."""
    seen: dict[object, int] = {}
    for row in rows:
        if row.wrong:
            yield Refused(row.line, row.wrong)
            continue
        try:
            yield _one(row, places, order, seen)
        except _Bad as error:
            yield Refused(row.line, str(error))


def _one(row, places, order, seen):
    draft = _draft(row, places, order)
    name = draft.key or draft.external_id
    first = seen.setdefault(name, row.line)
    if first == row.line:
        return draft
    if draft.said and ("external_id" in places or "key" in places):
        return draft._replace(again=True)
    what = f"“{draft.external_id}”" if "external_id" in places else "the same text"
    raise _Bad(f"{what} stands in line {first} already.")


def unguarded(text: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if GUARDED.match(text) else text


def _draft(row: Row, places: Mapping[str, int], order: Order | None) -> Draft:
    said = {field: clean(unguarded(row.cells[at])) for field, at in places.items() if at < len(row.cells)}
    warnings = []
    if any("\ufffd" in value for value in said.values()):
        warnings.append("some letters could not be read; is the file saved as UTF-8?")
    title = " ".join(said.get("title", "").split())
    if not title:
        raise _Bad("it has no title.")
    external_id, key = said.get("external_id", ""), _key(said.get("key", ""))
    if "external_id" in places and not external_id and not key:
        raise _Bad("it has no external id.")
    if len(external_id) > EXTERNAL_ID:
        raise _Bad(f"its external id has more than {EXTERNAL_ID} characters.")
    body = said.get("body", "")
    if len(title) > TITLE:  # no word is lost: the whole title opens the text
        body = f"{title}\n\n{body}".strip()
        title = f"{title[: TITLE - 1].rstrip()}…"
    if len(body) > BODY:
        warnings.append(f"its text was cut to {BODY:,} characters.")
        body = f"{body[: BODY - 1]}…"
    more = _more(said, order, warnings)
    short = {field: said.get(field, "")[:most] for field, most in LIMITS.items()}
    return Draft(
        line=row.line,
        external_id=external_id or ("" if key else _fingerprint(title, body)),
        title=title,
        problem=body,
        area=said.get("area", ""),
        key=key,
        type=said.get("type", ""),
        language=said.get("language", "")[:LANGUAGE],
        submitter=said.get("submitter", "").lower(),
        team=said.get("team", ""),
        decided_by=said.get("decided_by", "").lower(),
        joined_with=_key(said.get("joined_with", "")),
        given=frozenset(places),
        **(short | more | {"warnings": tuple(warnings)}),
    )


def _more(said, order, warnings):
    """The fields that have to be understood; what cannot be is left out with a warning or ends the row."""
    url, email = said.get("evidence_url", ""), said.get("author_email", "").lower()
    if url and (len(url) > URL or not url.lower().startswith(("https://", "http://")) or " " in url):
        warnings.append("its link is none and was left out.")
        url = ""
    if email and (len(email) > EMAIL or "@" not in email):
        warnings.append(f"“{email[:60]}” is no e-mail address and was left out.")
        email = ""
    urgency, state = said.get("urgency", "").casefold(), said.get("state", "").casefold()
    if urgency and urgency not in _URGENCY:
        warnings.append(f"the urgency “{urgency[:40]}” is not known; it is normal now.")
    if state not in _STATE:
        warnings.append(f"the state “{state[:40]}” is not known; it waits for a decision now.")
    tags = (clean(tag)[:TAG].strip() for tag in re.split(r"[;,|\n]", said.get("tags", "")))
    return {
        "evidence_url": url,
        "author_email": email,
        "urgency": _URGENCY.get(urgency),
        "state": _STATE.get(state, "new"),
        "tags": tuple(dict.fromkeys(tag for tag in tags if tag))[:TAGS],
        "submitted_at": _moment(said.get("submitted_at", ""), order),
        "decided_at": _moment(said.get("decided_at", ""), order),
        "decline_code": said.get("decline_code", ""),
        "revisit_on": _day(said.get("revisit_on", ""), order),
        "revisit_accounts": _number(said.get("revisit_accounts", "")),
        "revisit_arr": _amount(said, "revisit_arr", warnings),
        "said": _account(said, order, warnings),
    }


def _account(said, order, warnings):
    """What the row says of an account, None if it names none."""
    if not any(said.get(field) for field in _ACCOUNT):
        return None
    return Said(
        **{field: said.get(field, "") for field in ("account", "account_id")},
        account_domain=said.get("account_domain", "").lower().removeprefix("www."),
        contact=said.get("contact", "")[:NAME],
        words=said.get("words", "")[:BODY],
        revenue=_amount(said, "revenue", warnings),
        currency=_currency(said, "currency", warnings),
        added_by=said.get("added_by", "").lower(),
        team=said.get("added_team", ""),
        added_as=said.get("added_as", "").casefold(),
        added_at=_moment(said.get("added_at", ""), order),
        recorded_by=said.get("recorded_by", "").lower(),
        deal_name=said.get("deal_name", "")[:NAME],
        deal_amount=_amount(said, "deal_amount", warnings),
        deal_currency=_currency(said, "deal_currency", warnings),
        deal_stage=said.get("deal_stage", "")[:80],
        deal_closes_on=_day(said.get("deal_closes_on", ""), order),
        arr_then=_amount(said, "arr_then", warnings),
        arr_currency_then=_currency(said, "arr_currency_then", warnings),
        tier_then=said.get("tier_then", "").casefold(),
        segment_then=said.get("segment_then", "").casefold(),
    )


def _amount(said, field, warnings):
    text = said.get(field, "")
    amount = parse_amount(text) if text else None
    if text and (amount is None or amount >= 10**12):
        warnings.append(f"“{text[:40]}” is no amount and was left out.")
        return None
    return amount


def _currency(said, field, warnings):
    code = said.get(field, "").upper()
    if code and not re.fullmatch("[A-Z]{3}", code):
        warnings.append(f"“{code[:40]}” is no currency; the account's is taken.")
        return ""
    return code


def _number(text):
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _day(text, order):
    moment = _moment(text, order)
    return moment.date() if moment else None


def _key(text):
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise _Bad(f"“{text[:40]}” is no Prodops id.") from error


def _fingerprint(title: str, body: str) -> str:
    return "text:" + hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:40]


def _moment(text: str, order: Order | None) -> dt.datetime | None:
    if not text:
        return None
    if moment := read_moment(text, order):
        return moment
    if order is None and any(read_moment(text, one) for one in Order):
        raise _Bad(f"“{text[:40]}” can be read two ways. Say how dates are written: day or month first.")
    raise _Bad(f"“{text[:40]}” is no date. Write it as 2026-03-31 or 2026-03-31 14:05.")
