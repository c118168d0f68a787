"""Provisional checks of a series too young for the daily detector: seasonal median and MAD."""

from dataclasses import dataclass

import numpy as np

from metrics.stats.baseline import EVENT_SCALE, NEVER, WARM_UP, WEEK
from metrics.stats.batches import MAD_TO_SIGMA, Bools, Floats, row_median
from metrics.stats.daily import Verdict
from metrics.stats.incidents import DIP, SPIKE
from metrics.stats.transform import Transform

FIRST_JUDGED = 14
"""Slot of the first verdict."""
LEAST_OBSERVED = 10
"""Values a series needs before it."""
LEAST_TO_GRADUATE = WARM_UP // 2
"""Values among the last WARM_UP slots that the daily detector needs to begin."""
THRESHOLD = 6.0
SEASON_PRIOR_WEEKS = 0.5
YOUTH = 7.0
"""The threshold is wider by this over the number of slots known."""
SCALE_CORRECTION = 1.25
"""The profile is fitted to the very residuals the scale is taken from, which makes them too small."""
QUIET = 7
"""Slots after an alert in which more on its side is the same incident."""


@dataclass
class Young:
    """Series with at most WARM_UP slots of history, one row each."""

    history: Floats
    """Shape (series, slots), NaN where missing; each row starts with a value."""
    events: Bools
    alert_side: Floats
    since_odd: Floats

    @classmethod
    def blank(cls, rows: int) -> "Young":
        return cls(np.empty((rows, 0)), np.empty((rows, 0), dtype=bool), np.zeros(rows), np.full(rows, NEVER))

    def step(self, raw: Floats, event: Bools, *, weekly: bool) -> Verdict:
        """Judge the next slot of every series against the slots before it, then keep it. Shapes (series,)."""
        verdict = self._judge(raw, event, weekly=weekly)
        self.history = np.column_stack([self.history, raw])
        self.events = np.column_stack([self.events, event])
        return verdict

    def slide(self) -> None:
        """Drop the oldest slot, and the missing ones after it, of a single series."""
        present = np.flatnonzero(~np.isnan(self.history[0, 1:]))
        first = int(present[0]) + 1 if len(present) else self.history.shape[1]
        self.history, self.events = self.history[:, first:], self.events[:, first:]

    def may_graduate(self) -> Bools:
        """Whether each series, WARM_UP slots old, has enough values for the daily detector."""
        return np.asarray((~np.isnan(self.history)).sum(axis=1) >= LEAST_TO_GRADUATE)

    def _judge(self, raw: Floats, event: Bools, *, weekly: bool) -> Verdict:
        rows, slots = self.history.shape
        self.since_odd = np.minimum(self.since_odd + 1, NEVER)
        if slots < FIRST_JUDGED:
            return Verdict.silent(rows)
        transform = Transform.fitted(self.history)
        working = transform.forward(self.history)
        expected, scale = _forecast(working, weekly=weekly)
        threshold = THRESHOLD * (1 + YOUTH / slots)
        reach = threshold * np.maximum(scale, transform.noise_floor()) * np.where(event, EVENT_SCALE, 1.0)
        score = np.where(np.isnan(raw), 0.0, (transform.forward(raw) - expected) / reach)
        side = np.sign(score)
        odd = (np.abs(score) >= 1) & ((~np.isnan(working)).sum(axis=1) >= LEAST_OBSERVED)
        opens = odd & ~((self.since_odd <= QUIET) & (side == self.alert_side))
        self.alert_side = np.where(odd, side, self.alert_side)
        self.since_odd = np.where(odd, 0.0, self.since_odd)
        return Verdict(
            kind=np.where(opens, np.where(side > 0, SPIKE, DIP), 0),
            score=np.where(opens, np.abs(score), 0.0),
            upgrades=np.full(rows, -1.0),
            expected=transform.backward(expected),
            low=transform.backward(expected - reach),
            high=transform.backward(expected + reach),
        )


def _forecast(working: Floats, *, weekly: bool) -> tuple[Floats, Floats]:
    """Expected next value and noise, each of shape (series,), from slots of shape (series, slots)."""
    rows, slots = working.shape
    present = ~np.isnan(working)
    level = np.nanmedian(working, axis=1)
    offsets = np.where(present, working - level[:, None], 0.0)
    profile = np.zeros((rows, WEEK))
    if weekly:
        for day in range(WEEK):
            count = present[:, day::WEEK].sum(axis=1)
            profile[:, day] = row_median(offsets[:, day::WEEK]) * count / (count + SEASON_PRIOR_WEEKS)
    residuals = np.abs(offsets - profile[:, np.arange(slots) % WEEK])
    residuals = np.where(present, residuals, row_median(residuals)[:, None])
    return level + profile[:, slots % WEEK], SCALE_CORRECTION * MAD_TO_SIGMA * row_median(residuals)
