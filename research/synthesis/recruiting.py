"""How many people a study needs to ask, so that enough of them come."""

from collections.abc import Iterable, Mapping
from math import comb
from typing import NamedTuple

SURE = 0.8  # how likely the wanted number of sessions should be held
ENOUGH = 8  # bookings that a record needs before anybody goes by it
MOST_EXTRA = 2.0  # never book more than this many times what is wanted


class Record(NamedTuple):
    """What became of bookings: how many came, how many did not."""

    came: int
    missed: int

    @property
    def booked(self) -> int:
        return self.came + self.missed

    @property
    def rate(self) -> float:
        """The share that did not come; 0 of an empty record."""
        return self.missed / self.booked if self.booked else 0.0

    @property
    def enough(self) -> bool:
        return self.booked >= ENOUGH


def chance(booked: int, wanted: int, missing: float) -> float:
    """How likely at least `wanted` of `booked` come, each staying away with probability `missing`.

    The upper tail of the binomial distribution.
    """
    coming = 1.0 - missing
    return sum(comb(booked, n) * coming**n * missing ** (booked - n) for n in range(wanted, booked + 1))


def to_book(wanted: int, record: Record, sure: float = SURE) -> int:
    """How many to book so that, with probability `sure`, `wanted` come.

    By the record's no-show rate; at most `MOST_EXTRA` times what is wanted, and just that without a record.
    """
    most = max(wanted, int(wanted * MOST_EXTRA))
    if not record.missed:
        return wanted
    return next((n for n in range(wanted, most) if chance(n, wanted, record.rate) >= sure), most)


class Bar(NamedTuple):
    """A segment's places: how many there are, are taken, and were kept."""

    segment: str
    places: int
    taken: int
    held: int

    @property
    def left(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def closed(self) -> bool:
        return not self.left


class Supply(NamedTuple):
    """A segment's people who may be asked: before the batch goes out, and after it."""

    segment: str
    free: int
    left: int
    places: int | None  # still open; None where no quota says


def supply(
    free: Mapping[str, int], spent: Mapping[str, int], open_places: Mapping[str, int], order: Iterable[str]
) -> list[Supply]:
    """A row for each segment of `order` that has people or places; `spent` are those who won't be free."""
    rows = []
    for segment in order:
        now = free.get(segment, 0)
        if now or segment in open_places:
            left = max(0, now - spent.get(segment, 0))
            rows.append(Supply(segment, now, left, open_places.get(segment)))
    return rows


class Candidate(NamedTuple):
    """Somebody who may be asked; `asked` counts their invitations of late."""

    key: int
    segment: str
    account: int | None
    asked: int


def spread(candidates: Iterable[Candidate], number: int, open_places: Mapping[str, int]) -> list[int]:
    """`number` keys, fairly: by what quotas still want, then from accounts not yet in, then the least asked.

    A segment whose quota is full gives nobody. Segments without a quota come after those with one.
    """
    waiting = sorted(candidates, key=lambda one: (one.asked, one.key))
    waiting = [one for one in waiting if open_places.get(one.segment, 1) > 0]
    picked: list[int] = []
    in_account: dict[int | None, int] = {}
    in_segment: dict[str, int] = {}
    while waiting and len(picked) < number:

        def rank(one: Candidate) -> tuple[float, int, int, int]:
            places = open_places.get(one.segment, 0)
            filled = in_segment.get(one.segment, 0) / places if places else float(len(picked) + 1)
            return filled, in_account.get(one.account, 0) if one.account else 0, one.asked, one.key

        best = min(waiting, key=rank)
        waiting.remove(best)
        picked.append(best.key)
        in_account[best.account] = in_account.get(best.account, 0) + 1
        in_segment[best.segment] = in_segment.get(best.segment, 0) + 1
    return picked
