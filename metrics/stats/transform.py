"""The working scale of a series: logarithmic where values cannot be negative, linear elsewhere."""

from dataclasses import dataclass

import numpy as np

from metrics.stats.batches import MAD_TO_SIGMA, Floats, Part

LOG_START = 0.05
"""Share of the typical value added before the logarithm, so that a zero is low but not infinitely so."""
RATIO_LIMIT = 1e9
"""Values beyond this multiple of the typical one are taken to be at it."""
RELATIVE_FLOOR = 0.012
"""Smallest believable noise of a series on the log scale: 1.2 % of its level."""
LINEAR_FLOOR = 1e-3
"""The same on the linear scale, as a share of the centre plus the spread."""


@dataclass
class Transform(Part):
    """The working scale of each series, fixed from its warm-up.

    Series that are never negative there use log(x / typical + LOG_START), the others (x - centre) / spread.
    Dividing first makes the result independent of the unit of the values. Arrays have shape (series,).
    """

    logarithmic: Floats
    centre: Floats
    spread: Floats

    @classmethod
    def blank(cls, rows: int) -> "Transform":
        return cls(np.zeros(rows), np.zeros(rows), np.ones(rows))

    @classmethod
    def fitted(cls, history: Floats) -> "Transform":
        """Fit to values of shape (series, slots), NaN where missing; each row holds at least one value."""
        median = np.nanmedian(history, axis=1)
        logarithmic = np.nanmin(history, axis=1) >= 0
        distances = np.abs(history - median[:, None])
        typical = np.where(median > 0, median, _mean_of_positive(history))
        deviation = MAD_TO_SIGMA * np.nanmedian(distances, axis=1)
        deviation = np.where(deviation > 0, deviation, _mean_of_positive(distances))
        deviation = np.where(np.isfinite(deviation), deviation, np.abs(median))
        spread = np.where(logarithmic, typical, deviation)
        usable = np.isfinite(spread) & (spread > 0)
        return cls(logarithmic.astype(float), median, np.where(usable, spread, 1.0))

    def forward(self, values: Floats) -> Floats:
        """Values of shape (series,) or (series, slots) on the working scale."""
        across = (...,) if values.ndim == 1 else (..., None)
        spread, centre, logarithmic = (part[across] for part in (self.spread, self.centre, self.logarithmic))
        multiple = values / spread
        ratio = np.minimum(np.maximum(multiple, 0.0), RATIO_LIMIT)
        distance = np.minimum(np.maximum(multiple - centre / spread, -RATIO_LIMIT), RATIO_LIMIT)
        return np.where(logarithmic > 0, np.log(ratio + LOG_START), distance)

    def backward(self, working: Floats) -> Floats:
        """Numbers of shape (series,) on the working scale as values."""
        ratio = np.maximum(np.exp(np.minimum(working, 50.0)) - LOG_START, 0.0)
        return np.where(self.logarithmic > 0, ratio * self.spread, working * self.spread + self.centre)

    def noise_floor(self) -> Floats:
        """Smallest believable noise on the working scale, shape (series,)."""
        linear = LINEAR_FLOOR * (1 + np.minimum(np.abs(self.centre / self.spread), RATIO_LIMIT))
        return np.where(self.logarithmic > 0, RELATIVE_FLOOR, linear)


def _mean_of_positive(values: Floats) -> Floats:
    """Row means of the positive values; NaN, without a warning, where a row has none."""
    positive = values > 0
    count = positive.sum(axis=1)
    share = np.where(positive, values, 0.0) / np.maximum(count, 1)[:, None]
    return np.where(count > 0, share.sum(axis=1), np.nan)
