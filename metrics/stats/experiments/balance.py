"""Whether units came to the variants in the shares that were configured (sample ratio mismatch)."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import bdtrc, chdtrc

from metrics.stats.experiments.arms import CannotSay

ALARM = 0.001  # p below which shares are called wrong
LEAST = 0.005  # and the share of its expected units by which a variant must be off at least
FEWEST = 8  # units expected in every variant, or chi-square says nothing


@dataclass(frozen=True, slots=True)
class Balance:
    """`off`: by what share of its expected units the variant that is off the most is off."""

    p: float
    statistic: float
    degrees: int
    off: float
    expected: tuple[float, ...]
    mismatch: bool


def balance(
    units: Sequence[int], shares: Sequence[float], *, alarm: float = ALARM, least: float = LEAST
) -> Balance:
    """Pearson's chi-square of the units on the configured shares, which need not add up to 1.

    With millions of units a difference that changes nothing is "significant" too: below `least` it is no
    mismatch, whatever its p. Where a variant expects too few units for chi-square, only far too many of them
    can be told: p is then the binomial probability of so many, over all variants. Raises `CannotSay`.
    """
    whole, total = sum(shares), sum(units)
    if len(units) < 2:
        raise CannotSay("there is only one variant")
    if any(number < 0 for number in units):
        raise CannotSay("a number of units is negative")
    if total == 0:
        raise CannotSay("no unit has been counted yet")
    expected = tuple(total * share / whole for share in shares)
    statistic = sum((seen - wanted) ** 2 / wanted for seen, wanted in zip(units, expected, strict=True))
    off = max(abs(seen - wanted) / wanted for seen, wanted in zip(units, expected, strict=True))
    if min(expected) < FEWEST:
        p = _too_many(units, expected, total)
        if p >= alarm:
            raise CannotSay(f"a variant expects fewer than {FEWEST} units so far")
    else:
        p = float(chdtrc(len(units) - 1, statistic))
    return Balance(p, statistic, len(units) - 1, off, expected, p < alarm and off >= least)


def _too_many(units: Sequence[int], expected: Sequence[float], total: int) -> float:
    """How likely it is that some variant gets as many units as the oddest one here, or as odd a few."""
    tails = (
        float(bdtrc(seen - 1, total, wanted / total))
        for seen, wanted in zip(units, expected, strict=True)
        if seen > wanted and wanted < FEWEST
    )
    return min(1.0, 2 * len(units) * min(tails, default=1.0))
