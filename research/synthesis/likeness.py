"""Tags that may be one: alike in name, given to the same words, or alike in meaning."""

import math
import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

ALIKE_NAMES = 0.45  # share of trigrams in common
TOGETHER = 0.5  # share of the rarer tag's highlights that have the other too
ALIKE_MEANING = 0.62  # cosine
FEWEST = 3  # highlights of the rarer tag, below which being together may be chance


class Pair(NamedTuple):
    """Two tags (`first` before `second`) and how alike they are, each from 0 to 1; None where not known."""

    first: Hashable
    second: Hashable
    name: float
    together: float
    meaning: float | None

    @property
    def score(self) -> float:
        """How surely they are one: the reasons as independent evidence."""
        doubt = (1 - self.name * 0.9) * (1 - self.together * 0.7)
        if self.meaning is not None:
            doubt *= 1 - max(0.0, self.meaning) * 0.6
        return 1 - doubt


def trigrams(name: str) -> frozenset[str]:
    """The trigrams of each word, padded as by PostgreSQL's pg_trgm: "  c", " ca", "cat", "at " of "cat"."""
    plain = unicodedata.normalize("NFKD", name.lower())
    words = re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return frozenset(
        padded[at : at + 3] for word in words for padded in [f"  {word} "] for at in range(len(padded) - 2)
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared trigrams among all: 1 for equal sets, 0 for none in common or none at all."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def cosine(one: Sequence[float] | None, other: Sequence[float] | None) -> float | None:
    """The cosine of two vectors, or None where one is missing or is nothing but zeros."""
    if one is None or other is None:
        return None
    lengths = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / lengths if lengths else None


def pairs(
    names: Mapping[int, str],
    used: Mapping[int, int],
    together: Mapping[tuple[int, int], int],
    vectors: Mapping[int, Sequence[float]] | None = None,
    apart: Iterable[tuple[int, int]] = (),
) -> list[Pair]:
    """Pairs of tags for at least one reason alike, the likeliest first.

    `names` by tag, `used` highlights by tag, `together` highlights that have both (first < second),
    `vectors` of meaning where there are any; pairs in `apart` were found to be different.
    """
    apart = set(apart)
    grams = {tag: trigrams(name) for tag, name in names.items()}
    found = []
    for first, second in combinations(sorted(names), 2):
        if (first, second) in apart:
            continue
        alike = similarity(grams[first], grams[second])
        rarer = min(used.get(first, 0), used.get(second, 0))
        shared = together.get((first, second), 0) / rarer if rarer >= FEWEST else 0.0
        meaning = cosine(vectors.get(first), vectors.get(second)) if vectors else None
        if alike >= ALIKE_NAMES or shared >= TOGETHER or (meaning or 0.0) >= ALIKE_MEANING:
            found.append(Pair(first, second, alike, min(1.0, shared), meaning))
    return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))
