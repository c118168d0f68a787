"""A host's calendar by its address. What people typed is called from inside the network, so:

https only; each name is resolved once, all its addresses must be public, and the connection goes to the very
address that was looked at, so that a name cannot mean another one a moment later; redirects are followed by
hand under the same rules; an answer is cut off at `MOST_BYTES` and after `TOTAL` seconds.
"""

import threading
import time
from typing import NamedTuple

import httpx2

from prodops import resolving

RESOLVE, CONNECT, READ, TOTAL = 4.0, 5.0, 10.0, 25.0  # seconds
HOPS = 4
MOST_BYTES = 5 * 1024 * 1024
MOST_URL = 1_000
AGENT = "Prodops calendar"


class CalendarError(Exception):
    """The calendar cannot be had; the words are for whoever gave its address."""


class NotAllowed(CalendarError):
    """This address is not called from here."""


class Unavailable(CalendarError):
    """Nothing answers there, or not with a calendar: later it may."""


class _Place(NamedTuple):
    url: httpx2.URL  # with the address in place of the name
    name: str
    port: int


def read_url(text):
    """The address as it is called ("webcal:" is another name of https); raises `NotAllowed` for others."""
    plain = text.strip()
    scheme, separator, rest = plain.partition("://")
    if separator and scheme.lower() in ("webcal", "webcals"):
        plain = f"https://{rest}"
    try:
        url = httpx2.URL(plain)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise NotAllowed("That is not an address. It starts with https:// or webcal://.") from error
    if len(plain) > MOST_URL:
        raise NotAllowed(f"An address has up to {MOST_URL:,} characters.")
    _check(url)
    return str(url)


def _check(url):
    if url.scheme != "https" or not url.host:
        raise NotAllowed("Only https:// and webcal:// addresses are read.")
    if url.userinfo:
        raise NotAllowed(
            "An address with a name or password in it is not read. Use the calendar's secret link."
        )


def host_of(url):
    """What of an address people may see: who has all of it reads the calendar."""
    return httpx2.URL(url).host


def fetch(url):
    """The bytes that stand at a calendar's address; raises one of the `CalendarError`s."""
    with _client() as client:
        over = threading.Timer(TOTAL, client.close)  # an answer that trickles is cut off
        over.daemon = True
        over.start()
        try:
            return _follow(client, httpx2.URL(read_url(url)), time.monotonic() + TOTAL)
        finally:
            over.cancel()


def _client():
    timeout = httpx2.Timeout(READ, connect=CONNECT)
    limits = httpx2.Limits(max_keepalive_connections=0)
    # trust_env: a proxy would resolve the name again, and a .netrc would send a password along
    return httpx2.Client(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)


def _follow(client, url, until):
    for _ in range(HOPS + 1):
        _check(url)
        body, onward = _get(client, _resolved(url, until), until)
        if onward is None:
            return body
        try:
            url = url.join(onward)
        except (httpx2.InvalidURL, ValueError) as error:
            raise Unavailable("It sends on to something that is no address.") from error
    raise Unavailable(f"It sends on more than {HOPS} times.")


def _resolved(url, until):
    name, port = url.raw_host.decode("ascii").lower().rstrip("."), url.port or 443
    try:
        addresses = resolving.addresses_of(name, port, seconds=min(RESOLVE, until - time.monotonic()))
    except resolving.Silent as error:
        raise Unavailable(f"No name server says in time where {name} is.") from error
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"There is no host called {name}.") from error
    if not addresses or not all(map(resolving.is_public, addresses)):
        raise NotAllowed(f"{name} leads to an address inside the network, which is not called.")
    address = min(addresses, key=lambda one: ":" in one)
    return _Place(url.copy_with(host=address, fragment=None), name, port)


def _get(client, place, until):
    """(body, None), or (b"", where it sends on to)."""
    host = place.name if place.port == 443 else f"{place.name}:{place.port}"
    headers = {"Host": host, "User-Agent": AGENT, "Accept": "text/calendar, */*;q=0.1"}
    times = {"connect": CONNECT, "read": READ, "write": READ, "pool": CONNECT}
    extensions = {"sni_hostname": place.name, "timeout": times}
    request = httpx2.Request("GET", place.url, headers=headers, extensions=extensions)
    try:
        response = client.send(request, stream=True)
        try:
            if response.is_redirect:
                return b"", response.headers.get("Location", "")
            if response.status_code != 200:
                raise Unavailable(_said(response.status_code))
            return _body(response, until), None
        finally:
            response.close()
    except httpx2.TimeoutException as error:
        raise Unavailable("It took too long to answer.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, RuntimeError, OSError) as error:
        if "CERTIFICATE" in str(error).upper():
            raise Unavailable("Its certificate is not valid.") from error
        raise Unavailable("It does not answer.") from error


def _said(status):
    if status in (401, 403, 404, 410):
        return (
            f"It answers {status}: the link is wrong or was withdrawn. Copy the calendar's secret link again."
        )
    return f"It answers {status}. It is tried again within the hour."


def _body(response, until):
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise Unavailable(f"It is larger than {MOST_BYTES // 1024**2} MB.")
        if time.monotonic() > until:
            raise Unavailable("It took too long to answer.")
        parts.append(part)
    return b"".join(parts)
