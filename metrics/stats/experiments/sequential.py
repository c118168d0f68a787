"""Effects that may be looked at every day: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
sequences" (2021), theorem 2.2 for the sequence and equation 24 for the rho that makes it tightest about a
number of units chosen in advance.
"""

import math
from dataclasses import dataclass

from metrics.stats.experiments.arms import Arm
from metrics.stats.experiments.effects import difference, lift

TIGHTEST = 5_000  # units at which the sequence is tightest, where nobody said how many there will be


def rho_squared(alpha: float, tightest: float) -> float:
    """The squared rho that makes a sequence of level `alpha` tightest at so many units in both arms."""
    size = -2 * math.log(alpha)
    return (size + math.log(size + 1)) / tightest


@dataclass(frozen=True, slots=True)
class Sequence:
    """`units` in both arms together. Its interval holds at all times at once, with probability 1 - alpha."""

    estimate: float
    error: float
    units: int
    rho_squared: float
    name: str = "confidence sequence"

    @property
    def _grown(self) -> float:
        return self.units * self.rho_squared + 1

    @property
    def p(self) -> float:
        grown = self._grown
        size = self.estimate / self.error
        log = math.log(grown) / 2 - size * size * self.units * self.rho_squared / (2 * grown)
        return min(1.0, math.exp(log)) if log < 0 else 1.0

    def interval(self, alpha: float) -> tuple[float, float]:
        grown = self._grown
        log = math.log(grown) / 2 - math.log(alpha)
        reach = self.error * math.sqrt(2 * grown / (self.units * self.rho_squared) * log)
        return self.estimate - reach, self.estimate + reach


def sequence(control: Arm, variant: Arm, scale: str, *, alpha: float, tightest: float) -> Sequence:
    """The effect so far, on the scale "absolute" or "relative"; raises `CannotSay`."""
    estimate, error = difference(control, variant) if scale == "absolute" else lift(control, variant)
    units = control.n + variant.n
    return Sequence(estimate, math.sqrt(error), units, rho_squared(alpha, tightest))
