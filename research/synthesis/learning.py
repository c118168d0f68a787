"""What was tagged teaches which other sentences may belong to a tag.

A logistic regression for each tag, one against the rest, over the words and pairs of words of a sentence,
weighed by how rare they are: small enough to learn in seconds, and it can say which words speak for it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy import sparse

FEWEST = 5  # highlights from which a tag can be learned
MOST_WORDS = 12_000
STEPS = 80
PENALTY = 5e-5
RATE = 20.0
HEAVIEST = 12.0
SUSPECT = 0.15  # an untagged sentence likelier than this may be one that nobody has tagged yet

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(]?[^\W\d_a-zß-ÿ])|\n+")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about after again all also am an and any are as at be because been before being but by can could "
        "did do does doing for from get got had has have having he her here him his how i if in into is it "
        "its just me more most my no nor not of on once only or other our out over own she so some such than "
        "that the their them then there these they this those through to too up very was we were what when "
        "where which while who whom why will with would you your yeah yes ok okay um uh like really well ",
    )
)


class Span(NamedTuple):
    start: int
    end: int
    text: str


def sentences(text: str, fewest: int = 4) -> Iterator[Span]:
    """The sentences of a turn with `fewest` words or more, by code points, without white space around."""
    start = 0
    for end in [*(match.span() for match in _END.finditer(text)), (len(text), len(text))]:
        piece = text[start : end[0]]
        begins = start + len(piece) - len(piece.lstrip())
        trimmed = piece.strip()
        if len(_WORD.findall(trimmed)) >= fewest:
            yield Span(begins, begins + len(trimmed), trimmed)
        start = end[1]


def words(text: str) -> list[str]:
    """The words that say something, and each two that stand side by side."""
    kept = telling(text)
    return kept + [f"{one} {other}" for one, other in pairwise(kept)]


def telling(text: str) -> list[str]:
    """Its words but the common ones, by their stems."""
    plain = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    return [_stem(word) for word in plain if word not in _COMMON]


def _stem(word: str) -> str:
    """Plurals and the commonest endings taken off: enough that "imports" speaks for "import"."""
    for ending, least in (("ing", 5), ("edly", 6), ("ed", 5), ("ies", 4), ("es", 5), ("s", 4)):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= least - len(ending) + 1
            and len(word) >= least
        ):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


class Model:
    """Learned weights. `tags` are the keys that it knows, in the order of its columns."""

    def __init__(self, tags: list[int], vocabulary: dict[str, int], rarity: np.ndarray, weights: np.ndarray):
        self.tags, self._vocabulary, self._rarity, self._weights = tags, vocabulary, rarity, weights

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Likeness from 0 to 1: a row for each text, a column for each of `tags`."""
        rows = _features(texts, self._vocabulary, self._rarity)
        return _sigmoid(rows @ self._weights)

    def because(self, text: str, tag: int, number: int = 3) -> list[str]:
        """The words of `text` that speak most for `tag`."""
        row = _features([text], self._vocabulary, self._rarity)
        column = self._weights[:, self.tags.index(tag)]
        names = {place: word for word, place in self._vocabulary.items() if place in set(row.indices)}
        weighed = [
            (value * column[place], names.get(place, ""))
            for place, value in zip(row.indices, row.data, strict=True)
        ]
        return [word for weight, word in sorted(weighed, reverse=True) if word and weight > 0][:number]


def learn(texts: Sequence[str], tags: Sequence[frozenset[int]], plain: Sequence[str] = ()) -> Model | None:
    """A model of every tag that `FEWEST` of `texts` have; None where there is none.

    `plain` are texts that nobody has tagged: they teach what is said without meaning anything of it. Some of
    them will belong to a tag all the same: those that look like it are left out of the second step, as in
    B. Liu and others, "Building text classifiers using positive and unlabeled examples", ICDM (2003).
    """
    counts = Counter(tag for some in tags for tag in some)
    known = sorted(tag for tag, number in counts.items() if number >= FEWEST)
    if not known:
        return None
    everything = [*texts, *plain]
    frequency = Counter(word for text in everything for word in set(words(text)))
    common = [word for word, number in frequency.most_common(MOST_WORDS) if number >= 2]
    vocabulary = {word: place for place, word in enumerate(common)}
    rarity = np.array([math.log((1 + len(everything)) / (1 + frequency[word])) + 1 for word in common])
    rows = _features(everything, vocabulary, rarity)
    wanted = np.zeros((len(everything), len(known)), dtype=np.float32)
    places = {tag: place for place, tag in enumerate(known)}
    for row, some in enumerate(tags):
        for tag in some:
            if tag in places:
                wanted[row, places[tag]] = 1
    tagged = np.arange(len(texts))
    kept = np.concatenate([tagged, *_unsuspected(rows, wanted, len(texts))])
    return Model(known, vocabulary, rarity, _fit(rows[kept], wanted[kept]))


def _unsuspected(rows: sparse.csr_matrix, wanted: np.ndarray, first: int) -> list[np.ndarray]:
    """The rows from `first` on that look like no tag to a model taught without them: in two halves."""
    untagged = np.arange(first, rows.shape[0])
    found = []
    for half, other in ((untagged[::2], untagged[1::2]), (untagged[1::2], untagged[::2])):
        if not len(half):
            continue
        taught = np.concatenate([np.arange(first), other])
        weights = _fit(rows[taught], wanted[taught])
        found.append(half[_sigmoid(rows[half] @ weights).max(axis=1) < SUSPECT])
    return found


def _features(texts: Sequence[str], vocabulary: Mapping[str, int], rarity: np.ndarray) -> sparse.csr_matrix:
    """tf-idf rows of length one, and a last column of ones for the bias."""
    bias = len(vocabulary)
    values, columns, ends = [], [], [0]
    for text in texts:
        found = Counter(place for word in words(text) if (place := vocabulary.get(word)) is not None)
        weights = {place: (1 + math.log(number)) * rarity[place] for place, number in found.items()}
        length = math.sqrt(sum(value * value for value in weights.values())) or 1.0
        columns += [*weights, bias]
        values += [*(value / length for value in weights.values()), 1.0]
        ends.append(len(columns))
    return sparse.csr_matrix(
        (
            np.array(values, dtype=np.float32),
            np.array(columns, dtype=np.int32),
            np.array(ends, dtype=np.int64),
        ),
        shape=(len(texts), bias + 1),
    )


def _fit(rows: sparse.csr_matrix, wanted: np.ndarray) -> np.ndarray:
    """Weights by gradient descent with momentum on the penalised log loss, all tags at once."""
    number = rows.shape[0]
    weights = np.zeros((rows.shape[1], wanted.shape[1]), dtype=np.float32)
    share = np.clip(wanted.mean(axis=0), 1e-4, 1 - 1e-4)
    weights[-1] = np.log(share / (1 - share))  # begin at how often each tag is given
    # the few that have a tag count as much as the many that lack it, up to a point
    heavier = 1 + wanted * (np.minimum(np.sqrt((1 - share) / share), HEAVIEST) - 1)
    momentum = np.zeros_like(weights)
    across = rows.T.tocsr()
    for _ in range(STEPS):
        ahead = weights + 0.9 * momentum
        slope = across @ (heavier * (_sigmoid(rows @ ahead) - wanted)) / number
        slope[:-1] += PENALTY * ahead[:-1]
        momentum = 0.9 * momentum - RATE * slope
        weights += momentum
    return weights


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
