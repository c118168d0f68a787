"""Which KPIs may be one, or are two that one word means: found by name, alias, counting and meaning."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.formats.registry.entries import folded

SAME_NAME = "same_name"
ALIAS = "alias"
SAME_COUNT = "same_count"
NEAR_NAME = "near_name"
NEAR_MEANING = "near_meaning"
RANKED = (SAME_NAME, ALIAS, SAME_COUNT, NEAR_NAME, NEAR_MEANING)

NAME_ALIKE = 0.62  # of trigrams
MEANING_ALIKE = 0.82  # cosine
NEAREST = 3  # by meaning, for one KPI: a family of metrics is not a list of conflicts
_CHUNK = 1_000
# Words by which names of one family differ on purpose.
_TELLING = re.compile(
    r"\d+\w*|p\d+|(bi)?(hourly|daily|weekly|monthly|quarterly|yearly|annual)|hours?|days?|weeks?|months?"
    r"|quarters?|years?|median|average|mean|total|first|last|new|old|gross|net|min|max|minimum|maximum"
)


@dataclass(frozen=True)
class Known:
    """A KPI in use. `counted` is its fingerprint and unit, or "" where nobody knows; `words` its formula."""

    key: int
    name: str
    aliases: tuple[str, ...] = ()
    counted: str = ""
    words: str = ""
    vector: Any = None


@dataclass
class Pair:
    """Two KPIs, `first` with the smaller key; `kinds` are {kind: how strongly, up to 1}."""

    first: int
    second: int
    kinds: dict[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The strongest of its kinds."""
        return next(kind for kind in RANKED if kind in self.kinds)

    @property
    def score(self) -> float:
        """For ordering: the first kinds are the worst, and within each the most alike."""
        return len(RANKED) - RANKED.index(self.kind) + self.kinds[self.kind]


def pairs(known: Iterable[Known], only: Collection[int] | None = None) -> list[Pair]:
    """All pairs among `known`, the worst first; with `only`, those that hold one of these keys."""
    rows = list(known)
    asked = {row.key for row in rows} if only is None else set(only)
    found: dict[tuple[int, int], Pair] = {}

    def add(one: Known, other: Known, kind: str, score: float) -> None:
        if one.key == other.key or not asked & {one.key, other.key}:
            return
        first, second = sorted((one.key, other.key))
        pair = found.setdefault((first, second), Pair(first, second))
        pair.kinds[kind] = max(score, pair.kinds.get(kind, 0.0))

    _by_name(rows, add)
    _by_counting(rows, add)
    _by_likeness(rows, asked, add)
    _by_meaning(rows, asked, add)
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.first, pair.second))


def _by_name(rows: list[Known], add: Any) -> None:
    named: dict[str, list[Known]] = defaultdict(list)
    also: dict[str, list[Known]] = defaultdict(list)
    for row in rows:
        named[folded(row.name)].append(row)
        for alias in row.aliases:
            also[folded(alias)].append(row)
    for same in named.values():
        for place, one in enumerate(same):
            for other in same[place + 1 :]:
                if one.counted and one.counted == other.counted:
                    add(one, other, SAME_COUNT, 1.0)
                elif one.counted or other.counted or one.words != other.words:
                    add(one, other, SAME_NAME, 1.0)
    for name, holders in also.items():
        for place, one in enumerate(holders):
            for other in [*holders[place + 1 :], *named.get(name, ())]:
                add(one, other, ALIAS, 1.0)


def _by_counting(rows: list[Known], add: Any) -> None:
    counted: dict[str, list[Known]] = defaultdict(list)
    for row in rows:
        if row.counted:
            counted[row.counted].append(row)
    for same in counted.values():
        for place, one in enumerate(same):
            for other in same[place + 1 :]:
                add(one, other, SAME_COUNT, 1.0)


def _by_likeness(rows: list[Known], asked: set[int], add: Any) -> None:
    """Names that share most of their trigrams.

    For each name, those that hold each of its trigrams are counted in one step over all. Names of one family
    never are a pair and are passed over before they are looked at.
    """
    names = [folded(row.name) for row in rows]
    grams = [_trigrams(name) for name in names]
    sizes = np.array([len(own) for own in grams])
    families: dict[str, int] = {}
    family = np.array([families.setdefault(_family(name), len(families)) for name in names])
    places: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(grams):
        for gram in own:
            places[gram].append(place)
    holding = {gram: np.array(found) for gram, found in places.items()}
    for place, own in enumerate(grams):
        if rows[place].key not in asked or not own:
            continue
        shared = np.bincount(np.concatenate([holding[gram] for gram in own]), minlength=len(rows))
        alike = shared / (sizes[place] + sizes - shared)
        for other in np.flatnonzero((alike >= NAME_ALIKE) & (family != family[place])).tolist():
            if not _apart(names[place], names[other]):
                add(rows[place], rows[other], NEAR_NAME, float(alike[other]))


def _family(name: str) -> str:
    """A folded name without the words that tell a family's metrics from each other."""
    return " ".join(word for word in name.split() if not _TELLING.fullmatch(word))


def _trigrams(text: str) -> set[str]:
    found = set()
    for word in text.split():
        padded = f"  {word} "
        found |= {padded[place : place + 3] for place in range(len(padded) - 2)}
    return found


def _apart(one: str, other: str) -> bool:
    """Whether two folded names differ only in words that tell a family's metrics from each other."""
    first, second = set(one.split()), set(other.split())
    differing = first ^ second
    return bool(differing) and all(_TELLING.fullmatch(word) for word in differing)


def _by_meaning(rows: list[Known], asked: set[int], add: Any) -> None:
    held = [row for row in rows if row.vector is not None]
    if len(held) < 2:
        return
    matrix: NDArray[np.float32] = np.array([row.vector for row in held], np.float32)
    wanted = [place for place, row in enumerate(held) if row.key in asked]
    for start in range(0, len(wanted), _CHUNK):
        places = wanted[start : start + _CHUNK]
        alike = matrix[places] @ matrix.T
        alike[np.arange(len(places)), places] = -1
        most = min(NEAREST, len(held) - 1)
        nearest = np.argpartition(-alike, most - 1, axis=1)[:, :most]
        for line, place in enumerate(places):
            for other in nearest[line]:
                score = float(alike[line, other])
                if score >= MEANING_ALIKE and not _apart(folded(held[place].name), folded(held[other].name)):
                    add(held[place], held[other], NEAR_MEANING, min(score, 1.0))
