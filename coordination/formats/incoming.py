"""What a door brings: the one shape that every adapter, mail and file gives to the intake."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

TITLE, BODY, NAME, EMAIL, URL, EXTERNAL_ID, LANGUAGE = 160, 10_000, 160, 254, 500, 200, 12
TAGS, TAG = 20, 40
STAGE, MOST = 80, Decimal(10**12)
ADDRESS = re.compile(
    r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\W_](?:[\w-]{0,62}\.)*[\w-]{0,62}[^\W_]"
)  # one, and bare
NAMELESS = "(no title)"


@dataclass(frozen=True, slots=True)
class Deal:
    """An open deal as the other system states it. `amount` is in `currency`, closing on `closes_on`."""

    name: str = ""
    amount: Decimal | None = None
    currency: str = ""
    stage: str = ""
    closes_on: dt.date | None = None


NO_DEAL = Deal()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that somebody said, in the words of the system it comes from.

    `external_id` is what that system calls it: with it a thing comes in once. The account is whichever
    of id ("system:id"), domain and name names one we know. Without `proved` nobody vouches that the author
    is the author; `brought_by` is the address of the colleague who passes it on.
    """

    title: str
    body: str = ""
    external_id: str = ""
    url: str = ""
    author_name: str = ""
    author_email: str = ""
    account_id: str = ""
    account_domain: str = ""
    account_name: str = ""
    language: str = ""
    urgency: int | None = None
    type: str = ""
    area: str = ""
    tags: tuple[str, ...] = ()
    sent_at: dt.datetime | None = None
    deal: Deal | None = None
    proved: bool = True
    brought_by: str = ""
    revises: bool = False  # it tells how a known thing reads now, and makes no new one
    more: Mapping[str, str] = field(default_factory=dict)  # what has no place of its own, by its name


def fitted(incoming: Incoming) -> Incoming:
    """The same as the database takes it: no NUL, no half letters, nothing too long; no word is lost.

    A title that is too long opens the body; without a title the body's first line is it.
    """
    title, body = " ".join(clean(incoming.title).split()), clean(incoming.body)
    if not title:
        title = " ".join(body.partition("\n")[0].split()) or NAMELESS
    title, body = titled(title, body)
    body = body if len(body) <= BODY else f"{body[: BODY - 1]}…"
    url = clean(incoming.url)
    if len(url) > URL or not url.lower().startswith(("https://", "http://")) or any(map(str.isspace, url)):
        url = ""
    email, author = clean(incoming.author_email).lower(), " ".join(clean(incoming.author_name).split())
    if len(email) > EMAIL or not ADDRESS.fullmatch(email):  # what cannot be written to may be a name
        email, author = "", author or " ".join(email.split())
    return replace(
        incoming,
        title=title,
        body=body,
        external_id=clean(incoming.external_id)[:EXTERNAL_ID],
        url=url,
        author_name=author[:NAME],
        author_email=email,
        account_name=" ".join(clean(incoming.account_name).split())[:NAME],
        account_domain=clean(incoming.account_domain).lower()[:253],
        account_id=clean(incoming.account_id)[:120],
        language=clean(incoming.language)[:LANGUAGE],
        type=" ".join(clean(incoming.type).split())[:NAME],
        area=" ".join(clean(incoming.area).split())[:NAME],
        tags=tuple(dict.fromkeys(t for t in (clean(tag)[:TAG].strip() for tag in incoming.tags) if t))[:TAGS],
    )


def titled(title: str, body: str) -> tuple[str, str]:
    """(title, body) where a title that is too long is cut, and opens the body whole."""
    if len(title) <= TITLE:
        return title, body
    body = body if body.startswith(title) else f"{title}\n\n{body}".strip()
    return f"{title[: TITLE - 1].rstrip()}…", body


def fitted_deal(deal: Deal, *, fallback: str) -> Deal:
    """The same as the database takes it; an amount without a currency is in `fallback`.

    An amount that is none (below zero, beyond a trillion) or in a currency that is none is not guessed: it
    stands in the name as it came.
    """
    name, currency = " ".join(clean(deal.name).split()), clean(deal.currency).upper()
    amount = deal.amount
    known = not currency or re.fullmatch(r"[A-Z]{3}", currency)
    if amount is not None and not (known and amount.is_finite() and 0 <= amount < MOST):
        name, amount, currency = f"{name} ({amount} {currency})".strip(), None, ""
    return replace(
        deal,
        name=name if len(name) <= NAME else f"{name[: NAME - 1]}…",
        amount=amount if amount is None else amount.quantize(Decimal("0.01")),
        currency=(currency or fallback) if known else fallback,
        stage=" ".join(clean(deal.stage).split())[:STAGE],
    )


def clean(text: str) -> str:
    """Without what the database does not take: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n").strip()
