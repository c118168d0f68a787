"""Numbers as people and systems write them: decimal commas, thousands, percent and currency signs."""

import math
import re
from collections.abc import Iterable
from enum import StrEnum

_SPACES = re.compile(r"[\s'’_]+")  # between thousands, too, as in 1 520 300 and 1'520'300
_CURRENCY = re.compile(r"[€$£¥]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|JPY)\b", re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$", re.IGNORECASE)
_THOUSANDS = {
    ",": re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?!\d)"),
    ".": re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+(?!\d)"),
}
_ONE_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}([.,])\d{3}$")  # 1,234: a thousand, or one and a bit?
EMPTY = frozenset({"", "-", "–", "—", "n/a", "na", "null", "none", "#n/a", "nil"})


class Decimal(StrEnum):
    """What stands before the decimals; the other of the two stands between thousands."""

    POINT = "."
    COMMA = ","


class NotANumber(ValueError):
    """The cell holds no number; the message says what is wrong with it."""


def is_empty(cell: str) -> bool:
    """True for a cell that says there is no value: nothing, a dash, n/a."""
    return cell.strip().lower() in EMPTY


def has_percent(cell: str) -> bool:
    return cell.rstrip().endswith("%") or cell.lstrip().startswith("%")


def read_number(cell: str, decimal: Decimal | None) -> float:
    """The finite number written; a percent sign is left out (61.4 % is 61.4). Raises `NotANumber`.

    `decimal` None refuses what could be read both ways, such as 1,234.
    """
    text = _bare(cell)
    if decimal is None:
        if _ONE_GROUP.match(text):
            raise NotANumber("a thousand, or decimals?")
        decimal = _own_decimal(text)
    between = "," if decimal is Decimal.POINT else "."
    if between in text:
        if not _THOUSANDS[between].match(text):
            raise NotANumber(f"“{cell[:40]}” is not a number")
        text = text.replace(between, "")
    text = text.replace(",", ".")
    if not _NUMBER.match(text):
        words = text.lower().strip("+-")
        if words in ("nan", "inf", "infinity", "∞"):
            raise NotANumber(f"“{cell[:40]}” is not a finite number")
        raise NotANumber(f"“{cell[:40]}” is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise NotANumber(f"“{cell[:40]}” is not a finite number")
    return value + 0.0  # never a negative nought


def guess_decimal(cells: Iterable[str]) -> tuple[bool, Decimal | None]:
    """Whether the decimal sign matters in these cells, and which it is; None where nothing tells."""
    matters, votes = False, {Decimal.POINT: 0, Decimal.COMMA: 0}
    for cell in cells:
        text = _bare(cell)
        if not any(sign in text for sign in ",."):
            continue
        matters = True
        if not _ONE_GROUP.match(text):
            votes[_own_decimal(text)] += 1
    if votes[Decimal.POINT] == votes[Decimal.COMMA]:
        return matters, None
    return matters, max(votes, key=lambda sign: votes[sign])


def _own_decimal(text: str) -> Decimal:
    """What one number alone says: its last sign is the decimal one, unless it stands twice."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma < 0 and point < 0:
        return Decimal.POINT
    last = Decimal.COMMA if comma > point else Decimal.POINT
    if text.count(last) == 1:
        return last
    return Decimal.POINT if last is Decimal.COMMA else Decimal.COMMA


def _bare(cell: str) -> str:
    """Without spaces, percent and currency signs; a minus of any make is "-", (5) is -5."""
    text = _CURRENCY.sub("", cell.replace("\u2212", "-").replace("%", ""))
    text = _SPACES.sub("", text)
    return f"-{text[1:-1]}" if text.startswith("(") and text.endswith(")") else text
