"""From channel scores to alerts: one alert per change, and a kind for it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from metrics.stats.baseline import NEVER
from metrics.stats.batches import Bools, Floats, Integers, Part
from metrics.stats.channels import ABSENCE_THRESHOLD, REPEATS_THRESHOLD

POINT_THRESHOLD = 3.0
SHIFT_THRESHOLD = 1.6
DRIFT_THRESHOLD = 3.5
DRIFT_REARMS_BELOW = 0.6

SPREAD_THRESHOLD = float(np.log(4.0))
SPREAD_REARMS_BELOW = 0.5
SPREAD_WAITS = 21
"""A change of spread is not called within so many slots of a shift or of frozen values."""

POINT_QUIET = 4
"""An odd value this many slots after another on the same side belongs to it."""
FLAT_QUIET = 3
UPGRADE_WITHIN = 7
"""A level shift confirmed this many slots after a spike or dip on its side is the same incident."""
SHIFT_QUIET = 10
DRIFT_QUIET = 21
DRIFT_WAITS = 4
"""A drift is not called within this many slots of an odd value."""


class Kind(StrEnum):
    """What went wrong."""

    SPIKE = "spike"
    DIP = "dip"
    LEVEL_SHIFT = "level_shift"
    TREND_CHANGE = "trend_change"
    FLAT_LINE = "flat_line"
    MISSING = "missing"
    VARIANCE_CHANGE = "variance_change"


KINDS = (None, *Kind)
"""Kinds by the code that `Verdict.kind` holds."""
NOTHING, SPIKE, DIP, LEVEL_SHIFT, TREND_CHANGE, FLAT_LINE, MISSING, VARIANCE_CHANGE = range(len(KINDS))


@dataclass
class Evidence:
    """Channel scores of one slot, each of shape (series,)."""

    point: Floats
    side: Floats
    """1 above what was expected, -1 below."""
    shift: Floats
    drift: Floats
    flat: Floats
    absent: Floats
    spread: Floats
    """Logarithm of how much wider the noise is than before; NaN where nobody has looked."""
    position: Floats
    """What the slot is called in the caller's series: the index a later upgrade refers to."""


@dataclass
class Incidents(Part):
    """What has been alerted of each series lately. Counters are in slots; arrays have shape (series,)."""

    since_alert: Floats
    since_flat: Floats
    since_shift: Floats
    since_drift: Floats
    since_odd: Floats
    odd_side: Floats
    opened_at: Floats
    """Position of the alert that opened the latest spike, dip or trend change."""
    since_opened: Floats
    drift_armed: Floats
    absence_open: Floats
    spread_armed: Floats

    @classmethod
    def blank(cls, rows: int) -> "Incidents":
        return cls(
            since_alert=np.full(rows, NEVER),
            since_flat=np.full(rows, NEVER),
            since_shift=np.full(rows, NEVER),
            since_drift=np.full(rows, NEVER),
            since_odd=np.full(rows, NEVER),
            odd_side=np.zeros(rows),
            opened_at=np.full(rows, -1.0),
            since_opened=np.full(rows, NEVER),
            drift_armed=np.ones(rows),
            absence_open=np.zeros(rows),
            spread_armed=np.ones(rows),
        )

    def decide(self, evidence: Evidence) -> tuple[Integers, Floats, Floats]:
        """Kind code, score over threshold, and position upgraded (-1: none), each of shape (series,)."""
        self._tick()
        kind = np.zeros(len(evidence.point), dtype=np.int64)
        score = np.zeros(len(kind))
        upgrades = np.full(len(kind), -1.0)

        absent = evidence.absent >= ABSENCE_THRESHOLD
        _set(kind, score, absent & (self.absence_open == 0), MISSING, evidence.absent / ABSENCE_THRESHOLD)
        self.absence_open = absent.astype(float)

        flat = evidence.flat >= REPEATS_THRESHOLD
        _set(kind, score, flat & (self.since_flat > FLAT_QUIET), FLAT_LINE, evidence.flat / REPEATS_THRESHOLD)
        self.since_flat = np.where(flat, 0.0, self.since_flat)
        free = self.since_flat > 1

        shifted = free & (evidence.shift >= SHIFT_THRESHOLD) & (self.since_shift > SHIFT_QUIET)
        _set(kind, score, shifted, LEVEL_SHIFT, evidence.shift / SHIFT_THRESHOLD)
        same_incident = shifted & (self.since_opened <= UPGRADE_WITHIN) & (evidence.side == self.odd_side)
        upgrades = np.where(same_incident, self.opened_at, upgrades)
        self.since_shift = np.where(shifted, 0.0, self.since_shift)

        self._decide_points(evidence, free & ~shifted, kind, score)
        self._decide_drifts(evidence, free, kind, score)
        self._decide_spreads(evidence, free, kind, score)
        self.since_alert = np.where(kind != NOTHING, 0.0, self.since_alert)
        return kind, score, upgrades

    def _tick(self) -> None:
        for name in ("since_alert", "since_flat", "since_shift", "since_drift", "since_odd", "since_opened"):
            setattr(self, name, np.minimum(getattr(self, name) + 1, NEVER))

    def _decide_points(self, evidence: Evidence, allowed: Bools, kind: Integers, score: Floats) -> None:
        odd = allowed & (evidence.point >= POINT_THRESHOLD)
        opens = odd & ~((self.since_odd <= POINT_QUIET) & (evidence.side == self.odd_side))
        _set(kind, score, opens & (evidence.side > 0), SPIKE, evidence.point / POINT_THRESHOLD)
        _set(kind, score, opens & (evidence.side < 0), DIP, evidence.point / POINT_THRESHOLD)
        self.since_odd = np.where(odd, 0.0, self.since_odd)
        self.odd_side = np.where(odd, evidence.side, self.odd_side)
        self.opened_at = np.where(opens, evidence.position, self.opened_at)
        self.since_opened = np.where(opens, 0.0, self.since_opened)

    def _decide_drifts(self, evidence: Evidence, free: Bools, kind: Integers, score: Floats) -> None:
        moved = free & (evidence.drift >= DRIFT_THRESHOLD) & (self.drift_armed > 0)
        explained = moved & ((self.since_shift <= DRIFT_QUIET) | (self.since_drift <= DRIFT_QUIET))
        # Odd values of late may yet turn out to be a level shift, which says more.
        opens = moved & ~explained & (self.since_odd > DRIFT_WAITS) & (kind == NOTHING)
        _set(kind, score, opens, TREND_CHANGE, evidence.drift / DRIFT_THRESHOLD)
        self.since_drift = np.where(opens, 0.0, self.since_drift)
        calm = free & (evidence.drift < DRIFT_REARMS_BELOW * DRIFT_THRESHOLD)
        self.drift_armed = np.where(explained | opens, 0.0, np.where(calm, 1.0, self.drift_armed))

    def _decide_spreads(self, evidence: Evidence, free: Bools, kind: Integers, score: Floats) -> None:
        size = np.abs(evidence.spread)  # NaN on most days, which is neither large nor small
        settled = free & (self.since_shift > SPREAD_WAITS) & (self.since_flat > SPREAD_WAITS)
        opens = settled & (size >= SPREAD_THRESHOLD) & (self.spread_armed > 0) & (kind == NOTHING)
        _set(kind, score, opens, VARIANCE_CHANGE, size / SPREAD_THRESHOLD)
        calm = size < SPREAD_REARMS_BELOW * SPREAD_THRESHOLD
        self.spread_armed = np.where(opens, 0.0, np.where(calm, 1.0, self.spread_armed))


def _set(kind: Integers, score: Floats, where: Bools, code: int, value: Floats) -> None:
    """Write a kind and its score where nothing more pressing has been decided."""
    chosen = where & (kind == NOTHING)
    kind[chosen] = code
    score[chosen] = value[chosen]
