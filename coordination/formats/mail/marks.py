"""The marks in our own mail by which an answer finds its request: signed, so that nobody guesses one.

In the id of the mail, `<req-12.7.0a1b…@host>`, and in the address to answer to, `wishes+req-12-0a1b…@host`.
"""

import hashlib
import hmac
import re

_MARK = re.compile(r"req-(\d{1,12})(?:\.([\w-]{1,40}))?[.-]([0-9a-f]{20})", re.IGNORECASE)


def _sign(pk: int, nonce: str, secret: str) -> str:
    said = f"{pk}.{nonce}".encode()
    return hmac.new(f"prodops.mail:{secret}".encode(), said, hashlib.sha256).hexdigest()[:20]


def message_mark(pk: int, *, secret: str, host: str, nonce: str) -> str:
    """The Message-ID of a mail about the request `pk`."""
    return f"<req-{pk}.{nonce}.{_sign(pk, nonce, secret)}@{host}>"


def address_mark(pk: int, *, secret: str, address: str) -> str:
    """The address of a mailbox with the request's mark behind a plus sign."""
    name, at, host = address.partition("@")
    return f"{name}+req-{pk}-{_sign(pk, '', secret)}{at}{host}"


def mark_of(texts, *, secrets) -> int | None:
    """The request whose mark stands in one of the texts (ids, addresses), if one of `secrets` made it."""
    return next((pk for pk, _ in _marks(texts, secrets)), None)


def sent_of(texts, *, secrets) -> tuple[int, str] | None:
    """(request, nonce) of the first of the texts that is the id of a mail of ours."""
    return next(((pk, nonce) for pk, nonce in _marks(texts, secrets) if nonce), None)


def _marks(texts, secrets):
    for text in texts:
        for found in _MARK.finditer(text):
            pk, nonce = int(found[1]), found[2] or ""
            if any(hmac.compare_digest(found[3].lower(), _sign(pk, nonce, secret)) for secret in secrets):
                yield pk, nonce
