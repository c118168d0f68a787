"""The ways a daily series goes wrong beside a single odd value: new levels, drifts, frozen and absent values.

Each channel gives a score per series that its threshold in `incidents` is held against.
"""

from dataclasses import dataclass

import numpy as np

from metrics.stats.baseline import (
    FIRST_SCALED,
    FIRST_SIZED,
    SCALE_SLOTS,
    SHIFT_SLOTS,
    WARM_UP,
    WEEK,
    Baseline,
)
from metrics.stats.batches import MAD_TO_SIGMA, Bools, Floats, Part, Window, row_median
from metrics.stats.forecast import Forecast

SHIFT_SCORE = 2.0
"""Score each value of a run has to pass for the run to make a new level."""

FORGETTING = 0.997
REPEATS_THRESHOLD = 9.0
"""Surprise (in nats) of a run of repeated values that counts as an event."""
ABSENCE_THRESHOLD = 9.5
"""The same of missing values: three days of a series that is usually complete."""
WEEKDAY_PRIOR_SLOTS = 4.0

SPREAD_RECENT = 14
"""Slots of late whose residuals are held against the others of the scale's window."""
SPREAD_TRIMMED = 0.3
SPREAD_FROM = FIRST_SIZED + SCALE_SLOTS

DRIFT_SPANS = ((4, 21, 1), (7, 28, 2), (14, 42, 7))
"""Recent slots, older slots, and the gap between them."""
DRIFT_HISTORY = 180
DRIFT_PRIOR_SLOTS = 30.0
DRIFT_SCALE_FLOOR = 0.5
DRIFT_FROM = WARM_UP - WEEK


def spread_change(sizes: Window) -> Floats:
    """Logarithm of how much larger residuals of late are than before, shape (series,).

    Of both stretches the largest share is left out: a few odd values, or a shift not adopted yet, are no
    change of spread.
    """
    recent = _trimmed(sizes.last(SPREAD_RECENT))
    older = _trimmed(sizes.last(SCALE_SLOTS - SPREAD_RECENT, skip=SPREAD_RECENT))
    known = (recent > 0) & (older > 0)
    return np.where(known, np.log(np.where(known, recent, 1.0) / np.where(known, older, 1.0)), 0.0)


def _trimmed(values: Floats) -> Floats:
    kept = round((1 - SPREAD_TRIMMED) * values.shape[1])
    return np.asarray(np.partition(values, kept - 1, axis=1)[:, :kept].mean(axis=1))


@dataclass
class Repeats(Part):
    """Frozen values: the surprise of a run of equal ones, given how often this series repeats itself."""

    last: Floats
    run: Floats
    equal_count: Floats
    observed_count: Floats

    @classmethod
    def blank(cls, rows: int) -> "Repeats":
        return cls(np.full(rows, np.nan), np.zeros(rows), np.zeros(rows), np.ones(rows))

    def judge(self, raw: Floats) -> Floats:
        """Surprise in nats of the run that `raw` (series,) prolongs; 0 where it prolongs none."""
        observed = ~np.isnan(raw)
        equal = observed & (raw == self.last)
        share = (self.equal_count + 0.5) / (self.observed_count + 1)
        self.run = np.where(equal, self.run + 1, np.where(observed, 0.0, self.run))
        surprise = np.where(equal, -self.run * np.log(np.minimum(share, 1.0)), 0.0)
        flat = surprise >= REPEATS_THRESHOLD
        self.equal_count = self.equal_count * FORGETTING + (equal & ~flat)
        self.observed_count = self.observed_count * FORGETTING + observed
        self.last = np.where(observed, raw, self.last)
        return surprise


@dataclass
class Absences(Part):
    """Missing values: the surprise of a run of them, given how often this weekday is missing."""

    surprise: Floats
    missing_count: Floats
    """Per weekday, shape (series, 7)."""
    slot_count: Floats

    @classmethod
    def blank(cls, rows: int) -> "Absences":
        return cls(np.zeros(rows), np.zeros((rows, WEEK)), np.zeros((rows, WEEK)))

    def judge(self, age: int, observed: Bools) -> Floats:
        """Surprise in nats of the current run of missing slots, shape (series,); 0 where a value came."""
        day = age % WEEK
        overall = (self.missing_count.sum(axis=1) + 0.5) / (self.slot_count.sum(axis=1) + 1)
        share = (self.missing_count[:, day] + 0.5 + WEEKDAY_PRIOR_SLOTS * overall) / (
            self.slot_count[:, day] + 1 + WEEKDAY_PRIOR_SLOTS
        )
        self.surprise = np.where(observed, 0.0, self.surprise - np.log(np.minimum(share, 1.0)))
        # A long outage says nothing of how reliable the series usually is.
        outage = self.surprise >= ABSENCE_THRESHOLD
        kept = FORGETTING**WEEK
        self.missing_count[:, day] = kept * self.missing_count[:, day] + (~observed & ~outage)
        self.slot_count[:, day] = kept * self.slot_count[:, day] + ~outage
        return self.surprise


@dataclass
class Shifts(Part):
    """New levels: a run of SHIFT_SLOTS large residuals of one sign."""

    run: Floats
    sign: Floats

    @classmethod
    def blank(cls, rows: int) -> "Shifts":
        return cls(np.zeros(rows), np.zeros(rows))

    def judge(self, age: int, forecast: Forecast, flat: Bools, baseline: Baseline) -> Floats:
        """Size of the shift confirmed in this slot, in scales, shape (series,); 0 where there is none.

        The baseline adopts the new level.
        """
        observed = forecast.observed
        large = observed & ~flat & ~forecast.returned & (np.abs(forecast.new_level_score) > SHIFT_SCORE)
        sign = np.sign(forecast.new_level_score)
        prolonged = np.where(sign == self.sign, self.run + 1, 1.0)
        self.run = np.where(large, prolonged, np.where(observed, 0.0, self.run))
        self.sign = np.where(large, sign, np.where(observed, 0.0, self.sign))
        accepted = large & (self.run >= SHIFT_SLOTS) & (age >= FIRST_SCALED)
        if not accepted.any():
            return np.zeros(len(accepted))
        size = baseline.adopt_level(accepted)
        self.run = np.where(accepted, 0.0, self.run)
        return np.where(accepted, size, 0.0)


@dataclass
class Drifts(Part):
    """Slow changes: a recent median against an older one, over how much that difference usually moves."""

    levels: Window
    """Values without their season; where missing, what was expected."""
    differences: Window
    """Shape (series, DRIFT_HISTORY), one window after another for each span."""
    second_differences: Window
    third_differences: Window
    usual: Floats
    """How much each difference usually moves, renewed weekly; NaN before. Shape (series, spans)."""

    @classmethod
    def blank(cls, rows: int) -> "Drifts":
        longest = max(recent + gap + older for recent, older, gap in DRIFT_SPANS)
        return cls(
            Window.filled(rows, longest),
            Window.filled(rows, DRIFT_HISTORY),
            Window.filled(rows, DRIFT_HISTORY),
            Window.filled(rows, DRIFT_HISTORY),
            np.full((rows, len(DRIFT_SPANS)), np.nan),
        )

    def judge(self, age: int, level: Floats, scale: Floats) -> Floats:
        """Score of the largest change over the spans, shape (series,)."""
        self.levels.push(level)
        best = np.zeros(len(level))
        histories = (self.differences, self.second_differences, self.third_differences)
        for span, ((recent, older, gap), history) in enumerate(zip(DRIFT_SPANS, histories, strict=True)):
            first = max(DRIFT_FROM, recent + gap + older - 1)
            if age < first:
                continue
            older_levels = self.levels.last(older, skip=recent + gap)
            difference = row_median(self.levels.last(recent)) - row_median(older_levels)
            # Yesterday's difference is nearly today's: it is left out of what is usual.
            count = int(np.clip(age - 1 - first, 0, DRIFT_HISTORY - 1))
            if count and age % WEEK == 0:
                self.usual[:, span] = MAD_TO_SIGMA * row_median(np.abs(history.last(count, skip=1)))
            usual = np.where(np.isnan(self.usual[:, span]), scale, self.usual[:, span])
            pooled = (usual * count + scale * DRIFT_PRIOR_SLOTS) / (count + DRIFT_PRIOR_SLOTS)
            score = np.abs(difference) / np.maximum(pooled, DRIFT_SCALE_FLOOR * scale)
            history.push(difference)
            best = np.maximum(best, score)
        return best
