"""Rows of a file as requests to be, or why a row is none."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from . import cells
from .cells import Answer, Bad, unguarded
from .incoming import BODY, EMAIL, EXTERNAL_ID, LANGUAGE, NAME, TAG, TAGS, URL, clean, titled
from .moments import Order
from .sheets import Row

LIMITS = {
    "affected": 300,
    "workaround": 4_000,
    "effect": 4_000,
    "reason": 2_000,
    "company": NAME,
    "author_name": NAME,
    "source": 40,
    "revisited_why": 500,
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
    # These only our own export has
    channel: str = ""
    source: str = ""
    owner_team: str = ""
    assignee: str = ""
    snoozed_until: dt.datetime | None = None
    snoozed_for: str = ""
    revisited_at: dt.datetime | None = None
    revisited_why: str = ""
    state_before: str = ""
    form: str = ""
    form_version: int | None = None
    answers: tuple[Answer, ...] = ()
    said: Said | None = None
    again: bool = False
    given: frozenset[str] = frozenset()  # the fields that the file has columns for


class Refused(NamedTuple):
    line: int
    why: str


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
        except Bad as error:
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
    raise Bad(f"{what} stands in line {first} already.")


def _draft(row: Row, places: Mapping[str, int], order: Order | None) -> Draft:
    said = {field: clean(unguarded(row.cells[at])) for field, at in places.items() if at < len(row.cells)}
    warnings = []
    if any("\ufffd" in value for value in said.values()):
        warnings.append("some letters could not be read; is the file saved as UTF-8?")
    title = " ".join(said.get("title", "").split())
    if not title:
        raise Bad("it has no title.")
    external_id, key = said.get("external_id", ""), cells.key(said.get("key", ""))
    if "external_id" in places and not external_id and not key:
        raise Bad("it has no external id.")
    if len(external_id) > EXTERNAL_ID:
        raise Bad(f"its external id has more than {EXTERNAL_ID} characters.")
    title, body = titled(title, said.get("body", ""))
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
        joined_with=cells.key(said.get("joined_with", "")),
        channel=said.get("channel", ""),
        owner_team=said.get("owner_team", ""),
        assignee=said.get("assignee", "").lower(),
        snoozed_for=said.get("snoozed_for", ""),
        state_before=said.get("state_before", ""),
        form=said.get("form", ""),
        form_version=cells.number(said.get("form_version", "")),
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
        **{
            field: cells.moment(said.get(field, ""), order)
            for field in ("submitted_at", "decided_at", "snoozed_until", "revisited_at")
        },
        "decline_code": said.get("decline_code", ""),
        "revisit_on": cells.day(said.get("revisit_on", ""), order),
        "revisit_accounts": cells.number(said.get("revisit_accounts", "")),
        "revisit_arr": cells.amount(said, "revisit_arr", warnings),
        "answers": cells.answers(said.get("answers", ""), warnings),
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
        revenue=cells.amount(said, "revenue", warnings),
        currency=cells.currency(said, "currency", warnings),
        added_by=said.get("added_by", "").lower(),
        team=said.get("added_team", ""),
        added_as=said.get("added_as", "").casefold(),
        added_at=cells.moment(said.get("added_at", ""), order),
        recorded_by=said.get("recorded_by", "").lower(),
        deal_name=said.get("deal_name", "")[:NAME],
        deal_amount=cells.amount(said, "deal_amount", warnings),
        deal_currency=cells.currency(said, "deal_currency", warnings),
        deal_stage=said.get("deal_stage", "")[:80],
        deal_closes_on=cells.day(said.get("deal_closes_on", ""), order),
        arr_then=cells.amount(said, "arr_then", warnings),
        arr_currency_then=cells.currency(said, "arr_currency_then", warnings),
        tier_then=said.get("tier_then", "").casefold(),
        segment_then=said.get("segment_then", "").casefold(),
    )


def _fingerprint(title: str, body: str) -> str:
    return "text:" + hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:40]
