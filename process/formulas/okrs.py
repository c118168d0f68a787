"""The arithmetic of objectives and key results.

Progress is the share of the way from start to target (Doerr, *Measure What Matters*; Google re:Work).
The raw share is kept, below 0 and above 1 too; what is rolled up is clamped to 0..1. Pace compares the
share of the way gone with the share of the time gone. A key result that keeps to a level is the share of
the periods that kept to it (ServiceNow's maintain targets), one of milestones the share that is done.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

ON_TRACK_FROM = 0.95  # progress over elapsed share
BEHIND_FROM = 0.75
EARLY_UNTIL = 1 / 13  # of the quarter: in its first week nothing can be said yet
CONFIDENT_FROM = 7
DOUBTFUL_UNTIL = 3


class NoDistance(ValueError):
    """Start and target are the same, so that no way leads from one to the other."""


class ZeroWeights(ValueError):
    """There is nothing to weigh: all weights are zero, or there are no values."""


class Pace(StrEnum):
    EARLY = "early"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    AT_RISK = "at_risk"


def progress(start: float, target: float, current: float) -> float:
    """The raw share of the way from `start` to `target` that `current` has gone.

    A target below the start is a decrease and works the same. All three are in one unit. Raises
    `NoDistance` with a suggestion where start and target are the same.
    """
    if start == target:
        raise NoDistance(
            f"Start and target are both {start:g}, so progress has no length. Put the start where the value "
            f"stands today, or the target where it should get to. To hold a level, choose to keep it."
        )
    # Halves and a common scale keep the differences finite for values as large as a float can be
    scale = max(abs(start), abs(target), abs(current), 1.0)
    way = target / scale - start / scale
    return (current / scale - start / scale) / way if way else 0.0


def on_scale(start: int, target: int, current: int, names: Sequence[str]) -> float:
    """`progress` on a scale of named steps, each as far from the next; all three count from 0.

    Raises `NoDistance` with a suggestion where start and target are the same step.
    """
    if start == target:
        raise NoDistance(
            f"It starts at “{names[start]}” and should get to “{names[target]}”, so there is no way to go. "
            f"Choose as start the step it is on today, or as target a step further on."
        )
    return progress(float(start), float(target), float(current))


class Keeping(NamedTuple):
    """How many of the periods that are due kept to their level."""

    met: int
    due: int

    @property
    def share(self) -> float:
        """0 to 1; nothing due is nothing kept yet."""
        return self.met / self.due if self.due else 0.0


def kept(value: float | None, low: float | None, high: float | None) -> bool:
    """Whether `value` lies between the bounds, both included, as far as there are; no value does not."""
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def keeping(values: Iterable[float | None], low: float | None, high: float | None) -> Keeping:
    """Of the periods due, one value each (None where it is missing), how many lie within the bounds.

    A missing period is not met. Periods that do not count (in doubt, not over) are left out by the caller.
    """
    listed = list(values)
    return Keeping(sum(kept(value, low, high) for value in listed), len(listed))


def done_share(steps: Iterable[tuple[bool, float]]) -> float:
    """The share of (done, weight) milestones that is done, by their weights; 0 where there are none."""
    listed = list(steps)
    return weighted_mean((float(done), weight) for done, weight in listed) if listed else 0.0


def clamped(share: float) -> float:
    """`share` held between 0 and 1, as it enters a roll-up."""
    return min(max(share, 0.0), 1.0)


def weighted_mean(pairs: Iterable[tuple[float, float]]) -> float:
    """The mean of (value, weight) pairs; only the weights' ratios matter.

    Raises `ZeroWeights` where the weights sum to zero, `ValueError` where one is negative.
    """
    listed = list(pairs)
    if any(weight < 0 for _, weight in listed):
        raise ValueError("A weight is zero or more.")
    heaviest = max((weight for _, weight in listed), default=0.0)
    if heaviest == 0:
        raise ZeroWeights("The weights sum to zero: give at least one key result a weight above zero.")
    scaled = [(value, weight / heaviest) for value, weight in listed]
    whole = math.fsum(weight for _, weight in scaled)
    return math.fsum(value * weight for value, weight in scaled) / whole


def rolled_up(pairs: Iterable[tuple[float, float]]) -> float:
    """An objective's progress, 0 to 1, from its key results' (raw progress, weight)."""
    return clamped(weighted_mean((clamped(raw), weight) for raw, weight in pairs))


def elapsed(first: dt.date, last: dt.date, on: dt.date) -> float:
    """The share, 0 to 1, of the days `first`..`last` (both included) that is over at the end of `on`."""
    return clamped(((on - first).days + 1) / ((last - first).days + 1))


def pace(share: float, time: float) -> Pace:
    """How the way gone stands against the time gone (both shares of the whole)."""
    if time < EARLY_UNTIL:
        return Pace.EARLY
    ratio = share / time
    if ratio >= ON_TRACK_FROM:
        return Pace.ON_TRACK
    return Pace.BEHIND if ratio >= BEHIND_FROM else Pace.AT_RISK


def pace_of_objective(rows: Iterable[tuple[float, float, float]], time: float) -> Pace:
    """The pace of (share, expected share, weight) rows together.

    What a key result should have by now is the time gone or, where it keeps to a level, all of it; so an
    objective of both is held against the same mix. Raises `ZeroWeights`.
    """
    listed = list(rows)
    if time < EARLY_UNTIL:
        return Pace.EARLY
    expected = weighted_mean((due, weight) for _, due, weight in listed)
    return pace(rolled_up((share, weight) for share, _, weight in listed), expected)


def disagreement(pace: Pace, confidence: int) -> str:
    """Where stated confidence (0..10) and computed pace tell different stories: which; else an empty text."""
    if pace == Pace.AT_RISK and confidence >= CONFIDENT_FROM:
        return "More confident than the pace suggests"
    if pace == Pace.ON_TRACK and confidence <= DOUBTFUL_UNTIL:
        return "Less confident than the pace suggests"
    return ""


def week_of(day: dt.date, starts_on: int = 1) -> dt.date:
    """The first day of the week `day` falls in; `starts_on` is its ISO weekday (1 is Monday)."""
    return day - dt.timedelta(days=(day.isoweekday() - starts_on) % 7)


def weeks_of(first: dt.date, last: dt.date, starts_on: int = 1) -> list[dt.date]:
    """The first days of the weeks of a cycle: those whose fourth day lies in `first`..`last`.

    So a week belongs to one quarter only, that which has most of it, as a year has its weeks in ISO 8601.
    """
    week = week_of(first, starts_on)
    if week + dt.timedelta(days=3) < first:
        week += dt.timedelta(days=7)
    weeks = []
    while week + dt.timedelta(days=3) <= last:
        weeks.append(week)
        week += dt.timedelta(days=7)
    return weeks
