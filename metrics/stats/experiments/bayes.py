"""The Bayesian reading: chance to win, expected loss, credible interval.

Proportions without a prior on the effect: a beta posterior for each arm from a uniform prior. Everything
else, and proportions with such a prior: a normal posterior of the effect.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import betainc, betaln, ndtr, ndtri

from metrics.stats.experiments.arms import Arm, CannotSay
from metrics.stats.experiments.effects import difference, lift

NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
WIDE = 9.0  # standard deviations of a posterior that are integrated over


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


@dataclass(frozen=True)
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

    def below(self, x: Any) -> Any:
        return betainc(self.a, self.b, np.clip(x, 0.0, 1.0))

    def density(self, x: Any) -> Any:
        inside = np.clip(x, 1e-300, 1 - 1e-16)
        log = (self.a - 1) * np.log(inside) + (self.b - 1) * np.log1p(-inside) - betaln(self.a, self.b)
        return np.where((x > 0) & (x < 1), np.exp(log), 0.0)

    def nodes(self) -> tuple[Any, Any]:
        """Points over all of the posterior that matters, and their weights times density."""
        low = max(0.0, self.mean - WIDE * self.deviation)
        high = min(1.0, self.mean + WIDE * self.deviation)
        points = low + (high - low) * (NODES + 1) / 2
        weights = WEIGHTS * self.density(points)
        return points, weights / weights.sum()


@dataclass(frozen=True)
class Betas:
    """Two beta posteriors compared, on the scale "absolute" or "relative"."""

    control: _Beta
    variant: _Beta
    scale: str
    name: str = "beta-binomial"

    @property
    def p(self) -> None:
        return None

    @cached_property
    def _nodes(self) -> tuple[Any, Any]:
        return self.control.nodes()

    @property
    def estimate(self) -> float:
        """The posterior mean: of the difference, or of the ratio less 1."""
        if self.scale == "absolute":
            return self.variant.mean - self.control.mean
        a, b = self.control.a, self.control.b
        return self.variant.mean * (a + b - 1) / (a - 1) - 1

    @property
    def chance(self) -> float:
        points, weights = self._nodes
        return float(np.clip(weights @ (1 - self.variant.below(points)), 0.0, 1.0))

    @property
    def loss(self) -> float:
        return self._lost(self.variant, self.control)

    @property
    def gain(self) -> float:
        return self._lost(self.control, self.variant)

    def _lost(self, taken: _Beta, left: _Beta) -> float:
        """The mean of how far `taken` lies below `left`: the integral of P(taken below x below left)."""
        ends = [arm.mean + side * WIDE * arm.deviation for arm in (taken, left) for side in (-1, 1)]
        low, high = max(0.0, min(ends)), min(1.0, max(ends))
        points = low + (high - low) * (NODES + 1) / 2
        lost = WEIGHTS @ (taken.below(points) * (1 - left.below(points))) * (high - low) / 2
        return float(lost) if self.scale == "absolute" else float(lost) / self.control.mean

    def interval(self, alpha: float) -> tuple[float, float]:
        start = self._start()
        return self._quantile(start, alpha / 2), self._quantile(start, 1 - alpha / 2)

    def _start(self) -> tuple[float, float]:
        a, b = self.control, self.variant
        if self.scale == "absolute":
            return b.mean - a.mean, math.hypot(a.deviation, b.deviation)
        return b.mean / a.mean, math.hypot(b.deviation / a.mean, a.deviation * b.mean / a.mean**2)

    def _quantile(self, start: tuple[float, float], share: float) -> float:
        """Where the distribution of the effect reaches `share`: halving, quickened by its density."""
        points, weights = self._nodes
        middle, spread = start
        floor = -1.0 if self.scale == "absolute" else 0.0
        low, high = floor, (1.0 if self.scale == "absolute" else max(10.0, middle + 60 * spread))
        at = min(max(middle + spread * float(ndtri(share)), floor + 1e-12), high)
        for _ in range(40):
            moved = points + at if self.scale == "absolute" else points * at
            over = float(weights @ self.variant.below(moved)) - share
            low, high = (at, high) if over < 0 else (low, at)
            slopes = self.variant.density(moved) * (1.0 if self.scale == "absolute" else points)
            slope = float(weights @ slopes)
            step = over / slope if slope > 0 else math.inf
            if abs(step) < 1e-9 * spread:
                break
            at = at - step if low < at - step < high else (low + high) / 2
        return at if self.scale == "absolute" else at - 1


def posterior(control: Arm, variant: Arm, scale: str, prior: Prior | None) -> Normal | Betas:
    """What is believed of the effect, on the scale "absolute" or "relative"; raises `CannotSay`."""
    if prior is None and control.count is not None and variant.count is not None:
        if scale == "relative" and control.count == 0:
            raise CannotSay("nobody in the control converted, and nothing is a share of 0")
        arms = [_Beta(1 + (arm.count or 0), 1 + arm.n - (arm.count or 0)) for arm in (control, variant)]
        return Betas(arms[0], arms[1], scale)
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
