"""Whether a theme was heard from more people than before, said only where the numbers can carry it."""

from enum import StrEnum
from math import sqrt

FEW = 5  # fewer people than this say nothing about a change
_Z = 1.959963984540054  # 95 % of the normal distribution lies within so many deviations


class Change(StrEnum):
    FIRST = "first"
    FEW = "few"
    NEW = "new"
    RISING = "rising"
    FADING = "fading"
    GONE = "gone"
    STEADY = "steady"


WORDS = {
    Change.FIRST: "Nothing to compare with",
    Change.FEW: "Too few to say",
    Change.NEW: "New",
    Change.RISING: "Rising",
    Change.FADING: "Fading",
    Change.GONE: "Not heard any more",
    Change.STEADY: "No detectable change",
}


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927); (0, 1) of nobody."""
    if of <= 0:
        return 0.0, 1.0
    share = hits / of
    middle = share + _Z**2 / (2 * of)
    reach = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    scale = 1 + _Z**2 / of
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def difference(hits: int, of: int, hits_before: int, of_before: int) -> tuple[float, float]:
    """The 95 % interval of a share less an earlier one, after Newcombe (1998, method 10).

    The two groups of people are taken to be different ones.
    """
    share, before = (hits / of if of else 0.0), (hits_before / of_before if of_before else 0.0)
    low, high = wilson(hits, of)
    low_before, high_before = wilson(hits_before, of_before)
    gap = share - before
    return (
        gap - sqrt((share - low) ** 2 + (high_before - before) ** 2),
        gap + sqrt((high - share) ** 2 + (before - low_before) ** 2),
    )


def change(hits: int, of: int, hits_before: int, of_before: int) -> Change:
    """How `hits` of `of` people compare with `hits_before` of `of_before`."""
    if of_before == 0:
        return Change.FIRST
    if max(hits, hits_before) < FEW or min(of, of_before) < FEW:
        return Change.FEW
    low, high = difference(hits, of, hits_before, of_before)
    if low > 0:
        return Change.RISING if hits_before else Change.NEW
    if high < 0:
        return Change.FADING if hits else Change.GONE
    return Change.STEADY
