"""What all adapters share: looking into JSON that may be anything, and what they say of it.

Nothing here raises, whatever the JSON: what is not there, or is of another kind, is empty.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from coordination.formats.incoming import Incoming, clean


@dataclass(frozen=True, slots=True)
class _Untaken:
    why: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", clean(self.why))  # it may quote what was sent


class Ignored(_Untaken):
    """It was understood and is nothing that anybody asks for; `why` says what it is."""


class Unknown(_Untaken):
    """It has not the shape of that product's events; `why` says what was looked for."""


@dataclass(frozen=True, slots=True)
class Later:
    """What somebody said there of a thing that is known: `of` is that thing's external id.

    `external_id` is what that system calls these words: with it they come in once.
    """

    of: str
    words: str
    external_id: str
    author_name: str = ""
    url: str = ""
    sent_at: dt.datetime | None = None


Read = list[Incoming] | Later | Ignored | Unknown


def later(of: str, words: str, number: str, **more: Any) -> Later | Ignored | Unknown:
    """A comment on the thing `of`, as far as the event says which, and what was said."""
    if not (of and number):
        return Unknown("The comment does not say of what it is, or has no number.")
    if not words:
        return Ignored("The comment has no words.")
    return Later(of, words, f"comment:{number}", **more)


URGENCY = {
    **dict.fromkeys(("blocker", "urgent", "critical", "highest", "emergency", "p0", "p1", "sev1"), 1),
    **dict.fromkeys(("high", "important", "major", "p2", "sev2", "priority"), 2),
    **dict.fromkeys(("normal", "medium", "moderate", "p3", "sev3", "not_priority", "none"), 3),
    **dict.fromkeys(("low", "lowest", "minor", "trivial", "p4", "p5", "sev4"), 4),
}
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MILLISECONDS = 100_000_000_000  # a stamp above is in milliseconds: in seconds it were the year 5138
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
AMOUNT_MOST = Decimal(10) ** 12
BREAKS = frozenset(
    [
        *("p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "blockquote", "pre", "hr", "figure"),
    ]
)
INLINE = frozenset(
    [
        *("a", "b", "i", "u", "s", "em", "strong", "span", "img", "code", "html", "body", "head", "font"),
        *("small", "sub", "sup", "tbody", "thead"),
    ]
)
HIDDEN = frozenset(("script", "style"))
TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<more>(?:\s[^<>]*)?)/?>")


def at(payload: Any, *path: str | int) -> Any:
    """What stands at `path`, or None."""
    for step in path:
        if isinstance(payload, dict):
            payload = payload.get(step) if isinstance(step, str) else None
        elif isinstance(payload, list):
            payload = (
                payload[step] if isinstance(step, int) and -len(payload) <= step < len(payload) else None
            )
        else:
            return None
    return payload


def text(value: Any) -> str:
    """A string or a number as text; "" for all else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def first(*values: Any) -> str:
    """The first of the values that is text."""
    return next((found for found in map(text, values) if found), "")


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: Any, *keys: str) -> tuple[str, ...]:
    """Names of a list: of strings, or of objects by the first of `keys` they have; a string is split."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if not isinstance(value, list):
        return ()
    found = (first(*(at(one, key) for key in keys)) if isinstance(one, dict) else text(one) for one in value)
    return tuple(one for one in found if one)


def urgency(value: Any) -> int | None:
    """How urgent by the word that a product uses for it."""
    return URGENCY.get(text(value).lower())


def moment(value: Any) -> dt.datetime | None:
    """A time from ISO 8601 or from seconds or milliseconds since 1970; in UTC where it names no zone."""
    if isinstance(value, str) and not value.strip().isdecimal():
        try:
            found = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        found = found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found
    else:
        digits = text(value)
        if not digits.isascii() or not digits.isdecimal() or len(digits) > 15:
            return None
        stamp = int(digits)
        found = EPOCH + dt.timedelta(milliseconds=stamp if stamp >= MILLISECONDS else stamp * 1000)
    try:
        found = found.astimezone(dt.UTC)
    except OverflowError:
        return None
    return found if EPOCH < found < FAR else None


def day(value: Any) -> dt.date | None:
    found = moment(value)
    return found.date() if found else None


def amount(value: Any) -> Decimal | None:
    """Money, if it is a number that money may be."""
    try:
        found = Decimal(text(value))
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and 0 <= found < AMOUNT_MOST else None


def plain(value: Any) -> str:
    """Text out of HTML: paragraphs and breaks as lines, no tags. What is no HTML stays as it is.

    One pass of one pattern, as Python's own parser takes minutes over a megabyte of angle brackets.
    """
    words = text(value)
    if not any(_known(tag) for tag in TAG.finditer(words)):
        return words
    parts, place, hidden = [], 0, ""
    for tag in TAG.finditer(words):
        name = tag["name"].lower()
        if hidden:  # what a browser would not show either, up to its end
            if not (tag["end"] and name == hidden):
                continue
            hidden = ""
        elif not _known(tag):  # somebody's words between angle brackets
            continue
        else:
            parts.append(words[place : tag.start()])
            parts.append("\n" if name in BREAKS else "")
            hidden = name if name in HIDDEN and not tag["end"] else ""
        place = tag.end()
    parts.append(words[place:])
    lines = (" ".join(line.split()) for line in unescape("".join(parts)).splitlines())
    return "\n".join(line for line in lines if line)


def _known(tag: re.Match[str]) -> bool:
    name = tag["name"].lower()
    return name in BREAKS or (
        (name in INLINE or name in HIDDEN) and (not tag["more"].strip() or "=" in tag["more"])
    )
