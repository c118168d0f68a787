"""What single cells of a file say: amounts, moments, ids, answers; a row that cannot be taken is `Bad`."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from coordination.matching import parse_amount

from .incoming import clean
from .moments import Order, read_moment

# A sheet's guard against formulas; our own export adds it, and so do other tools
GUARDED = re.compile(r"'+[=+\-@\t\r]")

Answer = tuple[str, str, Any]  # the question's key, its label, and what was answered


class Bad(ValueError):
    """Why a row is no request."""


def unguarded(text: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if GUARDED.match(text) else text


def amount(said: Mapping[str, str], field: str, warnings: list[str]) -> Decimal | None:
    text = said.get(field, "")
    found = parse_amount(text) if text else None
    if text and (found is None or found >= 10**12):
        warnings.append(f"“{text[:40]}” is no amount and was left out.")
        return None
    return found


def currency(said: Mapping[str, str], field: str, warnings: list[str]) -> str:
    code = said.get(field, "").upper()
    if code and not re.fullmatch("[A-Z]{3}", code):
        warnings.append(f"“{code[:40]}” is no currency; the account's is taken.")
        return ""
    return code


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def day(text: str, order: Order | None) -> dt.date | None:
    found = moment(text, order)
    return found.date() if found else None


def key(text: str) -> uuid.UUID | None:
    """A Prodops id."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Bad(f"“{text[:40]}” is no Prodops id.") from error


def moment(text: str, order: Order | None) -> dt.datetime | None:
    if not text:
        return None
    if found := read_moment(text, order):
        return found
    if order is None and any(read_moment(text, one) for one in Order):
        raise Bad(f"“{text[:40]}” can be read two ways. Say how dates are written: day or month first.")
    raise Bad(f"“{text[:40]}” is no date. Write it as 2026-03-31 or 2026-03-31 14:05.")


def answers(text: str, warnings: list[str]) -> tuple[Answer, ...]:
    """The answers to a form's own questions, as `written_answers` writes them."""
    if not text:
        return ()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    rows = [one for one in found if isinstance(one, list)] if isinstance(found, list) else []
    if not rows or rows != found or not all(len(one) == 3 and isinstance(one[0], str) for one in rows):
        warnings.append("its answers to the form cannot be read and were left out.")
        return ()
    return tuple((clean(one[0]), clean(str(one[1])), one[2]) for one in rows)


def written_answers(rows: list[Answer]) -> str:
    """[(key, label, answer)] as one cell; the labels are for a house that has not the form."""
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def in_words(answer: Any) -> str:
    """An answer whose question is not here."""
    if isinstance(answer, list):
        return ", ".join(str(one) for one in answer)
    if isinstance(answer, dict):
        return " ".join(str(one) for one in answer.values())
    return "Yes" if answer is True else str(answer)
