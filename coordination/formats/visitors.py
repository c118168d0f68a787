"""Who a visitor of a widget is, as the page that frames it vouches; and which pages may frame it."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

USER, EMAIL, ACCOUNT, EXPIRES = 120, 254, 160, 20
_ORIGIN = re.compile(r"(https?)://(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the page says of the visitor. `expires` is a Unix time as text, or empty."""

    user: str = ""
    email: str = ""
    account: str = ""
    expires: str = ""

    @property
    def named(self) -> bool:
        return bool(self.user or self.email or self.account)


def signature(visitor: Visitor, secret: str) -> str:
    """HMAC-SHA256 in hex of user, e-mail, account and expiry, one a line."""
    lines = "\n".join((visitor.user, visitor.email, visitor.account, visitor.expires))
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


def vouched(visitor: Visitor, signed: str, secrets: Iterable[str], *, now: float) -> bool:
    """Whether one of the secrets signed it, and it has not run out.

    A line end in a part could make two visitors look alike under one signature: such a one is nobody.
    """
    parts = (visitor.user, visitor.email, visitor.account, visitor.expires)
    most = (USER, EMAIL, ACCOUNT, EXPIRES)
    if not visitor.named or any(len(part) > size for part, size in zip(parts, most, strict=True)):
        return False
    if any(letter in part for part in parts for letter in "\n\r\0"):
        return False
    if visitor.expires and not (
        visitor.expires.isascii() and visitor.expires.isdecimal() and now < int(visitor.expires)
    ):
        return False
    try:
        given = signed.lower().encode("ascii")
        return any(hmac.compare_digest(signature(visitor, one).encode(), given) for one in secrets)
    except UnicodeEncodeError:
        return False


def origin_of(text: str) -> str | None:
    """An origin as browsers send it, "https://app.example.com", or with "*." for all below; None if not."""
    match = _ORIGIN.fullmatch(text.strip().lower().rstrip("/"))
    if match is None:
        return None
    scheme, below, host, port = match.groups()
    usual = {"http": ":80", "https": ":443"}[scheme]
    return f"{scheme}://{below or ''}{host}{port if port and port != usual else ''}"


def may_call(origin: str, allowed: Iterable[str]) -> bool:
    """Whether a page of `origin` may call; "https://*.example.com" allows all below it, not itself."""
    for one in allowed:
        if one == origin:
            return True
        scheme, _, rest = one.partition("://*.")
        if rest and origin.startswith(f"{scheme}://") and origin.endswith(f".{rest}"):
            return True
    return False
