"""What one variant shows of one KPI: so many units, their mean, and how much units differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

LARGEST = 1e150  # beyond this, squares of numbers overflow
TINY = 1e-12  # a variance smaller than this share of the sum of squares is rounding


class CannotSay(ValueError):
    """The numbers do not carry a statement; the message says why, fit to follow "because"."""


@dataclass(frozen=True, slots=True)
class Arm:
    """`variance` is of one unit, so that the squared standard error of `mean` is `variance / n`.

    `count` is set for proportions only. `base` is the mean that a relative effect is measured against where
    it is not `mean` itself: the one before adjustment by the time before the experiment.
    """

    n: int
    mean: float
    variance: float
    count: int | None = None
    base: float | None = None

    @property
    def error(self) -> float:
        """The squared standard error of the mean."""
        return self.variance / self.n


def _units(n: int, least: int = 2) -> None:
    if n < 0:
        raise CannotSay(f"the number of units is negative ({n:,})")
    if n == 0:
        raise CannotSay("no unit has been counted yet")
    if n < least:
        raise CannotSay("a single unit says nothing of how units differ")


def _bounded(*numbers: float) -> None:
    if any(abs(number) > LARGEST for number in numbers):
        raise CannotSay("a number is too large to be computed with")


def proportion(n: int, count: float) -> Arm:
    """`count` of `n` units did it. Raises `CannotSay` for n below 2, or a count below 0 or above n."""
    _units(n)
    if count < 0:
        raise CannotSay(f"the count is negative ({count:g})")
    if count != int(count):
        raise CannotSay(f"the count {count:g} is not a whole number; send “sum” and “sum_squares” of amounts")
    if count > n:
        raise CannotSay(
            f"{count:,.0f} of {n:,} units is more than all; "
            "send “sum” and “sum_squares” if a unit may count twice"
        )
    share = count / n
    return Arm(n, share, share * (1 - share), count=int(count))


def _spread(n: int, total: float, squares: float, words: str = "sum of squares") -> float:
    """The variance of one unit (n - 1 in the denominator)."""
    _bounded(total, squares)
    if squares < 0:
        raise CannotSay(f"the {words} is negative ({squares:g})")
    left = squares - total * total / n
    if left < -1e-9 * squares:
        raise CannotSay(f"the {words} is too small for its sum: the variance would be negative")
    return left / (n - 1) if left > TINY * squares else 0.0


def _joint(n: int, a: float, b: float, products: float) -> float:
    """The covariance of two things of one unit."""
    _bounded(a, b, products)
    return (products - a * b / n) / (n - 1)


def mean(n: int, total: float, squares: float) -> Arm:
    """From the sum and the sum of squares over units. Raises `CannotSay`, for a negative variance too."""
    _units(n)
    return Arm(n, total / n, _spread(n, total, squares))


def ratio(n: int, total: float, squares: float, below: float, below_squares: float, products: float) -> Arm:
    """A sum over a sum whose parts both vary from unit to unit, by the delta method.

    `products` is the sum over units of numerator times denominator.
    """
    _units(n)
    spread, under = (
        _spread(n, total, squares),
        _spread(n, below, below_squares, "denominator's sum of squares"),
    )
    if below <= 0:
        raise CannotSay("the denominator adds up to nothing" if below == 0 else "the denominator is negative")
    together = _joint(n, total, below, products)
    if together * together > spread * under * (1 + 1e-9) + 1e-300:
        raise CannotSay("the sum of products does not fit the sums of squares")
    value, middle = total / below, below / n
    if middle * middle == 0:
        raise CannotSay("the denominator is too small to be computed with")
    variance = (spread - 2 * value * together + value * value * under) / (middle * middle)
    return Arm(n, value, variance if variance > TINY * (spread + value**2 * under) / middle**2 else 0.0)


def quantile(values: Sequence[float], share: float) -> Arm:
    """A quantile of raw values, one a unit. Its error is that of the order statistics about it: the distance
    of those where a 95 % interval ends, over twice 1.96 (as in Deng, Knoblich and Lu 2018, for units that are
    independent of each other).
    """
    n = len(values)
    _units(n)
    ordered = np.sort(np.asarray(values, dtype=float))
    _bounded(float(ordered[0]), float(ordered[-1]))
    z = float(ndtri(0.975))
    half = z * math.sqrt(n * share * (1 - share))
    first, last = math.floor(n * share - half), math.ceil(n * share + half)
    if first < 0 or last > n - 1:
        raise CannotSay(f"{n:,} values are too few for an interval about their {share:.0%} quantile")
    error = (float(ordered[last]) - float(ordered[first])) / (2 * z)
    return Arm(n, float(np.quantile(ordered, share)), error * error * n)


@dataclass(frozen=True, slots=True)
class Before:
    """The same units before the experiment: sum, sum of squares, and sum of (now times before)."""

    total: float
    squares: float
    products: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Two arms after CUPED. `kept` is the share of variance that is left."""

    control: Arm
    variant: Arm
    theta: float
    kept: float


def cuped(control: Arm, variant: Arm, before: tuple[Before, Before]) -> Adjusted:
    """Both arms, freed of what the time before explains (Deng, Xu, Kohavi and Walker 2013).

    One theta for both: the one that makes the variance of their difference the smallest.
    """
    spreads, joints, means = [], [], []
    for arm, earlier in zip((control, variant), before, strict=True):
        spread = _spread(arm.n, earlier.total, earlier.squares, "sum of squares before the experiment")
        joint = _joint(arm.n, arm.mean * arm.n, earlier.total, earlier.products)
        if joint * joint > spread * arm.variance * arm.n / (arm.n - 1) * (1 + 1e-9) + 1e-300:
            raise CannotSay("the sum of products with the time before does not fit the sums of squares")
        spreads.append(spread)
        joints.append(joint)
        means.append(earlier.total / arm.n)
    over = spreads[0] / control.n + spreads[1] / variant.n
    if over <= 0:
        raise CannotSay("nothing varied before the experiment")
    theta = (joints[0] / control.n + joints[1] / variant.n) / over
    done = []
    for arm, spread, joint, earlier_mean in zip((control, variant), spreads, joints, means, strict=True):
        left = arm.variance + theta * theta * spread - 2 * theta * joint
        moved = arm.mean - theta * (earlier_mean - means[0])
        done.append(Arm(arm.n, moved, max(left, 0.0), base=arm.mean))
    raw = control.error + variant.error
    kept = (done[0].error + done[1].error) / raw if raw else 1.0
    return Adjusted(done[0], done[1], theta, kept)
