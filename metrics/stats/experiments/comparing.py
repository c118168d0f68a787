"""One KPI of one variant against the control: arms from cells, effects from arms, on both scales."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from metrics.stats.experiments import arms, bayes, effects, sequential
from metrics.stats.experiments.arms import Adjusted, Arm, Before, CannotSay
from metrics.stats.experiments.effects import Effect
from metrics.stats.experiments.trial import (
    BAYESIAN,
    FIXED,
    MEAN,
    METHODS,
    PROPORTION,
    QUANTILE,
    RATIO,
    RELATIVE,
    SCALES,
    Cell,
    Measure,
    Trial,
    Variant,
)

type Said[T] = T | CannotSay


@dataclass(slots=True)
class Comparison:
    """`effects`: {method: {scale: effect or why there is none}}. `p` and `share` are those after the
    correction for several comparisons, by scale; `share` is of alpha.
    """

    measure: Measure
    variant: Variant
    control_arm: Said[Arm]
    arm: Said[Arm]
    effects: dict[str, dict[str, Said[Effect]]]
    adjusted: Said[Adjusted] | None = None
    p: dict[str, float] = field(default_factory=dict)
    share: dict[str, float] = field(default_factory=dict)
    result: str = ""


def kind_of(measure: Measure, cells: list[Cell]) -> str:
    """What the KPI is: as the plan says, else as its numbers look."""
    if measure.kind:
        return measure.kind
    if measure.quantile is not None:
        return QUANTILE
    if any(cell.below is not None for cell in cells):
        return RATIO
    sums = any(
        cell.squares is not None or cell.total is not None or cell.values is not None for cell in cells
    )
    return MEAN if sums else PROPORTION


def arm_of(measure: Measure, kind: str, variant: Variant) -> Said[Arm]:
    """The variant's arm, or why there is none."""
    try:
        return _arm(measure, kind, variant)
    except CannotSay as error:
        return error


def _arm(measure: Measure, kind: str, variant: Variant) -> Arm:
    cell = variant.cells.get(measure.key)
    if cell is None:
        raise CannotSay(f"there is no data of “{variant.name}”")
    n = variant.n if cell.n is None else cell.n
    if kind == QUANTILE:
        if cell.values is None:
            raise CannotSay("a quantile needs the raw values, “values”")
        return arms.quantile(cell.values, 0.5 if measure.quantile is None else measure.quantile)
    if cell.values is not None:
        return _of_values(kind, cell.values)
    if kind == PROPORTION:
        count = cell.total if cell.count is None else cell.count
        return arms.proportion(n, _given(count, "count"))
    total = _given(cell.count if cell.total is None else cell.total, "sum")
    squares = _given(cell.squares, "sum_squares")
    if kind == RATIO:
        below, under = (
            _given(cell.below, "denominator_sum"),
            _given(cell.below_squares, "denominator_sum_squares"),
        )
        return arms.ratio(n, total, squares, below, under, _given(cell.products, "sum_products"))
    return arms.mean(n, total, squares)


def _of_values(kind: str, values: Sequence[float]) -> Arm:
    raw = [float(value) for value in values]
    if kind == RATIO:
        raise CannotSay("a ratio is computed from sums, not from “values”")
    if any(abs(value) > arms.LARGEST for value in raw):
        raise CannotSay("a number is too large to be computed with")
    if kind == PROPORTION:
        if any(value not in (0.0, 1.0) for value in raw):
            raise CannotSay("the values of a proportion are 0 and 1")
        return arms.proportion(len(raw), sum(raw))
    return arms.mean(len(raw), sum(raw), sum(value * value for value in raw))


def _given(value: float | None, name: str) -> float:
    if value is None:
        raise CannotSay(f"“{name}” is missing")
    return value


def compare(
    trial: Trial, measure: Measure, kind: str, variant: Variant, found: dict[str, Said[Arm]]
) -> Comparison:
    """The variant against the control, by all methods: the chosen one decides, the others stand beside it."""
    control_arm, arm = found[trial.control.key], found[variant.key]
    comparison = Comparison(measure, variant, control_arm, arm, {})
    pair = _pair(comparison, kind, trial.control)
    for method in METHODS:
        comparison.effects[method] = {
            scale: pair
            if isinstance(pair, CannotSay)
            else _said(_test(trial, kind, method, *pair, scale), trial.alpha)
            for scale in SCALES
        }
    return comparison


def _pair(comparison: Comparison, kind: str, control: Variant) -> Said[tuple[Arm, Arm]]:
    first, second = comparison.control_arm, comparison.arm
    if isinstance(first, CannotSay):
        return CannotSay(f"of the control, {first}")
    if isinstance(second, CannotSay):
        return second
    key = comparison.measure.key
    cells = control.cells.get(key), comparison.variant.cells.get(key)
    if not all(cell and cell.before is not None for cell in cells):
        return first, second
    if kind not in (MEAN, PROPORTION):
        comparison.adjusted = CannotSay(
            f"a {kind} is not adjusted by the time before: that is done for means and proportions"
        )
        return first, second
    try:
        before = [_before(cell) for cell in cells if cell]
        comparison.adjusted = arms.cuped(first, second, (before[0], before[1]))
    except CannotSay as error:
        comparison.adjusted = error
        return first, second
    except (OverflowError, ZeroDivisionError):
        comparison.adjusted = CannotSay("the numbers are too far apart to be computed with")
        return first, second
    return comparison.adjusted.control, comparison.adjusted.variant


def _before(cell: Cell) -> Before:
    squares = _given(cell.before_squares, "pre_sum_squares")
    return Before(cell.before or 0.0, squares, _given(cell.before_products, "pre_sum_products"))


def _test(trial: Trial, kind: str, method: str, control: Arm, arm: Arm, scale: str) -> Callable[[], Effect]:
    def ask() -> Effect:
        if method == FIXED:
            return effects.fixed(control, arm, scale, normal=kind == QUANTILE)
        if method == BAYESIAN:
            return bayes.posterior(control, arm, scale, trial.prior)
        return sequential.sequence(control, arm, scale, alpha=trial.alpha, tightest=trial.tightest)

    return ask


def _said(ask: Callable[[], Effect], alpha: float) -> Said[Effect]:
    """The effect, once it has shown that it can be computed to its end."""
    try:
        effect = ask()
        numbers = [effect.estimate, *effect.interval(alpha), effect.p or 0.0]
        if isinstance(effect, bayes.Normal | bayes.Betas):
            numbers.append(effect.chance)
    except CannotSay as error:
        return error
    except (OverflowError, ZeroDivisionError):
        return CannotSay("the numbers are too far apart to be computed with")
    if not all(map(math.isfinite, numbers)):
        return CannotSay("the interval has no end: the data are too few or too uneven")
    return effect


def deciding(trial: Trial, comparison: Comparison) -> tuple[str, Said[Effect]]:
    """(scale, effect) that decide: on the plan's scale, or on the other where nothing can be said on it."""
    by_scale = comparison.effects[trial.method]
    other = next(scale for scale in SCALES if scale != trial.scale)
    if isinstance(by_scale[trial.scale], CannotSay) and not isinstance(by_scale[other], CannotSay):
        return other, by_scale[other]
    return trial.scale, by_scale[trial.scale]


def good(measure: Measure, interval: tuple[float, float]) -> tuple[float, float]:
    """An interval turned so that above 0 is better."""
    return interval if measure.direction == "up" else (-interval[1], -interval[0])


__all__ = ["RELATIVE", "Comparison", "arm_of", "compare", "deciding", "good", "kind_of"]
