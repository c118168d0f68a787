"""How large a score has to be to be rare for this very series: the conformal part of the daily detector."""

from dataclasses import dataclass

import numpy as np

from metrics.stats.baseline import FIRST_SCALED, WARM_UP, WEEK
from metrics.stats.batches import TYPICAL_ABS_Z, Bools, Floats, Part, Window, row_quantile

HISTORY = 365
"""Scores kept, one per slot."""
TAIL_SHARE = 0.985
NORMAL_TAIL = 2.2
"""The size that share of scores stays below when nothing is wrong and the noise is well behaved."""
TAIL_POWER = 0.4
"""How much of an unusual tail is believed: 0 nothing, 1 all of it."""
ONE_SIDED_SHARE = 0.7
"""Weight of the tail of the score's own sign against the tail of both signs."""

NOISE_WEEKS = 10
NOISE_PRIOR_WEEKS = 3
NOISE_CLIP = 4.0
NOISE_RANGE = (0.6, 2.5)
NOISE_POWER = 0.5


@dataclass
class Calibration(Part):
    """Tail weight per sign and noise per weekday, renewed once a week from the series' own scores."""

    scores: Window
    """Signed scores, NaN where there was none to learn from."""
    upper_tail: Floats
    lower_tail: Floats
    noise: Floats
    """Noise of the slot's weekday relative to the whole week's, shape (series, 7)."""

    @classmethod
    def blank(cls, rows: int) -> "Calibration":
        return cls(Window.filled(rows, HISTORY), np.ones(rows), np.ones(rows), np.ones((rows, WEEK)))

    def widths(self, age: int) -> tuple[Floats, Floats]:
        """How much wider than a normal series' the band is, above and below, each of shape (series,)."""
        if age >= WARM_UP and (age - WARM_UP) % WEEK == 0:
            self._renew(min(HISTORY, age - FIRST_SCALED))
        noise = self.noise[:, age % WEEK] ** NOISE_POWER
        return self.upper_tail * noise, self.lower_tail * noise

    def mean_tail(self) -> Floats:
        return 0.5 * (self.upper_tail + self.lower_tail)

    def remember(self, score: Floats, usable: Bools) -> None:
        self.scores.push(np.where(usable, score, np.nan))

    def _renew(self, count: int) -> None:
        scores = self.scores.last(count)
        missing = np.isnan(scores)
        signed = np.where(missing, 0.0, scores)
        sizes = np.where(missing, TYPICAL_ABS_Z, np.abs(scores))
        both = row_quantile(sizes, TAIL_SHARE)
        one_sided = 1 - (1 - TAIL_SHARE) / 2
        self.upper_tail = _tail(row_quantile(signed, one_sided), both)
        self.lower_tail = _tail(row_quantile(-signed, one_sided), both)
        # Whole weeks up to yesterday: the first column is today's weekday, and so is column `age % 7`.
        weeks = min(NOISE_WEEKS, count // WEEK)
        clipped = np.minimum(sizes[:, count - weeks * WEEK :], NOISE_CLIP).reshape(-1, weeks, WEEK)
        overall = clipped.mean(axis=(1, 2))[:, None] + 1e-9
        shrunk = (clipped.sum(axis=1) + NOISE_PRIOR_WEEKS * overall) / (weeks + NOISE_PRIOR_WEEKS)
        self.noise = np.clip(shrunk / overall, *NOISE_RANGE)


def _tail(one_sided: Floats, both: Floats) -> Floats:
    mixed = ONE_SIDED_SHARE * one_sided + (1 - ONE_SIDED_SHARE) * both
    return np.asarray(np.maximum(mixed / NORMAL_TAIL, 1.0) ** TAIL_POWER)
