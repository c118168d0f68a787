"""Mailboxes by IMAP. What product ops typed is called from inside the network, so: by TLS only, to addresses
of the public internet unless whoever runs Prodops has listed the host, and with an end to waiting."""

import imaplib
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from django.conf import settings

from metrics.formats.hosts import is_public

SECONDS = 30
HEADERS_ONLY = b"\r\n(The mail was too large to be fetched.)\r\n"


class Unavailable(Exception):
    """The mailbox does not answer, or not as one; the words say what happened and what to do."""


class NotAllowed(Exception):
    """This host is not called from here; the words say why."""


class Place(NamedTuple):
    """Up to where a folder was read: `uid` within the server's numbering `validity` (None: never read)."""

    validity: int | None
    uid: int


def address_of(host: str, port: int) -> str:
    """The address to connect to; raises `NotAllowed` where the host leads inside the network unlisted."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"There is no host called {host}.") from error
    addresses = [str(one[4][0]) for one in found]
    listed = host in settings.MAIL_HOSTS or f"{host}:{port}" in settings.MAIL_HOSTS
    if not listed and not all(map(is_public, addresses)):
        raise NotAllowed(
            f"{host} leads to an address inside the network. Whoever runs Prodops can list it in MAIL_HOSTS."
        )
    return min(addresses, key=lambda one: ":" in one)


class _Imap(imaplib.IMAP4_SSL):
    """Connects to the very address that was looked at; the certificate must be the name's."""

    def __init__(self, host, port, address):
        self._address = address
        super().__init__(host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS)

    def _create_socket(self, timeout):
        plain = socket.create_connection((self._address, self.port), timeout)
        return self.ssl_context.wrap_socket(plain, server_hostname=self.host)


def connected(host: str, port: int) -> imaplib.IMAP4:
    """A connection, not signed in yet. Tests put a server of their own here."""
    return _Imap(host, port, address_of(host, port))


@contextmanager
def mailbox(host: str, port: int, user: str, password: str, folder: str) -> Iterator["Folder"]:
    """A folder of the mailbox, read only: nothing is marked as seen, moved or deleted there."""
    try:
        server = connected(host, port)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unavailable(f"{host} does not answer: {_words(error)}") from error
    try:
        try:
            if (user + password).isascii():
                server.login(user, password)
            else:  # LOGIN takes ASCII alone
                server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except imaplib.IMAP4.error as error:
            raise Unavailable(f"{host} does not let {user} in. Check user and password.") from error
        name = '"' + _utf7(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        answer, _ = server.select(name, readonly=True)
        if answer != "OK":
            raise Unavailable(f"There is no folder “{folder}” in the mailbox of {user}.")
        yield Folder(server)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unavailable(f"{host} broke off: {_words(error)}") from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _utf7(name: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3)."""
    parts = re.split(r"([^ -~]+)", name)
    parts[::2] = [part.replace("&", "&-") for part in parts[::2]]
    for place in range(1, len(parts), 2):
        code = b64encode(parts[place].encode("utf-16-be", "replace")).decode().rstrip("=")
        parts[place] = f"&{code.replace('/', ',')}-"
    return "".join(parts)


class Folder:
    def __init__(self, server: imaplib.IMAP4):
        self.server = server
        _, found = server.response("UIDVALIDITY")
        digits = found[0] if found and found[0] else b"0"
        self.validity = int(digits) if isinstance(digits, bytes) and digits.isdigit() else 0

    def after(self, place: Place, *, most: int, largest: int) -> Iterator[tuple[int, int, bytes]]:
        """(validity, uid, raw mail) of the mails behind `place`, the oldest first, `most` of them.

        Where the server has numbered the folder anew all of it is read again: what came before is known by
        its words. A mail over `largest` bytes comes with its headers only.
        """
        start = place.uid if place.validity == self.validity else 0
        answer, found = self.server.uid("search", None, f"UID {start + 1}:*")  # type: ignore[arg-type]
        if answer != "OK":
            raise Unavailable("The mailbox cannot be searched.")
        # "n:*" gives the last mail even where its number is below n
        uids = sorted(uid for uid in map(int, (found[0] or b"").split()) if uid > start)
        for uid in uids[:most]:
            yield self.validity, uid, self._fetched(uid, largest)

    def _fetched(self, uid: int, largest: int) -> bytes:
        _, sizes = self.server.uid("fetch", str(uid), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(one for one in sizes if isinstance(one, bytes)))
        if size and int(size[1]) > largest:
            return self._part(uid, "(BODY.PEEK[HEADER])") + HEADERS_ONLY
        return self._part(uid, "(BODY.PEEK[])")

    def _part(self, uid: int, what: str) -> bytes:
        answer, found = self.server.uid("fetch", str(uid), what)
        parts = [one[1] for one in found if isinstance(one, tuple)]
        if answer != "OK":
            raise Unavailable("A mail cannot be fetched.")
        return b"".join(parts)  # empty where somebody deleted it meanwhile


def _words(error):
    return str(error).strip("b'\"")[:200] or type(error).__name__
