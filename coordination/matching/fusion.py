"""One order from several signals."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

CLOSE = 0.35  # cosine below which meaning alone makes nothing a candidate


class Candidate(NamedTuple):
    """A thing with its scores: `lexical` ≥ 0 of any scale, `meaning` a cosine or None where none is known."""

    id: int
    lexical: float
    meaning: float | None = None


def fuse(candidates: Iterable[Candidate], *, limit: int) -> list[tuple[int, float]]:
    """The `limit` best as (id, score), best first; equal scores in order of id, newest (largest) first.

    Each signal is divided by its largest value among the candidates and the two are added with equal
    weight; what lacks a meaning score gets 0 for it. A candidate that neither signal speaks for is left out,
    and so is one without any of the words that is not close in meaning.
    """
    found = list(candidates)
    most_lexical = max((one.lexical for one in found), default=0.0)
    most_meaning = max((one.meaning or 0.0 for one in found), default=0.0)

    def share(value: float | None, most: float) -> float:
        return max(value or 0.0, 0.0) / most if most > 0 else 0.0

    scored = [
        (one.id, share(one.lexical, most_lexical) + share(one.meaning, most_meaning))
        for one in found
        if one.lexical > 0 or (one.meaning or 0.0) >= CLOSE
    ]
    scored = [(pk, score) for pk, score in scored if score > 0]
    return sorted(scored, key=lambda pair: (-pair[1], -pair[0]))[:limit]


def best_of_each(
    ordered: Iterable[tuple[int, float]], roots: Mapping[int, int], *, limit: int, apart_from: int = 0
) -> list[int]:
    """The things that `ordered` hits stand for, each once at its best hit's place.

    `roots` says for each hit what it stands for; a hit that it lacks is gone, and so are those that stand
    for `apart_from`.
    """
    stands_for = (roots.get(pk) for pk, _ in ordered)
    each = dict.fromkeys(root for root in stands_for if root is not None and root != apart_from)
    return list(each)[:limit]
