"""Whether a dashboard's link answers. What people typed is called from inside the network, so:

only hosts of a list, by http or https; each name is resolved once, its addresses must be public, and the
connection goes to the very address that was looked at, so that a name cannot mean another one a moment
later; redirects are followed by hand under the same rules; nothing of an answer's body is read.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx2

from metrics.formats import hosts
from prodops import resolving

RESOLVE, CONNECT, READ, TOTAL = 4.0, 4.0, 5.0, 12.0  # seconds
HOPS = 5
AGENT = "Prodops link check"
SIGN_IN = (401, 403, 407)
BUSY = (429, 503)


class NotAllowed(Exception):
    """This link is not called from here; the words say why."""


class Unreachable(Exception):
    """Nothing answers there; the words say what happened."""


class Answer(NamedTuple):
    works: bool
    words: str


class Place(NamedTuple):
    """Where a URL leads once its name is resolved: `url` has the address in place of the name."""

    url: httpx2.URL
    host: str  # as the Host header has it
    name: str  # as the certificate has it


def ask(url: str, *, allowed: Callable[[str, int], bool]) -> Answer:
    """What the link answers. `allowed(host, port)` says which hosts may be called.

    Raises `NotAllowed` where the link itself may not be called or leads inside the network, `Unreachable`
    where nothing answers in time. A redirect to a host that is not on the list counts as an answer: it is
    most often the company's sign-in.
    """
    with _client() as client:
        over = threading.Timer(TOTAL, client.close)  # an answer that trickles is cut off
        over.daemon = True
        over.start()
        try:
            return _follow(client, _parsed(url), allowed, time.monotonic() + TOTAL)
        finally:
            over.cancel()


def _client() -> httpx2.Client:
    timeout = httpx2.Timeout(READ, connect=CONNECT)
    limits = httpx2.Limits(max_keepalive_connections=0)
    # trust_env: a proxy would resolve the name again, and a .netrc would send a password along
    return httpx2.Client(timeout=timeout, limits=limits, trust_env=False, follow_redirects=False)


def _follow(client, url, allowed, until):
    for hop in range(HOPS + 1):
        host, port = _asked(url)
        if not allowed(host, port):
            if hop == 0:
                raise NotAllowed(f"{host} is not on the list of hosts whose links are checked.")
            return Answer(True, f"Answers by sending on to {host}")
        if time.monotonic() > until:
            raise Unreachable("It took too long to answer.")
        status, location = _status_of(client, _resolved(url, host, port, until))
        if location is None:
            return _judged(status)
        url = _joined(url, location)
    return Answer(False, f"Sends on more than {HOPS} times")


def _judged(status):
    said = f"{status} {httpx2.codes.get_reason_phrase(status)}".strip()
    if status in SIGN_IN:
        return Answer(True, f"Answers and asks to sign in ({said})")
    if status in BUSY:
        return Answer(True, f"Answers that it is busy ({said})")
    return Answer(status < 400, f"Answers {said}")


def _status_of(client, place):
    """(status, where it sends on to or None): by HEAD, and by GET where that does not go well."""
    status, location = _send(client, "HEAD", place)
    if status >= 400 and status not in SIGN_IN:
        status, location = _send(client, "GET", place)
    return status, location


def _send(client, method, place):
    headers = {"Host": place.host, "User-Agent": AGENT, "Accept": "*/*"}
    request = httpx2.Request(
        method, place.url, headers=headers, extensions={"sni_hostname": place.name, "timeout": _timeouts()}
    )
    try:
        response = client.send(request, stream=True)
    except httpx2.TimeoutException as error:
        raise Unreachable("It took too long to answer.") from error
    except httpx2.InvalidURL as error:
        raise NotAllowed("That is not the address of a page.") from error
    except (httpx2.HTTPError, RuntimeError, OSError) as error:
        if "CERTIFICATE" in str(error).upper():
            raise Unreachable("Its certificate is not valid.") from error
        raise Unreachable("It does not answer.") from error
    try:
        return response.status_code, response.headers.get("Location") if response.is_redirect else None
    finally:
        response.close()


def _timeouts():
    return {"connect": CONNECT, "read": READ, "write": READ, "pool": CONNECT}


def _parsed(url):
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise NotAllowed("That is not the address of a page.") from error


def _joined(url, location):
    try:
        return url.join(location)
    except (httpx2.InvalidURL, ValueError) as error:
        raise Unreachable("It sends on to something that is no address.") from error


def _asked(url):
    """(host, port) of a URL that is one of the web's and says who nobody is."""
    if url.scheme not in hosts.PORTS or not url.host:
        raise NotAllowed("Only http and https links are checked.")
    if url.userinfo:
        raise NotAllowed("A link with a name or password in it is not checked.")
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    return host, url.port or hosts.PORTS[url.scheme]


def _resolved(url, host, port, until):
    """The URL with the address in place of the name; all addresses of the name have to be public."""
    try:
        addresses = resolving.addresses_of(host, port, seconds=min(RESOLVE, until - time.monotonic()))
    except resolving.Silent as error:
        raise Unreachable(f"No name server says in time where {host} is.") from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host called {host}.") from error
    if not addresses or not all(map(hosts.is_public, addresses)):
        raise NotAllowed(f"{host} leads to an address inside the network, which is not called.")
    usual = hosts.PORTS[url.scheme] == port
    # addresses of both families: the older one is reached from more networks
    address = min(addresses, key=lambda one: ":" in one)
    return Place(url.copy_with(host=address, fragment=None), host if usual else f"{host}:{port}", host)
