"""How many units an experiment needs, how long that takes, and what effect it could see."""

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri

from metrics.stats.experiments.arms import CannotSay


@dataclass(frozen=True, slots=True)
class Sizing:
    """Units in the control, in each variant, and in all together."""

    control: int
    variant: int
    total: int


def reach(alpha: float, power: float, comparisons: int = 1) -> float:
    """Standard errors that an effect must measure to be found with that power, two-sided."""
    if not (0 < alpha < 1 and 0 < power < 1 and alpha / comparisons < power):
        raise CannotSay("alpha and power lie between 0 and 1, and power above alpha")
    return float(ndtri(power) - ndtri(alpha / (2 * comparisons)))


def _spread(baseline: float, shift: float, variance: float | None) -> tuple[float, float]:
    """The variances of one unit in control and variant; a proportion's (variance None) depend on its mean."""
    if variance is not None:
        if not variance > 0:
            raise CannotSay("the variance must be above 0")
        return variance, variance
    moved = baseline + shift
    if not 0 < baseline < 1:
        raise CannotSay("a proportion's baseline lies between 0 and 1")
    if not 0 < moved < 1:
        raise CannotSay(f"the effect would move the proportion to {moved:.4g}, and it lies between 0 and 1")
    return baseline * (1 - baseline), moved * (1 - moved)


def sample_size(
    *,
    baseline: float,
    effect: float,
    variance: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    variants: int = 1,
    control_share: float | None = None,
    explained: float = 0.0,
) -> Sizing:
    """Units for a two-sided z test of the difference of means.

    `effect`: the smallest relative effect to be seen (0.05 is 5 % of the baseline; its sign matters for
    proportions). `variance`: of one unit; None for a proportion. `variants`: how many are compared with the
    control; each comparison is tested at alpha over their number. `control_share`: of all units, equal parts
    if None. `explained`: the share of variance that the time before explains (CUPED). Raises `CannotSay`.
    """
    if variants < 1:
        raise CannotSay("at least one variant is compared with the control")
    shift = baseline * effect
    if shift == 0:
        raise CannotSay("an effect of 0 is never seen; the baseline and the effect must differ from 0")
    if not 0 <= explained < 1:
        raise CannotSay("the share explained by the time before lies between 0 and 1")
    share = 1 / (variants + 1) if control_share is None else control_share
    if not 0 < share < 1:
        raise CannotSay("the control's share lies between 0 and 1")
    each = (1 - share) / variants
    a, b = _spread(baseline, shift, variance)
    total = (reach(alpha, power, variants) / shift) ** 2 * (a / share + b / each) * (1 - explained)
    control, variant = math.ceil(total * share), math.ceil(total * each)
    return Sizing(control, variant, control + variants * variant)


def duration(total: int, units_a_day: float, *, least: int = 7) -> int:
    """Days until so many units have come, in whole weeks and at least `least` days: every weekday counts the
    same. Raises `CannotSay` where nobody comes.
    """
    if not units_a_day > 0:
        raise CannotSay("nobody comes: units a day must be above 0")
    days = max(math.ceil(total / units_a_day), least, 1)
    return math.ceil(days / 7) * 7


def detectable(
    *,
    baseline: float,
    control: int,
    variant: int,
    variance: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    comparisons: int = 1,
) -> float:
    """The smallest relative effect upwards that so many units show with that power. Raises `CannotSay`."""
    if min(control, variant) < 2:
        raise CannotSay("each variant needs two units at least")
    if baseline == 0:
        raise CannotSay("nothing is a share of a baseline of 0")
    wide = reach(alpha, power, comparisons)
    if variance is not None:
        a, b = _spread(baseline, 0.0, variance)
        return wide * math.sqrt(a / control + b / variant) / abs(baseline)
    _spread(baseline, 0.0, None)
    # q = baseline + shift solves shift² = reach² (p(1-p)/n + q(1-q)/m): a square equation in the shift.
    square, p = wide * wide, baseline
    first = 1 + square / variant
    second = -square * (1 - 2 * p) / variant
    third = -square * p * (1 - p) * (1 / control + 1 / variant)
    shift = (-second + math.sqrt(second * second - 4 * first * third)) / (2 * first)
    if p + shift >= 1:
        raise CannotSay("so few units show no effect that a proportion could have")
    return shift / p


def power_of(effect: float, error: float, alpha: float) -> float:
    """The chance that a z test finds an effect whose standard error is `error`."""
    if not error > 0:
        raise CannotSay("there is no variance")
    z, size = -float(ndtri(alpha / 2)), abs(effect) / error
    return float(ndtr(size - z) + ndtr(-size - z))
