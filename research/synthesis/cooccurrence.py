"""Which tags stand together, and on whose words: counted in highlights and in people."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple


class Said(NamedTuple):
    """One highlight: its tags, who said it (None if not known), and what the columns are made of."""

    highlight: int
    person: int | None
    tags: frozenset[Hashable]
    columns: frozenset[Hashable]


class Cell(NamedTuple):
    highlights: int = 0
    people: int = 0


EMPTY = Cell()


def matrix(said: Iterable[Said]) -> dict[tuple[Hashable, Hashable], Cell]:
    """{(tag, column): Cell} of distinct highlights and distinct people; of tags by tags, both ways round.

    A tag with itself says how often it was used at all.
    """
    highlights: dict[tuple[Hashable, Hashable], int] = defaultdict(int)
    people: dict[tuple[Hashable, Hashable], set[int]] = defaultdict(set)
    for one in said:
        for tag in one.tags:
            for column in one.columns:
                highlights[tag, column] += 1
                if one.person is not None:
                    people[tag, column].add(one.person)
    return {pair: Cell(number, len(people[pair])) for pair, number in highlights.items()}


def heat(value: int, most: int, steps: int = 5) -> int:
    """The shade from 0 (nothing) to `steps` (the most) of a count; 1 at least where there is any."""
    if value <= 0 or most <= 0:
        return 0
    return max(1, min(steps, round(steps * value / most)))
