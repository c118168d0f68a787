"""Which slot of a regular grid each point of a series falls in, decided point by point.

A slot is one period of the series' grain (a day, a week, an hour…), numbered from the first point. Gaps
become empty slots, so that "the same weekday last week" is always seven slots back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

type Timestamp = date | datetime | np.datetime64 | float

DAY = 86_400.0
HOUR = 3_600.0
WEEK = 7 * DAY
MONTH = 365.2425 * DAY / 12
QUARTER = 3 * MONTH

EPOCH = date(1970, 1, 1).toordinal()

DAY_NUMBERS_BELOW = 1e7
"""A plain number below this counts days (as `date.toordinal` does), above it Unix seconds."""

SETTLED_AFTER = 9
"""Points after which the grain is inferred, once, from the spacings so far; no flag is raised before."""


class Grain(StrEnum):
    """How far apart a series' points are, as far as the detectors care."""

    SUB_HOURLY = "sub_hourly"
    HOURLY = "hourly"
    DAILY = "daily"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment as seconds since 1970 in UTC, with the day number its own time zone gives it."""

    seconds: float
    day: int

    @classmethod
    def of(cls, moment: Timestamp) -> "Instant":
        """Read a timestamp. A naive datetime counts as UTC; a number as in `DAY_NUMBERS_BELOW`."""
        if isinstance(moment, datetime):
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return cls(aware.timestamp(), moment.toordinal())
        if isinstance(moment, date):
            day = moment.toordinal()
            return cls((day - EPOCH) * DAY, day)
        if isinstance(moment, np.datetime64):
            if np.isnat(moment):
                raise ValueError("A timestamp is missing (NaT).")
            return cls._of_seconds(float(moment.astype("datetime64[us]").astype(np.int64)) / 1e6)
        number = float(moment)
        if not isfinite(number):
            raise ValueError("A timestamp is not a finite number.")
        return cls._of_seconds(number * DAY if abs(number) < DAY_NUMBERS_BELOW else number)

    @classmethod
    def _of_seconds(cls, seconds: float) -> "Instant":
        return cls(seconds, EPOCH + int(seconds // DAY))


@dataclass(frozen=True, slots=True)
class Grid:
    """The spacing of a series and where its slot 0 is."""

    grain: Grain
    step: float
    """Seconds from one slot to the next."""
    origin: Instant

    @classmethod
    def inferred(cls, instants: Sequence[Instant]) -> "Grid":
        """Infer the grid from the median spacing of strictly increasing instants (two or more)."""
        spacing = float(np.median(np.diff([instant.seconds for instant in instants])))
        for unit in (DAY, WEEK, MONTH, QUARTER):
            if 0.8 * unit < spacing < 1.25 * unit:
                spacing = unit
        if spacing < 0.4 * HOUR:
            grain = Grain.SUB_HOURLY
        elif spacing < 0.8 * DAY:
            grain = Grain.HOURLY
        elif spacing == DAY:
            grain = Grain.DAILY
        else:
            grain = Grain.LONGER
        return cls(grain, spacing, instants[0])

    def slots(self, instants: Sequence[Instant]) -> NDArray[np.int64]:
        """The slots of all points of a series, shape (points,): what `slot` gives one after another."""
        if self.grain is Grain.DAILY:
            natural = np.array([instant.day for instant in instants], dtype=np.int64) - self.origin.day
        else:
            elapsed = np.array([instant.seconds for instant in instants]) - self.origin.seconds
            natural = np.rint(elapsed / self.step).astype(np.int64)
        order = np.arange(len(natural))
        return np.asarray(np.maximum.accumulate(natural - order) + order)

    def slot(self, instant: Instant, *, after: int) -> int:
        """The slot of an instant: later than slot `after`, even where two points share a period."""
        if self.grain is Grain.DAILY:
            natural = instant.day - self.origin.day
        else:
            natural = round((instant.seconds - self.origin.seconds) / self.step)
        return max(natural, after + 1)
