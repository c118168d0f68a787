"""What a sample says of everybody: estimates with 95 % confidence intervals, or why there is none."""

import math
from collections.abc import Sequence
from typing import NamedTuple

Z = 1.959963984540054  # of the normal distribution, two-sided 95 %
NOBODY = "nobody answered"
ONLY_ONE = "one answer says nothing of the spread"
ALL_SAME = "all answers are the same, so the sample shows no spread"


class Estimate(NamedTuple):
    """`value` is None where nothing can be said, `low` and `high` where no interval can; `why` says why."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def has_interval(self) -> bool:
        return self.low is not None


def cannot_say(why: str, n: int = 0) -> Estimate:
    return Estimate(None, None, None, n, why)


def wilson(successes: int, n: int) -> Estimate:
    """The share of successes with its Wilson score interval, all from 0 to 1.

    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22,
    209-212; method 3 of R. G. Newcombe (1998), Statistics in Medicine 17, 857-872. It holds its level
    for small samples and for shares near 0 and 1, where the textbook interval does not.
    Raises ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} cannot be")
    if n == 0:
        return cannot_say(NOBODY)
    share = successes / n
    middle = share + Z * Z / (2 * n)
    reach = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    low = 0.0 if successes == 0 else max(0.0, (middle - reach) / whole)
    high = 1.0 if successes == n else min(1.0, (middle + reach) / whole)
    return Estimate(share, low, high, n)


def mean(values: Sequence[float], *, least: float = -math.inf, most: float = math.inf) -> Estimate:
    """The arithmetic mean with Student's t interval, cut at the ends of the scale (`least`, `most`)."""
    n = len(values)
    if n == 0:
        return cannot_say(NOBODY)
    value = min(most, max(least, math.fsum(values) / n))
    if n == 1:
        return Estimate(value, None, None, n, ONLY_ONE)
    if min(values) == max(values):
        return Estimate(values[0], None, None, n, ALL_SAME)
    spread = math.sqrt(math.fsum((one - value) ** 2 for one in values) / (n - 1))
    reach = _student(n - 1) * spread / math.sqrt(n)
    return Estimate(value, max(least, value - reach), min(most, value + reach), n)


def geometric_mean(values: Sequence[float]) -> Estimate:
    """The geometric mean with the interval of the mean of the logarithms, for times on task.

    Times are skewed to the right; for fewer than 25 of them the geometric mean is the best estimate of the
    middle: J. Sauro and J. R. Lewis (2010), "Average task times in usability tests: what to report?",
    CHI 2010, 2347-2350. Raises ValueError for a value that is not above 0.
    """
    if any(not (value > 0 and math.isfinite(value)) for value in values):
        raise ValueError("a time must be above 0")
    logs = mean([math.log(value) for value in values])
    if logs.value is None:
        return logs
    low, high = (None if end is None else _exp(end) for end in (logs.low, logs.high))
    return Estimate(_exp(logs.value), low, high, logs.n, logs.why)


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))  # two times of different magnitudes reach further than a double


def _student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t."""
    from scipy.special import stdtrit  # half a second to import, and few requests need it

    return float(stdtrit(freedom, 0.975))
