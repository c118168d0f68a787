"""Amounts in the company's currency, by the exchange rates that product ops entered. None is guessed."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.conf import settings

from prodops.models import ExchangeRate

CENT = Decimal("0.01")
LEAST, MOST = Decimal("0.00000001"), Decimal(10**10)  # what the column holds
MOST_LINES = 5_000
CODE = re.compile("[A-Z]{3}")


class Rates:
    """The rates in force on `day`, read in one query.

    `missing` holds the currencies that were asked for and have none; `used` {currency: ExchangeRate}.
    """

    def __init__(self, day):
        rows = ExchangeRate.objects.filter(on__lte=day).order_by("currency", "-on").distinct("currency")
        self._known = {row.currency: row for row in rows}
        self.home = settings.DEFAULT_CURRENCY
        self.used: dict[str, ExchangeRate] = {}
        self.missing: set[str] = set()

    def convert(self, amount, currency):
        """`amount` in the company's currency, or None where it is unknown or has no rate."""
        if amount is None or currency == self.home:
            return amount
        row = self._known.get(currency)
        if row is None:
            self.missing.add(currency)
            return None
        self.used[currency] = row
        return (amount * row.rate).quantize(CENT)


class Given(NamedTuple):
    """A rate as somebody gave it: one unit of `currency` is `rate` of the company's currency from `on`."""

    currency: str
    on: dt.date
    rate: Decimal


def read_rates(text, *, today):
    """([Given], [what is wrong with which line]) of lines such as "USD, 2026-11-01, 0.92".

    Commas, semicolons or tabs part the three; a heading is passed over. A later line of the same currency
    and day wins.
    """
    given: dict[tuple[str, dt.date], Given] = {}
    wrong = []
    for number, line in enumerate(text.replace("\ufeff", "").splitlines()[:MOST_LINES], start=1):
        if not line.strip() or (number == 1 and not any(map(str.isdigit, line))):
            continue
        try:
            one = _given(line, today)
        except ValueError as error:
            wrong.append(f"Line {number}: {error}")
        else:
            given[one.currency, one.on] = one
    return list(given.values()), wrong


def _given(line, today):
    sign = next((sign for sign in "\t;" if sign in line), ",")
    cells = [cell.strip().strip('"') for cell in line.split(sign)]
    if len(cells) != 3:
        raise ValueError("write currency, day and rate, such as USD, 2026-11-01, 0.92.")
    currency, day, number = cells[0].upper(), cells[1], cells[2]
    if not CODE.fullmatch(currency):
        raise ValueError(f"“{cells[0][:20]}” is no currency: write three letters, such as USD.")
    if currency == settings.DEFAULT_CURRENCY:
        raise ValueError(f"{currency} is the company's own currency: it needs no rate.")
    try:
        on = dt.date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"“{day[:20]}” is no day: write it as 2026-11-01.") from None
    if on > today:
        raise ValueError(f"{on} lies ahead: a rate counts from a day that has come.")
    number = number if sign == "," else number.replace(",", ".")
    try:
        rate = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"“{number[:20]}” is no number.") from None
    if not rate.is_finite() or not LEAST <= rate < MOST:
        raise ValueError("a rate is a number above zero, and below ten billion.")
    return Given(currency, on, rate.quantize(LEAST))
