"""Amounts as people type them on a phone."""

import re
from decimal import Decimal, InvalidOperation

_AMOUNT = re.compile(
    r"^(?:[€$£]|[A-Za-z]{3}\s)?\s*(\d[\d.,'\u00a0\u202f ]*?)\s*([kKmM]?)\s*(?:[€$£]|[A-Z]{3})?$"
)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


def parse_amount(text: str) -> Decimal | None:
    """60000, 60,000, 60.000, 1.250,50, 60k, € 1.2m; None for what is no amount.

    The last point or comma is the decimal sign unless exactly three digits follow it and it is not the
    other kind's: "1,250" is a thousand and something, "1,25" one and a quarter.
    """
    match = _AMOUNT.match(text.strip())
    if match is None:
        return None
    digits, unit = re.sub(r"['\u00a0\u202f ]", "", match[1]), match[2].lower()
    at = max(digits.rfind("."), digits.rfind(","))
    if at >= 0:
        sign, whole, part = digits[at], digits[:at], digits[at + 1 :]
        other = "," if sign == "." else "."
        thousands = len(part) == 3 and not unit and other not in whole
        if sign in whole and not thousands:
            return None
        whole = whole.replace(other, "").replace(sign, "")
        digits = whole + part if thousands else f"{whole}.{part}"
    try:
        return (Decimal(digits) * _TIMES[unit]).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
