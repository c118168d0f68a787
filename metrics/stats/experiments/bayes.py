"""The Bayesian reading: chance to win, expected loss, credible interval.

Proportions without a prior on the effect: a beta posterior for each arm from a uniform prior. Everything
else, and proportions with such a prior: a normal posterior of the effect.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from scipy.special import betainc, betaln, ndtr, ndtri

from metrics.stats.experiments.arms import Arm, CannotSay
from metrics.stats.experiments.effects import difference, lift

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
WIDE = 8.0  # standard deviations of a posterior that are integrated over


@dataclass(frozen=True, slots=True)
class Prior:
    """A normal prior on the relative effect: 0 and 0.3 say "most changes move a KPI by less than 60 %"."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal posterior of one effect. It is its own estimate's distribution; there is no p."""

    estimate: float
    error: float
    name: str = "normal posterior"

    @property
    def p(self) -> None:
        return None

    @property
    def chance(self) -> float:
        """The chance that the variant lies above the control."""
        return float(ndtr(self.estimate / self.error))

    @property
    def loss(self) -> float:
        """What is lost on average by taking the variant where it lies below the control."""
        return _loss(self.estimate, self.error)

    @property
    def gain(self) -> float:
        """What is lost on average by keeping the control where the variant lies above it."""
        return _loss(-self.estimate, self.error)

    def interval(self, alpha: float) -> tuple[float, float]:
        reach = -float(ndtri(alpha / 2)) * self.error
        return self.estimate - reach, self.estimate + reach


def _loss(mean: float, error: float) -> float:
    size = mean / error
    density = math.exp(-size * size / 2) / math.sqrt(2 * math.pi)
    return max(0.0, error * density - mean * float(ndtr(-size)))


@dataclass(frozen=True, slots=True)
class _Beta:
    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def deviation(self) -> float:
        whole = self.a + self.b
        return math.sqrt(self.a * self.b / (whole * whole * (whole + 1)))

    @property
    def third(self) -> float:
        """The third central moment."""
        whole = self.a + self.b
        skewness = 2 * (self.b - self.a) * math.sqrt(whole + 1) / ((whole + 2) * math.sqrt(self.a * self.b))
        return skewness * self.deviation**3

    def below(self, x: Any) -> Any:
        return betainc(self.a, self.b, np.minimum(np.maximum(x, 0.0), 1.0))

    def density(self, x: Any) -> Any:
        inside = np.minimum(np.maximum(x, 1e-300), 1 - 1e-16)
        log = (self.a - 1) * np.log(inside) + (self.b - 1) * np.log1p(-inside) - betaln(self.a, self.b)
        return np.where((x > 0) & (x < 1), np.exp(log), 0.0)


class _Pair:
    """Two beta posteriors, integrated over once for both scales."""

    def __init__(self, control: _Beta, variant: _Beta) -> None:
        self.control, self.variant = control, variant

    @cached_property
    def nodes(self) -> tuple[Any, Any]:
        """Points over all of the control's posterior that matters, and their weights times density."""
        arm = self.control
        low = max(0.0, arm.mean - WIDE * arm.deviation)
        high = min(1.0, arm.mean + WIDE * arm.deviation)
        points = low + (high - low) * (NODES + 1) / 2
        weights = WEIGHTS * arm.density(points)
        return points, weights / weights.sum()

    @cached_property
    def chance(self) -> float:
        points, weights = self.nodes
        return min(max(float(weights @ (1 - self.variant.below(points))), 0.0), 1.0)

    @cached_property
    def losses(self) -> tuple[float, float]:
        """How far the variant lies below the control on average where it does, and the other way round: the
        integral of P(one below x) P(other above x).
        """
        a, b = self.control, self.variant
        low = max(0.0, min(arm.mean - WIDE * arm.deviation for arm in (a, b)))
        high = min(1.0, max(arm.mean + WIDE * arm.deviation for arm in (a, b)))
        points = low + (high - low) * (NODES + 1) / 2
        weights = WEIGHTS * (high - low) / 2
        under, over = a.below(points), b.below(points)
        return float(weights @ (over * (1 - under))), float(weights @ (under * (1 - over)))

    def quantiles(self, starts: Any, shares: Any, spread: float, relative: bool) -> Any:
        """Where the distribution of difference or ratio reaches these shares, by Newton's steps from near."""
        points, weights = self.nodes
        at = starts
        for _ in range(60):
            moved = points * at[:, None] if relative else points + at[:, None]
            slopes = self.variant.density(moved) * (points if relative else 1.0)
            over = self.variant.below(moved) @ weights - shares
            step = over / np.maximum(slopes @ weights, 1e-3 / spread)
            step = np.minimum(np.maximum(step, -spread), spread)
            at = at - step
            if np.abs(step).max() < 1e-6 * spread:
                break
        return at


@dataclass(frozen=True)
class Betas:
    """Two beta posteriors compared, on the scale "absolute" or "relative"."""

    pair: _Pair
    scale: str
    name: str = "beta-binomial"

    @property
    def p(self) -> None:
        return None

    @property
    def estimate(self) -> float:
        """The posterior mean: of the difference, or of the ratio less 1."""
        control, variant = self.pair.control, self.pair.variant
        if self.scale == "absolute":
            return variant.mean - control.mean
        return variant.mean * (control.a + control.b - 1) / (control.a - 1) - 1

    @property
    def chance(self) -> float:
        return self.pair.chance

    @property
    def loss(self) -> float:
        return self.pair.losses[0] * self._unit

    @property
    def gain(self) -> float:
        return self.pair.losses[1] * self._unit

    @property
    def _unit(self) -> float:
        return 1.0 if self.scale == "absolute" else 1 / self.pair.control.mean

    def interval(self, alpha: float) -> tuple[float, float]:
        if alpha not in self._intervals:
            self._intervals[alpha] = self._interval(alpha)
        return self._intervals[alpha]

    @cached_property
    def _intervals(self) -> dict[float, tuple[float, float]]:
        return {}

    def _interval(self, alpha: float) -> tuple[float, float]:
        a, b = self.pair.control, self.pair.variant
        shares = np.array([alpha / 2, 1 - alpha / 2])
        z = float(ndtri(alpha / 2)) * np.array([1.0, -1.0])
        if self.scale == "absolute":
            spread = math.hypot(a.deviation, b.deviation)
            bent = (z * z - 1) * (b.third - a.third) / spread**3 / 6
            found = self.pair.quantiles(b.mean - a.mean + spread * (z + bent), shares, spread, relative=False)
            return float(found[0]), float(found[1])
        log = math.hypot(a.deviation / a.mean, b.deviation / b.mean)
        start = b.mean / a.mean
        found = self.pair.quantiles(start * np.exp(z * log), shares, start * log, relative=True)
        return float(found[0]) - 1, float(found[1]) - 1


@lru_cache(maxsize=2)
def pair_of(control: Arm, variant: Arm) -> _Pair:
    """Both scales of one comparison are asked one after the other, and share their integrals."""
    arms = [_Beta(1 + (arm.count or 0), 1 + arm.n - (arm.count or 0)) for arm in (control, variant)]
    return _Pair(arms[0], arms[1])


def posterior(control: Arm, variant: Arm, scale: str, prior: Prior | None) -> Normal | Betas:
    """What is believed of the effect, on the scale "absolute" or "relative"; raises `CannotSay`."""
    if prior is None and control.count is not None and variant.count is not None:
        if scale == "relative" and control.count == 0:
            raise CannotSay("nobody in the control converted, and nothing is a share of 0")
        return Betas(pair_of(control, variant), scale)
    if scale == "relative":
        estimate, error = lift(control, variant)
        believed = prior
    else:
        estimate, error = difference(control, variant)
        believed = prior and _on_scale_of(control, prior)
    if believed is None:
        return Normal(estimate, math.sqrt(error))
    weight, own = 1 / believed.deviation**2, 1 / error
    return Normal((believed.mean * weight + estimate * own) / (weight + own), (weight + own) ** -0.5)


def _on_scale_of(control: Arm, prior: Prior) -> Prior:
    base = abs(control.mean if control.base is None else control.base)
    if base == 0:
        raise CannotSay("the control is 0, so that a prior on relative effects says nothing of it")
    return Prior(prior.mean * base, prior.deviation * base)
