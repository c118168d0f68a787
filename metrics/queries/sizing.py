"""How large a test of a KPI has to be, with baseline and spread read from its own series."""

import math
from dataclasses import dataclass, field

from metrics.models import Grain, KpiRole, Point, Unit
from metrics.stats.experiments.arms import CannotSay
from metrics.stats.experiments.planning import detectable, duration, sample_size
from metrics.stats.unit_spread import of_unit

RECENT = 56  # values
LAGS = {Grain.HOUR: 24, Grain.DAY: 7, Grain.WEEK: 1, Grain.MONTH: 1}
A_DAY = {Grain.HOUR: 1 / 24, Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30.4}
WEEKS = (1, 2, 3, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class Sized:
    """What the calculator says: `per_variant` and `total` units, `days` or None; or `cannot`, why it cannot.

    `reach` are [(weeks, smallest relative effect seen)]. `baseline`, `spread` are what was reckoned with and
    `sources` where they come from.
    """

    baseline: float | None = None
    spread: float | None = None
    per_variant: int | None = None
    total: int | None = None
    days: int | None = None
    reach: list = field(default_factory=list)
    sources: list = field(default_factory=list)
    cannot: str = ""


def read_series(kpi, daily_units=None):
    """(baseline, spread of a unit or None) of a KPI by its newest values, or (None, None). One query."""
    values = list(
        Point.objects.main().filter(kpi=kpi).order_by("-period").values_list("value", flat=True)[:RECENT]
    )
    scale = 100 if kpi.unit == Unit.PERCENT else 1
    units = daily_units * A_DAY[kpi.grain] if daily_units else None
    found = of_unit([value / scale for value in reversed(values)], lag=LAGS[kpi.grain], units=units)
    return (found.baseline, found.spread) if found else (None, None)


def size(
    *,
    kpi=None,
    proportion=True,
    baseline=None,
    spread=None,
    mde=None,
    alpha=0.05,
    power=0.8,
    variants=2,
    control_share=None,
    daily_units=None,
    least_days=7,
):
    """Units and days for a test; what is not given is read from the KPI's series where that tells it."""
    sources = []
    if kpi is not None and (baseline is None or (spread is None and not proportion)):
        read, scatter = read_series(kpi, daily_units)
        if baseline is None and read is not None:
            baseline = read
            sources.append(f"Baseline: the mean of the newest {RECENT} values of {kpi.name}.")
        if spread is None and not proportion and scatter is not None:
            spread = scatter
            sources.append(
                "Standard deviation: from how the values scatter around the same day a week before, times "
                "the root of the units a day. Other movement is in it, so it is rather too large."
            )
    known = {"baseline": baseline, "spread": None if proportion else spread, "sources": sources}
    if baseline is None:
        return Sized(**known, cannot="It needs a baseline: type it, or choose a KPI that has values.")
    if not proportion and spread is None:
        return Sized(
            **known,
            cannot="It needs the standard deviation of one unit: type it, or how many units come a day and a "
            "KPI that has values.",
        )
    if mde is None:
        return Sized(**known, cannot="It needs the smallest effect worth finding.")
    variance = None if proportion else spread * spread
    try:
        need = sample_size(
            baseline=baseline,
            effect=mde,
            variance=variance,
            alpha=alpha,
            power=power,
            variants=variants - 1,
            control_share=control_share,
        )
        days = duration(need.total, daily_units, least=least_days) if daily_units else None
    except (CannotSay, OverflowError) as error:
        return Sized(**known, cannot=f"It cannot say because {error}.")
    shared = {"baseline": baseline, "variance": variance, "alpha": alpha, "power": power}
    reach = _reach(shared, variants, control_share, daily_units)
    largest = max(need.control, need.variant)
    return Sized(**known, per_variant=largest, total=need.total, days=days, reach=reach)


def _reach(shared, variants, control_share, daily_units):
    """The smallest effect that each number of weeks would show."""
    if not daily_units:
        return []
    share = control_share or 1 / variants
    found = []
    for weeks in WEEKS:
        units = daily_units * 7 * weeks
        control, each = math.floor(units * share), math.floor(units * (1 - share) / (variants - 1))
        try:
            seen = detectable(control=control, variant=each, comparisons=variants - 1, **shared)
        except CannotSay:
            continue
        found.append((weeks, seen))
    return found


def size_of(experiment, **typed):
    """The same of an experiment: its primary KPI, variants and design, over which `typed` goes."""
    rows = list(experiment.kpis.for_list())
    primary = next((one for one in rows if one.role == KpiRole.PRIMARY), None)
    variants = list(experiment.variants.all())
    control = next((one for one in variants if one.is_control), None)
    said = {
        name: typed.get(name, getattr(experiment, name))
        for name in ("baseline", "spread", "mde", "alpha", "power", "daily_units")
    }
    return size(
        kpi=primary.kpi if primary else None,
        proportion=primary is None or primary.measured == "proportion",
        variants=max(len(variants), 2),
        control_share=control.ratio / 100 if control and control.ratio < 100 else None,
        least_days=typed.get("min_days", experiment.min_days),
        **said,
    )
