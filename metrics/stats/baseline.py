"""What a series is expected to do next: a weekday profile, a small online regression, and a scale.

Everything is vectorised over series (the rows) that stand at the same age in slots, and works on values
already on the working scale of `Transform`.
"""

from dataclasses import dataclass

import numpy as np

from metrics.stats.batches import (
    MAD_TO_SIGMA,
    MEAN_ABS_TO_SIGMA,
    TYPICAL_ABS_Z,
    Bools,
    Floats,
    Part,
    Window,
    row_median,
)
from metrics.stats.forecast import Forecast

WARM_UP = 56
"""Slots of history before the baseline may be trusted with an alert."""
FIRST_FORECAST = 7
"""Slot of the first forecast; the slots before it only fill the windows."""
FIRST_SIZED = 14
"""Slot of the first residual that counts towards the scale."""
FIRST_SCALED = 21
"""Slot of the first score taken with the series' own scale."""
FIRST_MONTH = 28

WEEK = 7
SEASON_WEEKS = 8
SEASON_DECAY = 0.85
"""Weight of one week's profile relative to the week after it."""
SEASON_SHRINKAGE = 0.3
"""Pseudo-weeks of a flat profile."""

FAST, MIDDLE, SLOW = 0.5, 0.12, 0.05
"""Learning rates of the three exponentially weighted levels."""
SLOW_ADOPTS = 0.7
"""Share of the way the slow level goes to a newly accepted one."""
INITIAL_WEIGHTS = np.array([0.25, 0.25, -0.05, 0.10])
"""Of yesterday, the fast level, the slow level and the same slot a week ago, each minus the middle level."""
WEIGHT_RANGE = (-1.0, 1.2)
FORGETTING = 0.997
RIDGE = 30.0

SCALE_SLOTS = 84
SCALE_MEAN_SHARE = 0.8
"""The scale mixes a clipped mean of residual sizes (efficient) with their median (robust)."""
SCALE_CLIP = 3.0
MONTH_SLOTS = 28
MONTH_SHARE = 0.5
MONTH_RANGE = (0.6, 1 / 0.6)
"""Calm and restless months come in clusters: the scale goes half the way (in logarithms) to the month's."""

LINEAR_BELOW = 2.5
REJECTED_ABOVE = 6.0
"""Between these scores a residual's pull on the baseline falls from full to nothing."""
LEARN_BELOW = 4.0

SHIFT_SLOTS = 4
"""Length of a same-sign run that makes a new level."""
REMEMBERED = 21
"""Slots for which the level before a shift is remembered, so that a recovery is no second alert."""
NEVER = 999.0
RETURN_BELOW = 2.5
RECOVERED_AFTER = 2
UNSETTLED_SCALE = 1.3
"""The scale is this much wider in the first half of the remembered slots."""
EVENT_SCALE = 3.0
"""The scale is this much wider on the day of a known event."""


@dataclass
class Baseline(Part):
    """Weekday profile, levels, regression and scale of each series."""

    season_offsets: Window
    """Each slot minus the mean of the week around it; the newest is of half a week ago."""
    cleaned: Window
    """Values with anomalies pulled to their forecast."""
    levels: Window
    """The same without the season."""
    sizes: Window
    """|residual|; what the scale is taken from."""
    relative_sizes: Window
    """|residual| / scale of its slot."""
    values: Window
    seasons: Window
    fast: Floats
    middle: Floats
    slow: Floats
    weights: Floats
    inverse_precision: Floats
    """Of the recursive least squares, shape (series, 4, 4)."""
    initial_scale: Floats
    floor: Floats
    old_level: Floats
    since_shift: Floats
    returned_run: Floats
    weekly: Floats
    """1 where the series has a weekday profile, 0 where a slot is longer than a day."""

    @classmethod
    def blank(cls, rows: int) -> "Baseline":
        count = len(INITIAL_WEIGHTS)
        return cls(
            season_offsets=Window.filled(rows, SEASON_WEEKS * WEEK),
            cleaned=Window.filled(rows, WEEK),
            levels=Window.filled(rows, WEEK),
            sizes=Window.filled(rows, SCALE_SLOTS),
            relative_sizes=Window.filled(rows, SHIFT_SLOTS),
            values=Window.filled(rows, SHIFT_SLOTS),
            seasons=Window.filled(rows, SHIFT_SLOTS),
            fast=np.zeros(rows),
            middle=np.zeros(rows),
            slow=np.zeros(rows),
            weights=np.tile(INITIAL_WEIGHTS, (rows, 1)),
            inverse_precision=np.tile(np.eye(count) / RIDGE, (rows, 1, 1)),
            initial_scale=np.ones(rows),
            floor=np.ones(rows),
            old_level=np.zeros(rows),
            since_shift=np.full(rows, NEVER),
            returned_run=np.zeros(rows),
            weekly=np.ones(rows),
        )

    @classmethod
    def begin(cls, history: Floats, floor: Floats, *, weekly: bool) -> "Baseline":
        """Stand before slot FIRST_FORECAST of a history (series, slots), NaN where missing.

        Each row holds a value among its first FIRST_MONTH slots.
        """
        month = history[:, :FIRST_MONTH]
        centre = np.nanmedian(month, axis=1)
        spread = MAD_TO_SIGMA * np.nanmedian(np.abs(month - centre[:, None]), axis=1)
        baseline = cls.blank(len(history))
        baseline.fast, baseline.middle, baseline.slow = centre.copy(), centre.copy(), centre.copy()
        baseline.initial_scale, baseline.floor = np.maximum(spread, floor), floor
        baseline.weekly[:] = weekly
        baseline.old_level = centre.copy()
        for slot in range(FIRST_FORECAST):
            baseline.cleaned.push(np.where(np.isnan(history[:, slot]), centre, history[:, slot]))
            baseline.levels.push(centre)
        return baseline

    def judge(self, age: int, value: Floats, event: Bools) -> Forecast:
        """Forecast slot number `age` and hold its value (NaN where missing) against it."""
        season = self._season(age)
        regressors = (
            np.stack([self.levels.ago(0), self.fast, self.slow, self.levels.ago(self._week_ago())], axis=1)
            - self.middle[:, None]
        )
        new_level = season + self.middle + (regressors * self.weights).sum(axis=1)
        scale = self._scale(age) * np.where(event, EVENT_SCALE, 1.0)
        observed = ~np.isnan(value)
        new_score = np.where(observed, (value - new_level) / scale, 0.0)
        # After an accepted shift there are two hypotheses: it stays, or the old level is back.
        remembered = observed & (self.since_shift < REMEMBERED)
        old_score = np.where(remembered, (value - season - self.old_level) / scale, np.inf)
        returned = (np.abs(old_score) < RETURN_BELOW) & (np.abs(old_score) < np.abs(new_score))
        return Forecast(
            season=season,
            regressors=regressors,
            new_level=new_level,
            expected=np.where(returned, season + self.old_level, new_level),
            scale=scale,
            score=np.where(returned, old_score, new_score),
            new_level_score=new_score,
            returned=returned,
            observed=observed,
            event=event,
        )

    def update(self, value: Floats, forecast: Forecast, frozen: Bools) -> None:
        """Learn from a judged slot; where `frozen` or an event, the forecast stands in for the value."""
        trusted = forecast.observed & ~frozen & ~forecast.event
        pull = np.where(trusted, _redescending(forecast.score), 0.0)
        cleaned = forecast.expected + pull * forecast.scale
        level = cleaned - forecast.season
        size = np.abs(value - forecast.new_level)
        usual_size = TYPICAL_ABS_Z * forecast.scale / np.where(forecast.event, EVENT_SCALE, 1.0)
        sized = forecast.observed & ~forecast.event
        self.sizes.push(np.where(sized, size, usual_size))
        self.relative_sizes.push(np.where(sized, size / forecast.scale, TYPICAL_ABS_Z))
        self.values.push(value)
        self.seasons.push(forecast.season)
        self.cleaned.push(cleaned)
        self.levels.push(level)
        learn = trusted & ~forecast.returned & (np.abs(forecast.score) < LEARN_BELOW)
        self._learn_weights(forecast, pull, learn)
        self.fast = self.fast + FAST * (level - self.fast)
        self.middle = self.middle + MIDDLE * (level - self.middle)
        self.slow = self.slow + SLOW * (level - self.slow)
        self._recover(forecast)

    def adopt_level(self, accepted: Bools) -> Floats:
        """Move the accepted rows to the level of their last SHIFT_SLOTS values.

        Returns the mean relative size of those slots' residuals, shape (series,): the score of the shift.
        """
        offsets = self.values.values() - self.seasons.values()
        level = self.middle.copy()
        level[accepted] = np.nanmedian(offsets[accepted], axis=1)
        rebased = np.where(np.isnan(offsets), level[:, None], offsets)
        rows = accepted[:, None]
        for window, fresh in ((self.cleaned, rebased + self.seasons.values()), (self.levels, rebased)):
            latest = window.last(SHIFT_SLOTS)
            latest[:] = np.where(rows, fresh, latest)
        # A second run within the remembered slots moves the level, not the memory of where it came from.
        first = accepted & (self.since_shift > REMEMBERED)
        self.old_level = np.where(first, self.middle, self.old_level)
        self.since_shift = np.where(first, 0.0, self.since_shift)
        self.fast = np.where(accepted, level, self.fast)
        self.middle = np.where(accepted, level, self.middle)
        self.slow = np.where(accepted, self.slow + SLOW_ADOPTS * (level - self.slow), self.slow)
        return np.asarray(self.relative_sizes.values().mean(axis=1))

    def _week_ago(self) -> int:
        return WEEK - 1 if self.weekly.all() else 0

    def _season(self, age: int) -> Floats:
        """Weighted mean of the same weekday's offsets over the last weeks, shape (series,)."""
        week = self.cleaned.values()
        half = WEEK // 2
        self.season_offsets.push((week[:, half] - week.mean(axis=1)) * self.weekly)
        weeks = min(SEASON_WEEKS, (age - half) // WEEK)
        if weeks < 1:
            return np.zeros(len(week))
        # The newest offset is of `half + 1` slots ago.
        same_weekday = self.season_offsets.values()[:, half - WEEK :: -WEEK][:, :weeks]
        weights = SEASON_DECAY ** np.arange(weeks)
        return np.asarray((same_weekday * weights).sum(axis=1) / (weights.sum() + SEASON_SHRINKAGE))

    def _scale(self, age: int) -> Floats:
        """Robust standard deviation of the residuals, shape (series,)."""
        if age < FIRST_SCALED:
            scale = self.initial_scale
        else:
            sizes = self.sizes.last(min(SCALE_SLOTS, age - FIRST_SIZED))
            robust = MAD_TO_SIGMA * row_median(sizes)
            clipped = np.minimum(sizes, SCALE_CLIP * robust[:, None]).mean(axis=1)
            scale = (1 - SCALE_MEAN_SHARE) * robust + SCALE_MEAN_SHARE * MEAN_ABS_TO_SIGMA * clipped
            scale = np.maximum(scale, self.floor)
        if age >= FIRST_SIZED + MONTH_SLOTS:
            limit = SCALE_CLIP * scale[:, None]
            month = MEAN_ABS_TO_SIGMA * np.minimum(self.sizes.last(MONTH_SLOTS), limit).mean(axis=1)
            lowest, highest = MONTH_RANGE
            scale = scale * np.clip(month / scale, lowest, highest) ** MONTH_SHARE
        unsettled = self.since_shift < REMEMBERED // 2
        return np.asarray(np.maximum(scale, self.floor) * np.where(unsettled, UNSETTLED_SCALE, 1.0))

    def _learn_weights(self, forecast: Forecast, pull: Floats, learn: Bools) -> None:
        """One step of recursive least squares with forgetting, in units of the scale."""
        regressors = forecast.regressors / forecast.scale[:, None]
        projected = (self.inverse_precision @ regressors[:, :, None])[:, :, 0]
        gain = projected / (FORGETTING + (regressors * projected).sum(axis=1))[:, None]
        moved = np.clip(self.weights + gain * pull[:, None], *WEIGHT_RANGE)
        self.weights = np.where(learn[:, None], moved, self.weights)
        shrunk = (self.inverse_precision - gain[:, :, None] * projected[:, None, :]) / FORGETTING
        # Forgetting without new evidence would let the matrix grow without bound.
        count = len(INITIAL_WEIGHTS)
        bounded = np.trace(shrunk, axis1=1, axis2=2) < 4 * count / RIDGE
        self.inverse_precision = np.where((learn & bounded)[:, None, None], shrunk, self.inverse_precision)

    def _recover(self, forecast: Forecast) -> None:
        """Go back to the level before the shift once enough values in a row have fitted it."""
        run = np.where(
            forecast.returned, self.returned_run + 1, np.where(forecast.observed, 0.0, self.returned_run)
        )
        recovered = run >= RECOVERED_AFTER
        self.fast = np.where(recovered, self.old_level, self.fast)
        self.middle = np.where(recovered, self.old_level, self.middle)
        self.since_shift = np.where(recovered, NEVER, np.minimum(self.since_shift + 1, NEVER))
        self.returned_run = np.where(recovered, 0.0, run)


def _redescending(score: Floats) -> Floats:
    """Hampel's influence function: linear, then flat, then falling to nothing."""
    size = np.abs(score)
    fading = np.clip((REJECTED_ABOVE - size) / (REJECTED_ABOVE - LINEAR_BELOW), 0.0, 1.0)
    return np.where(size < LINEAR_BELOW, score, np.sign(score) * LINEAR_BELOW * fading)
