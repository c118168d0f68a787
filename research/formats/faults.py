"""What cannot be taken of a table: said cell by cell, with what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A cell, or with no `column` a row, that is left out: why, and what to write instead."""

    line: int
    column: str
    value: str
    why: str
