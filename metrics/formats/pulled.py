"""What a query answered, as values of a KPI."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from metrics.formats.dates import NotADate
from metrics.formats.series_csv import Dims, NotADimension, Subject, period_of, read_dims

PERIODS = ("period", "day", "date", "week", "month", "hour", "ds", "ts", "time")
VALUES = ("value", "kpi", "metric", "val")


class NoColumns(ValueError):
    """The answer has no column of periods or of values; the message says what to do."""


@dataclass(slots=True)
class Pulled:
    """`rows`: (period, value, dimensions); `faults`: (row from 1, why); `gaps`: rows without a value."""

    rows: list[tuple[dt.datetime, float, Dims]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    gaps: int = 0


def columns(names: Sequence[str], first: Sequence[Any], dimensions: Sequence[str]) -> dict[str, Any]:
    """Which column is what: {"period": name, "value": name, "dimensions": {dimension: name}}.

    A column called as a dimension is that; "period" and "value" are those; else what they hold tells.
    """
    plain = {name.lower().replace("_", " "): name for name in names}
    dims = {one: plain[key] for one in dimensions if (key := one.lower().replace("_", " ")) in plain}
    left = [name for name in names if name not in dims.values()]
    cells = dict(zip(names, first, strict=True))
    period = _called(left, PERIODS) or next((one for one in left if isinstance(cells[one], dt.date)), "")
    if not period:
        raise NoColumns("Call the column of periods “period”.")
    left.remove(period)
    value = _called(left, VALUES) or next((one for one in left if _is_number(cells[one])), "")
    if not value:
        raise NoColumns("Call the column of values “value”.")
    return {"period": period, "value": value, "dimensions": dims}


def read(
    names: Sequence[str], answer: Sequence[Sequence[Any]], chosen: dict[str, Any], subject: Subject
) -> Pulled:
    """The values in an answer, and every row that cannot be taken. Raises `NoColumns`."""
    wanted = [chosen["period"], chosen["value"], *chosen["dimensions"].values()]
    if missing := [name for name in wanted if name not in names]:
        raise NoColumns(f"The answer has no column “{missing[0]}” any more. Try the query out again.")
    at = {name: list(names).index(name) for name in wanted}
    found = Pulled()
    seen: dict[tuple[dt.datetime, Dims], tuple[int, float]] = {}
    torn = set()
    for number, row in enumerate(answer, start=1):
        try:
            cell = row[at[chosen["value"]]]
            period = _period(row[at[chosen["period"]]], subject)
            if cell is None:
                found.gaps += 1
                continue
            given = ((one, row[at[name]]) for one, name in chosen["dimensions"].items())
            key = period, read_dims((one, "" if text is None else str(text)) for one, text in given)
            value = _value(cell)
        except (NotADate, NotADimension, ValueError, OverflowError) as error:
            found.faults.append((number, str(error)))
            continue
        if key not in seen:
            seen[key] = number, value
        elif seen[key][1] != value:
            torn.add(key)
            found.faults.append((number, f"row {seen[key][0]} has another value of the same period"))
    found.rows = [(*key[:1], value, key[1]) for key, (_, value) in seen.items() if key not in torn]
    return found


def _called(names: Sequence[str], usual: Sequence[str]) -> str:
    return next((name for one in usual for name in names if name.lower() == one), "")


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _period(cell: Any, subject: Subject) -> dt.datetime:
    if cell is None:
        raise NotADate("the period is missing")
    if isinstance(cell, dt.datetime):
        return period_of(cell, subject)
    if isinstance(cell, dt.date):
        return period_of(dt.datetime.combine(cell, dt.time()), subject)
    if isinstance(cell, str):
        try:
            return period_of(dt.datetime.fromisoformat(cell), subject)
        except ValueError as error:
            raise NotADate(f"“{cell[:40]}” is no date") from error
    raise NotADate(f"“{str(cell)[:40]}” is no date")


def _value(cell: Any) -> float:
    if not _is_number(cell):
        raise ValueError(f"“{str(cell)[:40]}” is not a number")
    value = float(cell)
    if not math.isfinite(value) or abs(value) > 1e300:
        raise ValueError("the value is not finite")
    return value + 0.0
