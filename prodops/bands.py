"""Options that are bands of numbers, such as ages: two that overlap would count the same people twice."""

import re
from collections.abc import Sequence
from itertools import pairwise

_NUMBER = r"(\d+(?:[.,]\d+)*)"
_DASH = r"\s*(?:-|‐|‑|‒|–|—|to|bis)\s*"
_BETWEEN = re.compile(rf"^\D*{_NUMBER}{_DASH}{_NUMBER}\D*$", re.IGNORECASE)
_FROM = re.compile(rf"^\D*{_NUMBER}\s*(?:\+|plus|and over|or more|or older|and above)\D*$", re.IGNORECASE)
_MORE = re.compile(rf"^\s*(?:over|above|more than|>|≥)\s*{_NUMBER}\D*$", re.IGNORECASE)
_LESS = re.compile(rf"^\s*(?:under|below|less than|up to|<|≤)\s*{_NUMBER}\D*$", re.IGNORECASE)
_OPEN = float("inf")


def band(name: str) -> tuple[float, float] | None:
    """(lowest, highest) of an option such as "65-74", "65+" or "under 25"; None for what is no band.

    "Under 25" ends below 25 and "over 64" begins above 64: by half a unit.
    """
    if found := _BETWEEN.match(name):
        low, high = (_value(one) for one in found.groups())
        return (low, high) if low <= high else None
    if found := _FROM.match(name):
        return _value(found[1]), _OPEN
    if found := _MORE.match(name):
        return _value(found[1]) + (0 if "≥" in name else 0.5), _OPEN
    if found := _LESS.match(name):
        until = _value(found[1])
        return -_OPEN, until if "≤" in name or "up to" in name.lower() else until - 0.5
    return None


def _value(text: str) -> float:
    whole = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    return float(
        whole.replace(",", ".") if whole.count(",") + whole.count(".") <= 1 else re.sub(r"[.,]", "", whole)
    )


def overlap(names: Sequence[str]) -> tuple[str, str] | None:
    """Two of `names` that overlap as bands, or None. Sharing an end (18-25, 25-34) is overlapping."""
    bands = [(found, name) for name in names if (found := band(name)) is not None]
    bands.sort()
    for (first, name), (second, other) in pairwise(bands):
        if second[0] <= first[1]:
            return name, other
    return None
