"""Many comparisons at once: adjusted p, and the level at which each one's interval agrees with it."""

from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p by Holm (1979): the chance of even one false finding stays below alpha."""
    adjusted, _ = _holm(ps)
    return adjusted


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted p by Benjamini and Hochberg (1995): the share of false findings stays below alpha."""
    adjusted, _ = _hochberg(ps)
    return adjusted


def adjusted(ps: Sequence[float], way: str) -> list[tuple[float, float]]:
    """(adjusted p, share of alpha left to it) of each, by "holm", "bh" or "none".

    An interval at alpha times that share, from the same test, leaves out 0 exactly where the adjusted p is
    below alpha.
    """
    if way == "none":
        return [(p, 1.0) for p in ps]
    found, times = _holm(ps) if way == "holm" else _hochberg(ps)
    return [(p, 1 / factor) for p, factor in zip(found, times, strict=True)]


def _holm(ps: Sequence[float]) -> tuple[list[float], list[float]]:
    many = len(ps)
    found, times = [0.0] * many, [1.0] * many
    largest = 0.0
    for rank, place in enumerate(sorted(range(many), key=lambda place: ps[place])):
        own = ps[place] * (many - rank)
        largest = max(largest, own)
        found[place] = min(1.0, largest)
        times[place] = largest / ps[place] if ps[place] > 0 else float(many - rank)
    return found, times


def _hochberg(ps: Sequence[float]) -> tuple[list[float], list[float]]:
    many = len(ps)
    found, times = [0.0] * many, [1.0] * many
    least = 1.0
    for rank, place in sorted(enumerate(sorted(range(many), key=lambda place: ps[place])), reverse=True):
        least = min(least, ps[place] * many / (rank + 1))
        found[place] = least
        times[place] = least / ps[place] if ps[place] > 0 else many / (rank + 1)
    return found, times
