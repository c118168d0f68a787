"""The arithmetic of grades, 0 to 1, and of how well confidence foretold them.

Bands as Google's *How to grade OKRs* (re:Work) has them, each with its lower bound: red below .4, yellow
from .4, green from .7. Calibration is the Brier score (Brier 1950): the mean squared distance between the
chance somebody gave and what came of it.
"""

import math
from collections.abc import Iterable
from enum import StrEnum

from process.formulas import okrs

YELLOW_FROM = 0.4
GREEN_FROM = 0.7
ALL = 1.0
CLOSE = 1e-6  # grades this near a bound reach it: sums of tenths come out as .6999999


class Band(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def reaches(grade: float, bound: float) -> bool:
    """Whether a grade is at the bound or above it, but for what floats lose."""
    return grade >= bound - CLOSE


def band(grade: float) -> Band:
    """The band of a grade from 0 to 1."""
    if reaches(grade, GREEN_FROM):
        return Band.GREEN
    return Band.YELLOW if reaches(grade, YELLOW_FROM) else Band.RED


def in_hundredths(grade: float) -> float:
    """A grade as it is shown: cut after two decimals and not rounded, so that it never looks like the band
    above its own."""
    return math.floor(grade * 100 + CLOSE * 100) / 100


def proposed(raw: float) -> float:
    """The grade that the share of the way gone (unclamped) comes to, in hundredths."""
    return in_hundredths(okrs.clamped(raw))


def of_objective(graded: Iterable[tuple[float, float, bool]]) -> float:
    """An objective's grade from its key results' (grade, weight, is a guardrail): the weighted mean of those
    that are no guardrails. Raises `okrs.ZeroWeights` where none of them weighs anything."""
    return okrs.clamped(okrs.weighted_mean((grade, weight) for grade, weight, guard in graded if not guard))


def reached(grade: float, *, committed: bool) -> bool:
    """Whether what was meant came true: all of it where it was committed, else a green grade."""
    return reaches(grade, ALL if committed else GREEN_FROM)


def brier(pairs: Iterable[tuple[int, bool]]) -> float:
    """The Brier score of (confidence 0..10, whether it was reached): 0 is foresight, 1 its opposite.

    Always saying 5 scores .25. Raises `ValueError` without pairs or with a confidence out of range.
    """
    listed = list(pairs)
    if not listed:
        raise ValueError("There is nothing to score.")
    if any(not 0 <= confidence <= 10 for confidence, _ in listed):
        raise ValueError("Confidence is 0 to 10.")
    return math.fsum((confidence / 10 - hit) ** 2 for confidence, hit in listed) / len(listed)
