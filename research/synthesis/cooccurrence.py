"""The cells of a matrix of tags that stand together: counted in highlights and in people."""

from typing import NamedTuple


class Cell(NamedTuple):
    highlights: int = 0
    people: int = 0


EMPTY = Cell()


def heat(value: int, most: int, steps: int = 5) -> int:
    """The shade from 0 (nothing) to `steps` (the most) of a count; 1 at least where there is any."""
    if value <= 0 or most <= 0:
        return 0
    return max(1, min(steps, round(steps * value / most)))
