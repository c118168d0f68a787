"""A quarter of the company's fiscal year, and the whole of one, as values."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"^(\d{4})-?Q([1-4])$", re.IGNORECASE)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """Quarter `number` (1-4) of fiscal `year`.

    A fiscal year is named after the calendar year in which it ends, unless it starts in January, when
    both are the same. `start_month` is the month (1-12) its first quarter begins in.
    """

    year: int
    number: int
    start_month: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"A quarter is 1 to 4, not {self.number}.")
        if not 1 <= self.start_month <= 12:
            raise ValueError(f"A fiscal year starts in month 1 to 12, not {self.start_month}.")
        if not 1900 <= self.year <= 9998:
            raise ValueError(f"A quarter's year is 1900 to 9998, not {self.year}.")

    @classmethod
    def of(cls, day: dt.date, start_month: int = 1) -> Quarter:
        """The quarter that `day` falls in."""
        months = (day.month - start_month) % 12
        year = day.year + (1 if start_month > 1 and day.month >= start_month else 0)
        return cls(year, months // 3 + 1, start_month)

    @classmethod
    def parse(cls, text: str, start_month: int = 1) -> Quarter:
        """From "2026-Q4" or "2026Q4"; ValueError says what is expected."""
        if not (found := _WRITTEN.match(text.strip())):
            raise ValueError(f"“{text}” is not a quarter. Write it as 2026-Q4.")
        return cls(int(found[1]), int(found[2]), start_month)

    @property
    def first_day(self) -> dt.date:
        calendar_year = self.year - (1 if self.start_month > 1 else 0)
        months = self.start_month - 1 + (self.number - 1) * 3
        return dt.date(calendar_year + months // 12, months % 12 + 1, 1)

    @property
    def last_day(self) -> dt.date:
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def previous(self) -> Quarter:
        if self.number == 1:
            return Quarter(self.year - 1, 4, self.start_month)
        return Quarter(self.year, self.number - 1, self.start_month)

    @property
    def next(self) -> Quarter:
        if self.number == 4:
            return Quarter(self.year + 1, 1, self.start_month)
        return Quarter(self.year, self.number + 1, self.start_month)

    @property
    def slug(self) -> str:
        return f"{self.year}-Q{self.number}"

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return f"Q{self.number} {self.year}"


_YEAR = re.compile(r"^(?:FY)?(\d{4})$", re.IGNORECASE)


@dataclass(frozen=True, order=True, slots=True)
class FiscalYear:
    """The four quarters of fiscal `year`; named and counted as `Quarter` says."""

    year: int
    start_month: int = 1

    @classmethod
    def of(cls, day: dt.date, start_month: int = 1) -> FiscalYear:
        """The fiscal year that `day` falls in."""
        return cls(Quarter.of(day, start_month).year, start_month)

    @classmethod
    def parse(cls, text: str, start_month: int = 1) -> FiscalYear:
        """From "FY2026" or "2026"; ValueError says what is expected."""
        if not (found := _YEAR.match(text.strip())) or not 1900 <= int(found[1]) <= 9998:
            raise ValueError(f"“{text}” is not a fiscal year. Write it as FY2026.")
        return cls(int(found[1]), start_month)

    @property
    def quarters(self) -> list[Quarter]:
        return [Quarter(self.year, number, self.start_month) for number in (1, 2, 3, 4)]

    @property
    def first_day(self) -> dt.date:
        return self.quarters[0].first_day

    @property
    def last_day(self) -> dt.date:
        return self.quarters[3].last_day

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def previous(self) -> FiscalYear:
        return FiscalYear(self.year - 1, self.start_month)

    @property
    def next(self) -> FiscalYear:
        return FiscalYear(self.year + 1, self.start_month)

    @property
    def slug(self) -> str:
        return f"FY{self.year}"

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return f"FY {self.year}"


def period_of(text: str, start_month: int = 1) -> Quarter | FiscalYear:
    """The quarter or the fiscal year that `text` names; ValueError says what is expected."""
    try:
        return Quarter.parse(text, start_month)
    except ValueError:
        return FiscalYear.parse(text, start_month)
