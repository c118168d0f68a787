"""What keeps robots and floods from a widget: tokens of pages that were shown, and limits by the hour."""

import hashlib
import hmac
import ipaddress
import secrets
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

SALT = "coordination.widget"
SOONEST, LATEST = 2, 24 * 3600  # seconds between a page being shown and being sent
PER_ADDRESS, PER_CHANNEL = 20, 1_000  # answers an hour; those beyond are held for a person
MOST = 10  # times as many: beyond, nothing is taken


class Refused(Exception):
    """An answer that is not taken: `code` for programs, the words for people."""

    def __init__(self, status, code, words):
        super().__init__(words)
        self.status, self.code = status, code


class Shown(NamedTuple):
    """What a token says: once for this page, when it was shown, and the version whose questions it asked."""

    once: str
    at: int
    version: int


def token(widget, version, now):
    """Signed: once for a page that is shown now."""
    parts = [widget.pk, secrets.token_urlsafe(12), int(now.timestamp()), version.pk if version else 0]
    return signing.dumps(parts, salt=SALT)


def shown_by(widget, token):
    """What the widget's token says; None where it is no token of this widget."""
    try:
        pk, *said = signing.loads(token[:400], salt=SALT)
        shown = Shown(*said)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return shown if pk == widget.pk else None


def check(request, widget, shown, now):
    """`Refused` where an answer comes too soon, too late or from an address that floods us.

    Gives whether the address has sent more in this hour than one household writes.
    """
    age = int(now.timestamp()) - shown.at if shown else 0
    if shown is None or age > LATEST:
        raise Refused(409, "token", "This page stood open too long. Look it over and send it again.")
    if age < SOONEST:
        raise Refused(425, "too_soon", "That was very quick. Please send it once more.")
    hour = _hour(now)
    known = f"{hour}:{_network(request)}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), known, hashlib.sha256).hexdigest()
    count = _count(f"widget:{widget.pk}:{hour}:{digest[:32]}")
    if count > PER_ADDRESS * MOST:
        raise Refused(429, "too_often", "Too many answers came from here. Try again in an hour.")
    return count > PER_ADDRESS


def crowded(widget, now):
    """Whether the channel has taken as many answers in this hour as people read; `Refused` in a flood."""
    count = _count(f"widget:{widget.pk}:{_hour(now)}")
    if count > PER_CHANNEL * MOST:
        words = "More answers come in here than can be kept. Please send it again in an hour."
        raise Refused(429, "busy", words)
    return count > PER_CHANNEL


def _hour(now):
    return int(now.timestamp()) // 3600


def _network(request):
    """Where it comes from: one household has a whole /64 of IPv6 addresses."""
    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def _count(key):
    """Counted in the cache; where that is down nobody is kept out."""
    cache.add(key, 0, 3700)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1
