"""The daily detector: baseline, calibration, channels and incidents of many series in one step per slot."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.stats.baseline import FIRST_FORECAST, WARM_UP, WEEK, Baseline
from metrics.stats.batches import Bools, Floats, Integers, Part
from metrics.stats.calibration import Calibration
from metrics.stats.channels import (
    REPEATS_THRESHOLD,
    SPREAD_FROM,
    Absences,
    Drifts,
    Repeats,
    Shifts,
    spread_change,
)
from metrics.stats.incidents import POINT_THRESHOLD, Evidence, Incidents
from metrics.stats.transform import Transform

FULL_AGE = 8 * WARM_UP
"""From this age on every window is full, and only the weekday (age modulo 7) matters."""


@dataclass
class Verdict:
    """What is said of one slot. Arrays have shape (series,); the band is in the unit of the values."""

    kind: Integers
    """Code into `incidents.KINDS`."""
    score: Floats
    """Over its threshold: 1 is at it."""
    upgrades: Floats
    """Position of the alert that this one continues, or -1."""
    expected: Floats
    low: Floats
    high: Floats

    @classmethod
    def silent(cls, rows: int) -> "Verdict":
        unknown = np.full(rows, np.nan)
        return cls(
            np.zeros(rows, dtype=np.int64), np.zeros(rows), np.full(rows, -1.0), unknown, unknown, unknown
        )


@dataclass
class Daily:
    """Many series at the same age, one row each."""

    age: int
    """Slots seen, folded by whole weeks once beyond FULL_AGE."""
    transform: Transform
    baseline: Baseline
    calibration: Calibration
    repeats: Repeats
    absences: Absences
    shifts: Shifts
    drifts: Drifts
    incidents: Incidents

    @classmethod
    def begin(cls, history: Floats, events: Bools, *, weekly: bool) -> "Daily":
        """Learn from a warm-up (series, WARM_UP), NaN where missing; each row starts with a value."""
        rows, slots = history.shape
        transform = Transform.fitted(history)
        working = transform.forward(history)
        baseline = Baseline.begin(working, transform.noise_floor(), weekly=weekly)
        daily = cls(
            FIRST_FORECAST,
            transform,
            baseline,
            Calibration.blank(rows),
            Repeats.blank(rows),
            Absences.blank(rows),
            Shifts.blank(rows),
            Drifts.blank(rows),
            Incidents.blank(rows),
        )
        for slot in range(FIRST_FORECAST):
            present = ~np.isnan(working[:, slot])
            daily.drifts.levels.push(np.where(present, working[:, slot], daily.baseline.middle))
            daily.absences.judge(slot, present)
            daily.repeats.judge(history[:, slot])
        for slot in range(FIRST_FORECAST, slots):
            daily.step(history[:, slot], events[:, slot], np.full(rows, -1.0))
        return daily

    def step(self, raw: Floats, event: Bools, position: Floats) -> Verdict:
        """Judge the next slot of every series, then learn from it. NaN where missing; shapes (series,)."""
        age = self.age
        value = self.transform.forward(raw)
        upper_width, lower_width = self.calibration.widths(age)
        forecast = self.baseline.judge(age, value, event)
        flat = self.repeats.judge(raw)
        frozen = flat >= REPEATS_THRESHOLD
        absent = self.absences.judge(age, forecast.observed)
        self.baseline.update(value, forecast, frozen)
        self.calibration.remember(forecast.score, forecast.observed & ~event)
        shift = self.shifts.judge(age, forecast, frozen, self.baseline)
        level = np.where(forecast.observed, value - forecast.season, forecast.expected - forecast.season)
        drift = self.drifts.judge(age, level, forecast.scale)
        self.age = age + 1 if age + 1 < FULL_AGE + WEEK else FULL_AGE
        if age < WARM_UP:
            return Verdict.silent(len(raw))

        side = np.where(forecast.score < 0, -1.0, 1.0)
        width = np.where(side > 0, upper_width, lower_width)
        kind, score, upgrades = self.incidents.decide(
            Evidence(
                point=np.abs(forecast.score) / width,
                side=side,
                shift=shift / self.calibration.mean_tail(),
                drift=np.where(forecast.observed, drift, 0.0),
                flat=flat,
                absent=absent,
                spread=self._spread(age, len(raw)),
                position=position,
            )
        )
        reach = POINT_THRESHOLD * forecast.scale
        return Verdict(
            kind=kind,
            score=score,
            upgrades=upgrades,
            expected=self.transform.backward(forecast.expected),
            low=self.transform.backward(forecast.expected - reach * lower_width),
            high=self.transform.backward(forecast.expected + reach * upper_width),
        )

    def _spread(self, age: int, rows: int) -> Floats:
        """Looked at once a week: a change of noise takes longer than that to be told from chance."""
        looks = age >= SPREAD_FROM and age % WEEK == 0
        return spread_change(self.baseline.sizes) if looks else np.full(rows, np.nan)

    def pack(self, rows: Integers | slice = slice(None)) -> Floats:
        """The state of the chosen series as one row each of a matrix, shape (series, columns)."""
        parts: list[Part] = [getattr(self, name) for name in PARTS]
        return np.concatenate([block[rows] for part in parts for block in part.pack()], axis=1)

    @classmethod
    def unpack(cls, matrix: Floats, age: int) -> "Daily":
        """Series of one age again, from rows of `pack`."""
        parts: dict[str, Any] = {}
        start = 0
        for name, kind in PARTS.items():
            stop = start + kind.width()
            parts[name] = kind.unpack(matrix[:, start:stop])
            start = stop
        return cls(age, **parts)


PARTS: dict[str, type[Part]] = {
    "transform": Transform,
    "baseline": Baseline,
    "calibration": Calibration,
    "repeats": Repeats,
    "absences": Absences,
    "shifts": Shifts,
    "drifts": Drifts,
    "incidents": Incidents,
}
"""What a packed row consists of, in order."""
