"""A variant against the control: an estimate, and a p and an interval that come from one and the same test.

Every class here has `estimate`, `p` and `interval(alpha)`, and its interval leaves out 0 exactly where its p
is below alpha. `name` says which test it is.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from metrics.stats.experiments.arms import Arm, CannotSay

FEW = 10  # with fewer conversions, or fewer units without one, a proportion is not near enough to normal


class Effect(Protocol):
    """What is known of one effect."""

    @property
    def name(self) -> str: ...
    @property
    def estimate(self) -> float: ...
    @property
    def p(self) -> float | None: ...
    def interval(self, alpha: float) -> tuple[float, float]: ...


@dataclass(frozen=True, slots=True)
class Wald:
    """Estimate and standard error, by Student's t with `degrees` or, without them, by the normal."""

    estimate: float
    error: float
    degrees: float | None
    name: str

    @property
    def p(self) -> float:
        size = -abs(self.estimate) / self.error
        tail = ndtr(size) if self.degrees is None else stdtr(self.degrees, size)
        return min(1.0, 2 * float(tail))

    def interval(self, alpha: float) -> tuple[float, float]:
        tail = alpha / 2
        reach = -float(ndtri(tail) if self.degrees is None else stdtrit(self.degrees, tail)) * self.error
        return self.estimate - reach, self.estimate + reach


def _wilson(count: int, n: int, z: float) -> tuple[float, float]:
    share, square = count / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return (0.0 if count == 0 else middle - reach), (1.0 if count == n else middle + reach)


def wilson(count: int, n: int, alpha: float) -> tuple[float, float]:
    """Wilson's interval for one proportion."""
    return _wilson(count, n, -float(ndtri(alpha / 2)))


@dataclass(frozen=True, slots=True)
class Newcombe:
    """The difference of two proportions by Newcombe's hybrid score interval (1998, method 10).

    Its p is the alpha at which the interval just touches 0.
    """

    control: Arm
    variant: Arm
    name: str = "Newcombe"

    @property
    def estimate(self) -> float:
        return self.variant.mean - self.control.mean

    def _at(self, z: float) -> tuple[float, float]:
        low_a, high_a = _wilson(self.control.count or 0, self.control.n, z)
        low_b, high_b = _wilson(self.variant.count or 0, self.variant.n, z)
        a, b = self.control.mean, self.variant.mean
        return (
            b - a - math.hypot(b - low_b, high_a - a),
            b - a + math.hypot(high_b - b, a - low_a),
        )

    def interval(self, alpha: float) -> tuple[float, float]:
        return self._at(-float(ndtri(alpha / 2)))

    @property
    def p(self) -> float:
        if self.estimate == 0:
            return 1.0
        side = 0 if self.estimate > 0 else 1
        sign = 1 if side == 0 else -1
        low, high = 0.0, 40.0
        for _ in range(60):
            middle = (low + high) / 2
            if sign * self._at(middle)[side] > 0:
                low = middle
            else:
                high = middle
        return min(1.0, 2 * float(ndtr(-low)))


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The ratio of two proportions less 1, by the normal on its logarithm (Katz and others 1978)."""

    control: Arm
    variant: Arm
    name: str = "log ratio"

    @property
    def _logarithm(self) -> Wald:
        a, b = self.control, self.variant
        error = math.sqrt(1 / (b.count or 1) - 1 / b.n + 1 / (a.count or 1) - 1 / a.n)
        return Wald(math.log(b.mean / a.mean), error, None, self.name)

    @property
    def estimate(self) -> float:
        return self.variant.mean / self.control.mean - 1

    @property
    def p(self) -> float:
        return self._logarithm.p

    def interval(self, alpha: float) -> tuple[float, float]:
        low, high = self._logarithm.interval(alpha)
        return math.expm1(low), math.expm1(high)


def difference(control: Arm, variant: Arm) -> tuple[float, float]:
    """(variant less control, its squared standard error); raises `CannotSay` where nothing varies."""
    error = control.error + variant.error
    if not error > 0:
        raise CannotSay(_still(control, variant))
    return variant.mean - control.mean, error


def lift(control: Arm, variant: Arm) -> tuple[float, float]:
    """(the difference as a share of the control's mean, its squared standard error by the delta method)."""
    base = control.mean if control.base is None else control.base
    if not control.error + variant.error > 0:
        raise CannotSay(_still(control, variant))
    if base == 0:
        raise CannotSay("the control is 0, and nothing is a share of 0")
    if base < 0:
        raise CannotSay("the control is negative, and a share of it would turn better into worse")
    gap = variant.mean - control.mean
    error = variant.error / base**2 + control.error * (base + gap) ** 2 / base**4
    if not math.isfinite(error) or error <= 0:
        raise CannotSay("the control is too near to 0 to take a share of it")
    return gap / base, error


def degrees(control: Arm, variant: Arm) -> float:
    """Welch and Satterthwaite's degrees of freedom of the difference of two means."""
    a, b = control.error, variant.error
    whole = a + b
    under = (a / whole) ** 2 / (control.n - 1) + (b / whole) ** 2 / (variant.n - 1)
    return 1 / under


def fixed(control: Arm, variant: Arm, scale: str, *, normal: bool = False) -> Effect:
    """The effect at a fixed horizon, on the scale "absolute" or "relative".

    Means, ratios and adjusted arms: Welch's t, for a share with the delta method. Proportions: z, or with few
    conversions Newcombe's interval and the log ratio. `normal`: z for what has no degrees of freedom.
    """
    if control.count is not None and variant.count is not None and _few(control, variant):
        return _of_few(control, variant, scale)
    estimate, error = difference(control, variant) if scale == "absolute" else lift(control, variant)
    proportions = control.count is not None and variant.count is not None
    if normal or (proportions and scale == "absolute"):
        return Wald(estimate, math.sqrt(error), None, "z")
    name = "Welch t" if scale == "absolute" else "Welch t, delta method"
    return Wald(estimate, math.sqrt(error), degrees(control, variant), name)


def _few(control: Arm, variant: Arm) -> bool:
    return any(min(arm.count or 0, arm.n - (arm.count or 0)) < FEW for arm in (control, variant))


def _of_few(control: Arm, variant: Arm, scale: str) -> Effect:
    a, b = control.count or 0, variant.count or 0
    if (a == 0 and b == 0) or (a == control.n and b == variant.n):
        raise CannotSay(_still(control, variant))
    if scale == "absolute":
        return Newcombe(control, variant)
    if a == 0:
        raise CannotSay("nobody in the control converted, and nothing is a share of 0")
    if b == 0:
        raise CannotSay("nobody in the variant converted, which bounds no share of the control")
    return LogRatio(control, variant)


def _still(control: Arm, variant: Arm) -> str:
    if control.count == 0 and variant.count == 0:
        return "nobody converted in either variant"
    if control.count is not None and control.count == control.n and variant.count == variant.n:
        return "everybody converted in both variants"
    return "every unit shows the same: there is no variance to judge the difference by"
