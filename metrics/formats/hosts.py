"""Which hosts may be called from here: a list of names, and addresses that are the public internet's."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from prodops.resolving import is_public as is_public

PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ENTRY = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+(?::(\d{{1,5}}))?")


class NotAHost(Exception):
    """The text is not the name of a host, in words that say why."""


class Entry(NamedTuple):
    """A line of the list: a host, or with `below` all hosts under it; port 0 means the usual ones."""

    host: str
    below: bool
    port: int


def read_entry(text: str) -> str:
    """ "bi.example.com", "*.example.com" or "bi.example.com:8443" of what somebody typed or pasted.

    A whole address is taken too, and cut down to its host. Raises `NotAHost`.
    """
    plain = text.strip().lower()
    if "://" in plain:
        plain = plain.partition("://")[2]
    plain = re.split(r"[/?#]", plain, maxsplit=1)[0].rpartition("@")[2].rstrip(".")
    try:
        plain = plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAHost("That is not the name of a host.") from error
    found = _ENTRY.fullmatch(plain)
    if not found or len(plain) > 253:
        raise NotAHost("Write the name of a host, such as bi.example.com, or *.example.com for all below it.")
    if _is_address(plain.partition(":")[0]):
        raise NotAHost("Write a name, not an address of numbers.")
    if found[1] and not 1 <= int(found[1]) <= 65535:
        raise NotAHost("A port is a number up to 65535.")
    if plain.startswith("*.") and plain.count(".") < 2:
        raise NotAHost("That would be half the internet. Write at least *.example.com.")
    return plain


def covers(entries: Iterable[str], host: str, port: int) -> bool:
    """Whether one of the entries (as `read_entry` gives them) allows this host and port."""
    host = host.lower().rstrip(".")
    return any(_covers(_split(entry), host, port) for entry in entries)


def _split(entry: str) -> Entry:
    name, _, port = entry.partition(":")
    below = name.startswith("*.")
    return Entry(name.removeprefix("*."), below, int(port or 0))


def _covers(entry: Entry, host: str, port: int) -> bool:
    if port not in ((entry.port,) if entry.port else tuple(PORTS.values())):
        return False
    return host.endswith("." + entry.host) if entry.below else host == entry.host


def _is_address(text: str) -> bool:
    return all(part.isdecimal() or part.startswith("0x") for part in text.split("."))
