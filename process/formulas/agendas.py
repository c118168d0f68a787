"""In which order a review meeting goes through objectives: by risk, the gravest first."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Risks(NamedTuple):
    """How many key results of an objective are in each kind of trouble, the gravest kind first."""

    at_risk: int = 0
    disagreeing: int = 0  # stated confidence and computed pace tell different stories
    stale: int = 0
    falling: int = 0  # the last confidence is below the one of the week before it
    broken: int = 0  # guardrails that do not hold

    @property
    def words(self) -> str:
        """What puts it on the agenda, in words; an empty text where nothing does."""
        said = [
            (self.at_risk, "at risk"),
            (self.disagreeing, "where confidence and pace disagree"),
            (self.stale, "without a fresh check-in"),
            (self.falling, "with falling confidence"),
            (self.broken, "guardrail broken" if self.broken == 1 else "guardrails broken"),
        ]
        return ", ".join(f"{number} {words}" for number, words in said if number)


def order(risks: Sequence[tuple[Risks, float | None]]) -> list[int]:
    """The places of (risks, progress 0 to 1 or None) in the order of the agenda.

    By the number of key results in the gravest kind of trouble first, then the next; alike in all of them the
    one with the least progress; else as they came.
    """

    def key(place: int) -> tuple[list[int], float, int]:
        found, share = risks[place]
        return [-number for number in found], share if share is not None else 1.0, place

    return sorted(range(len(risks)), key=key)


def falls(weekly: Iterable[int]) -> bool:
    """Whether the last of the confidences, one a week from old to new, is below the one before it."""
    listed = list(weekly)
    return len(listed) > 1 and listed[-1] < listed[-2]
