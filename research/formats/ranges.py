"""HTTP ranges (RFC 9110, section 14): which bytes a player asks for."""

import re
from typing import NamedTuple

_ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class Span(NamedTuple):
    """Bytes `start` to `stop`, the end exclusive."""

    start: int
    stop: int


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def parse(header: str, size: int, *, most: int) -> Span | None:
    """The bytes that the header asks for of a file of `size` bytes; None for the whole file.

    A range with no end is answered by at most `most` bytes: a player asks on when it needs more, and a
    paused one holds no thread. Several ranges, or what is no range, count as the whole file, as the standard
    allows. Raises Unsatisfiable for a range that begins after the end.
    """
    found = _ONE.fullmatch(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        if not length:
            raise Unsatisfiable
        return Span(size - length, size)
    start = int(found[1])
    stop = int(found[2]) + 1 if found[2] else start + most
    if found[2] and stop <= start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(stop, size))
