"""What a file says of a KPI's dated targets, and of the versions it has had.

{"from": "2026-01-01", "value": 70, "low": 60, "high": 80, "note": "…"}      a target; at least one number
{"version": 2, "state": "past", "from": "2026-03-01", "name": …, "definition": {…}, …}      a version
"""

import datetime as dt
import math
from collections.abc import Iterable
from typing import Any

NUMBERS = ("value", "low", "high")
MOST = 500


def target(
    day: dt.date, value: float | None, low: float | None, high: float | None, note: str
) -> dict[str, Any]:
    """A target as a file has it; what is not said is left out."""
    said = {"from": day.isoformat(), "value": value, "low": low, "high": high, "note": note}
    return {name: one for name, one in said.items() if one not in (None, "")}


def fault_in(targets: Iterable[dict[str, Any]]) -> str:
    """What is wrong with targets of a file, and what to do; "" where nothing is."""
    seen: set[str] = set()
    rows = list(targets)
    if len(rows) > MOST:
        return f"There are {len(rows):,} targets; {MOST} is the most."
    for one in rows:
        day = one.get("from")
        if strange := sorted(set(map(str, one)) - {"from", "note", *NUMBERS}):
            return f"“{strange[0][:40]}” is no part of a target: from, value, low, high and note are."
        if not _is_day(day):
            return f"A target begins “from” a day such as 2026-01-31, not “{str(day)[:40]}”."
        if day in seen:
            return f"Two targets begin on {day}. Keep one."
        seen.add(str(day))
        numbers = [one[name] for name in NUMBERS if one.get(name) is not None]
        if not numbers or not all(_is_number(number) for number in numbers):
            return f"The target from {day} needs a value, a low or a high, each a number."
        low, high = one.get("low"), one.get("high")
        if low is not None and high is not None and not low < high:
            return f"The target from {day} has a low that is not below its high."
        if not isinstance(one.get("note", ""), str) or len(one.get("note", "")) > 300:
            return f"The note of the target from {day} is longer than 300 signs."
    return ""


def numbered(one: dict[str, Any]) -> dict[str, Any]:
    """A target of a file with its numbers as decimals and nothing that is not said: to be compared."""
    said = {name: float(one[name]) for name in NUMBERS if one.get(name) is not None}
    return {"from": str(one["from"]), **said, **({"note": one["note"]} if one.get("note") else {})}


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
