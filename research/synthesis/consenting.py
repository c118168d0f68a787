"""Whether a signature still counts: by version, by age, and by the study it was given for."""

import datetime as dt
import hashlib
import json
from typing import NamedTuple


class Signed(NamedTuple):
    """A signature that stands, of version `number`, good for `valid_days` days (None: for ever)."""

    number: int
    study: int
    at: dt.datetime
    valid_days: int | None


class Asked(NamedTuple):
    """What a study asks for: signatures from version `from_number` on; those of others carry `carry_days`."""

    from_number: int
    study: int
    carry_days: int


def counts(signed: Signed, asked: Asked, at: dt.datetime) -> bool:
    """Whether `signed` is enough for `asked` at `at`.

    A day is 24 hours: what is valid for one day counts until the same minute of the next.
    """
    if signed.number < asked.from_number or signed.at > at:
        return False
    if signed.valid_days is not None and at >= signed.at + dt.timedelta(days=signed.valid_days):
        return False
    return signed.study == asked.study or at < signed.at + dt.timedelta(days=asked.carry_days)


def from_number(versions: list[tuple[int, bool]]) -> int:
    """The oldest version whose signatures still count, of published [(number, sign anew)], oldest first."""
    return max((number for number, anew in versions if anew), default=versions[0][0] if versions else 0)


def text_hash(name: str, body: str, purposes: list[str], choices: list[str]) -> str:
    """SHA-256 of all that somebody reads and signs, in hexadecimal."""
    said = json.dumps([name, body, purposes, choices], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
