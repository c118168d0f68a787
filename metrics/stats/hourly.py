"""Detectors of series finer than a day: rolling bands for hourly ones, records for sub-hourly ones.

Windows count observed values; a missing one leaves everything as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from metrics.stats.baseline import EVENT_SCALE
from metrics.stats.batches import Bools, Floats, Part, Window
from metrics.stats.daily import Verdict
from metrics.stats.incidents import DIP, SPIKE

SHORT_VALUES, LONG_VALUES = 96, 336
"""Four days and two weeks of hourly values."""
ROLLING_WARM_UP = 96
ROLLING_THRESHOLD = 2.0
ROLLING_QUIET = 6
RANGE_SHARE = 0.05
"""The robust range is between this quantile and its opposite."""
SCALE_FLOOR = 1e-3
"""Smallest believable scale, as a share of the centre."""

RECORD_WARM_UP = 400
RECORD_MARGIN = 0.05
"""How far beyond the record so far a value has to be, as a share of the range so far."""
RECORD_QUIET = 200

LIMIT = 1e150
"""Values beyond this would overflow when squared: they count as being at it."""


@dataclass
class Rolling(Part):
    """Geometric mean of a rolling z over four days and a robust range over two weeks."""

    short: Window
    long: Window
    seen: Floats
    since_odd: Floats

    @classmethod
    def blank(cls, rows: int) -> "Rolling":
        return cls(
            Window.filled(rows, SHORT_VALUES),
            Window.filled(rows, LONG_VALUES),
            np.zeros(rows),
            np.full(rows, np.inf),
        )

    def step(self, raw: Floats, event: Bools) -> Verdict:
        """Judge the next value against the windows, then push it. One series: shapes (1,)."""
        self.since_odd = self.since_odd + 1
        verdict = Verdict.silent(1)
        if np.isnan(raw[0]):
            return verdict
        value = np.clip(raw, -LIMIT, LIMIT)
        if self.seen[0] >= ROLLING_WARM_UP:
            verdict = self._judge(value, event)
        self.seen = np.minimum(self.seen + 1, LONG_VALUES)
        self.short.push(value)
        self.long.push(value)
        return verdict

    def _judge(self, value: Floats, event: Bools) -> Verdict:
        recent = self.short.values()
        older = self.long.last(int(self.seen[0]))
        low, middle, high = np.quantile(older, (RANGE_SHARE, 0.5, 1 - RANGE_SHARE), axis=1)
        centre = 0.5 * (recent.mean(axis=1) + middle)
        floor = SCALE_FLOOR * np.abs(centre)
        scale = np.sqrt(np.maximum(recent.std(axis=1), floor)) * np.sqrt(np.maximum(high - low, floor))
        reach = ROLLING_THRESHOLD * scale * np.where(event, EVENT_SCALE, 1.0)
        return _outside(value, centre, centre - reach, centre + reach, self._opens)

    def _opens(self, odd: Bools) -> Bools:
        opens = odd & (self.since_odd > ROLLING_QUIET)
        self.since_odd = np.where(odd, 0.0, self.since_odd)
        return opens


@dataclass
class Records(Part):
    """A value is news when it is beyond everything seen so far."""

    lowest: Floats
    highest: Floats
    seen: Floats
    since_alert: Floats

    @classmethod
    def blank(cls, rows: int) -> "Records":
        return cls(np.full(rows, np.inf), np.full(rows, -np.inf), np.zeros(rows), np.full(rows, np.inf))

    def step(self, raw: Floats, event: Bools) -> Verdict:
        """Judge the next value against the range so far, then widen the range by it. Shapes (1,)."""
        self.since_alert = self.since_alert + 1
        verdict = Verdict.silent(1)
        if np.isnan(raw[0]):
            return verdict
        value = np.clip(raw, -LIMIT, LIMIT)
        if self.seen[0] >= RECORD_WARM_UP:
            centre = 0.5 * (self.lowest + self.highest)
            floor = SCALE_FLOOR * np.abs(centre)
            half = np.maximum(self.highest - self.lowest, floor) * (0.5 + RECORD_MARGIN)
            reach = half * np.where(event, EVENT_SCALE, 1.0)
            verdict = _outside(value, centre, centre - reach, centre + reach, self._opens)
        self.seen = self.seen + 1
        self.lowest = np.minimum(self.lowest, value)
        self.highest = np.maximum(self.highest, value)
        return verdict

    def _opens(self, odd: Bools) -> Bools:
        opens = odd & (self.since_alert > RECORD_QUIET)
        self.since_alert = np.where(opens, 0.0, self.since_alert)
        return opens


def _outside(
    value: Floats, centre: Floats, low: Floats, high: Floats, opens: Callable[[Bools], Bools]
) -> Verdict:
    """A spike or dip where the value is outside the band and `opens` takes it for a new incident."""
    above = value >= centre
    reach = np.where(above, high - centre, centre - low)
    distance = np.abs(value - centre)
    score = np.where(distance > 0, distance / np.where(reach > 0, reach, np.finfo(float).tiny), 0.0)
    alerted = opens(score >= 1)
    return Verdict(
        kind=np.where(alerted, np.where(above, SPIKE, DIP), 0),
        score=np.where(alerted, score, 0.0),
        upgrades=np.full(len(value), -1.0),
        expected=centre,
        low=low,
        high=high,
    )
