"""A KPI's mean and the spread of one unit, as far as its series of period means tells them."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple


class OfUnit(NamedTuple):
    """`baseline`: the mean of the recent periods. `spread`: the standard deviation of one unit, or None."""

    baseline: float
    spread: float | None


def of_unit(values: Sequence[float], *, lag: int, units: float | None) -> OfUnit | None:
    """What a series of means over `units` units a period says of one unit; None of fewer than 8 values.

    The mean of n units scatters by spread / √n, so spread = √n times the scatter of the periods. That is half
    the variance of the change over `lag` periods (seven of days), which leaves weekdays and slow trends out.
    What else moves the periods is in it, so that it is rather too large: a test planned by it is safe.
    """
    if len(values) < 8:
        return None
    changes = [after - before for before, after in zip(values, values[lag:], strict=False)]
    spread = None
    if units and len(changes) > 3:
        spread = math.sqrt(units * statistics.fmean(one * one for one in changes) / 2) or None
    return OfUnit(statistics.fmean(values), spread)
