"""Measures each app gives of its own health; the quarterly ops review reads them."""

from collections.abc import Callable
from typing import NamedTuple


class Measure(NamedTuple):
    """`compute(at) -> (value, of)`: how many are well, of how many; `of` 0 means nothing to measure."""

    key: str
    title: str
    explanation: str
    compute: Callable


_measures: dict[str, Measure] = {}


def register(measure):
    _measures[measure.key] = measure


def measures():
    return [_measures[key] for key in sorted(_measures)]
