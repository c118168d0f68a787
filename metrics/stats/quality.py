"""Rules that data have to keep, each with a pass, a warning or a failure, and why in words.

All are of what is known at one moment; none looks further. Thresholds are shares (0.05 is 5 %) unless said
otherwise; a value at the threshold still passes.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class State(StrEnum):
    PASS = "pass"  # noqa: S105  (a verdict)
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    """There is nothing yet to hold the rule against."""


GRAVITY = {State.UNKNOWN: 0, State.PASS: 0, State.WARN: 1, State.FAIL: 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says. `measure` is what its thresholds are held against; None where nothing is known."""

    state: State
    measure: float | None
    words: str


def unknown(words: str) -> Outcome:
    return Outcome(State.UNKNOWN, None, words)


def graded(measure: float, warn: float, fail: float) -> State:
    """FAIL above `fail`, WARN above `warn`, else PASS. A `fail` below `warn` counts as being at it."""
    if measure > max(warn, fail):
        return State.FAIL
    return State.WARN if measure > warn else State.PASS


def freshness(due: dt.datetime | None, badly: dt.datetime | None, at: dt.datetime) -> Outcome:
    """Whether the next value is here in time: `due` and `badly` late are moments, None without any value."""
    if due is None or badly is None:
        return Outcome(State.FAIL, None, "No value has ever come.")
    hours = (at - due).total_seconds() / 3600
    if at <= due:
        return Outcome(State.PASS, hours, "The newest value is here; the next is not due yet.")
    state = State.FAIL if at > badly else State.WARN
    return Outcome(state, hours, f"The next value is {_duration(hours)} late.")


def volume(counts: Sequence[int], warn: float = 0.2, fail: float = 0.5) -> Outcome:
    """Whether the newest period has as many rows as is usual: `counts` per period, parts included."""
    if len(counts) < 4:
        return unknown("Too few periods to say what is usual.")
    usual = median(counts[:-1])
    if usual <= 0:
        return unknown("Too few rows to say what is usual.")
    change = abs(counts[-1] - usual) / usual
    words = f"{counts[-1]:,} {_rows(counts[-1])} in the newest period; {usual:,.0f} are usual."
    return Outcome(graded(change, warn, fail), change, words)


def nulls(present: Sequence[bool], warn: float = 0.05, fail: float = 0.2) -> Outcome:
    """What share of the last periods has no value; `present` per period."""
    if not present:
        return unknown("There is no value yet.")
    missing = len(present) - sum(present)
    share = missing / len(present)
    words = f"{missing} of the last {len(present)} periods have no value."
    if not missing:
        words = f"All of the last {len(present)} periods have a value."
    return Outcome(graded(share, warn, fail), share, words)


def within(values: Sequence[float], low: float | None, high: float | None) -> Outcome:
    """Whether values lie from `low` to `high` (None: open): WARN for any outside, FAIL for the newest."""
    if not values:
        return unknown("There is no value yet.")
    if low is None and high is None:
        return unknown("No range is set.")
    outside = [_outside(value, low, high) for value in values]
    count = sum(outside)
    limits = _limits(low, high)
    if not count:
        return Outcome(State.PASS, 0.0, f"All of the last {len(values)} values are {limits}.")
    state = State.FAIL if outside[-1] else State.WARN
    only_newest = outside[-1] and count == 1
    which = "The newest value is" if only_newest else f"{count} of the last {len(values)} values are"
    return Outcome(state, float(count), f"{which} not {limits}.")


def uniqueness(values: Sequence[float], warn: float = 3, fail: float = 6) -> Outcome:
    """Whether the newest values are a copy of earlier ones, as when a file is loaded twice under other dates.

    `measure` is how many of the newest values, in their order, stand in the series before; copies of a
    constant, or of a series of few different values, say nothing.
    """
    if 2 * len(set(values)) < len(values):
        return unknown("Too few different values to tell a copy from chance.")
    copied = longest_copy(values)
    words = "The newest values are no copy of earlier ones."
    if copied > warn:
        words = f"The newest {copied} values are a copy of earlier ones."
    return Outcome(graded(copied, warn, fail), float(copied), words)


def longest_copy(values: Sequence[float]) -> int:
    """Length of the longest ending that also stands earlier, of at least three different values."""
    best = 0
    last = len(values) - 1
    for end in range(last - 1, 0, -1):
        length = 0
        while length <= end and values[end - length] == values[last - length] and end < last - length + 1:
            length += 1
        if length > best and len(set(values[last - length + 1 :])) >= 3:
            best = length
    return best


def restated(
    changes: Sequence[tuple[float, float]], periods: int, warn: float = 0.05, fail: float = 0.25
) -> Outcome:
    """What share of the last `periods` had its value changed by more than 1 % after it had been loaded.

    `changes` are (before, after).
    """
    if periods <= 0:
        return unknown("There is no value yet.")
    moved = sum(_moved(before, after) > 0.01 for before, after in changes)
    share = min(moved / periods, 1.0)
    words = "No value was changed afterwards by more than 1 %."
    if moved:
        words = f"{moved} of the last {periods} values were changed afterwards by more than 1 %."
    return Outcome(graded(share, warn, fail), share, words)


def parts(sums: Mapping[str, float], whole: float | None, warn: float = 0.01, fail: float = 0.05) -> Outcome:
    """Whether the parts of one period add up to the whole: `sums` by what they are parted by."""
    if whole is None or not sums:
        return unknown("There are no parts to add up.")
    size = max(abs(whole), 1e-9)
    name, total = max(sums.items(), key=lambda item: (abs(item[1] - whole), item[0]))
    off = abs(total - whole) / size
    words = f"The parts by {name} add up to {total:,.6g}, the whole is {whole:,.6g}."
    return Outcome(graded(off, warn, fail), off, words)


def worst(states: Sequence[str]) -> State:
    """The gravest of several; PASS of none."""
    return max((State(state) for state in states), key=lambda state: GRAVITY[state], default=State.PASS)


def _outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _limits(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:,.6g}"
    return f"at least {low:,.6g}" if high is None else f"between {low:,.6g} and {high:,.6g}"


def _moved(before: float, after: float) -> float:
    size = max(abs(before), abs(after), 1e-12)
    change = abs(after - before) / size
    return change if math.isfinite(change) else 1.0


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{max(round(hours * 60), 1)} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
