"""What winners are really worth: effects that were picked because they were large are too large."""

from collections.abc import Sequence
from typing import NamedTuple


class Shrunk(NamedTuple):
    """`effects`: each effect as it is to be believed. `factors`: by how much each was taken back, 0 to 1.

    `variance`: how much true effects differ among experiments, estimated from all of them.
    """

    effects: list[float]
    factors: list[float]
    variance: float


def shrink(effects: Sequence[float], errors: Sequence[float]) -> Shrunk:
    """Take effects back towards 0 by how uncertain each is; all experiments go in, not winners only.

    Empirical Bayes with a normal prior about 0: effect · τ² / (τ² + error²), the James-Stein rule for unequal
    variances (Efron and Morris 1975, "Data analysis using Stein's estimator and its generalizations", JASA
    70, pages 311 to 319). τ² by moments, max(0, (Q - k) / Σ error⁻²) with Q = Σ (effect / error)²
    (DerSimonian and Laird 1986, Controlled Clinical Trials 7, page 177, with the mean known to be 0).
    `errors` are above 0.
    """
    weights = [1 / (error * error) for error in errors]
    total = sum(weights)
    if not weights:
        return Shrunk([], [], 0.0)
    heard = sum(weight * effect * effect for weight, effect in zip(weights, effects, strict=True))
    variance = max(0.0, (heard - len(weights)) / total)
    factors = [variance / (variance + 1 / weight) for weight in weights]
    return Shrunk(
        [effect * factor for effect, factor in zip(effects, factors, strict=True)], factors, variance
    )
