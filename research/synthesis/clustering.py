"""What was said and nobody tagged, in clusters of like meaning: perhaps a theme each.

The same sentences give the same clusters: nothing here is drawn by chance.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .learning import words

MOST = 1_500  # sentences compared with each other; of more, evenly spaced ones
MEANING = 0.52  # cosine distance within a cluster, of vectors of meaning
WORDS = 0.86  # and of weighed words, which have fewer things in common
FEWEST_SAID, FEWEST_PEOPLE = 4, 3
SHOWN = 8  # clusters
QUOTED = 5  # sentences that stand for a cluster
VOCABULARY = 3_000

Key = tuple[int, int, int, int]  # cue id, start and end in code points, length of the whole turn


class Said(NamedTuple):
    """A sentence: its place, its words, and who said it."""

    key: Key
    text: str
    person: int


class Cluster(NamedTuple):
    """`keys` of the sentences nearest to its middle first; `sentences` and `people` are of all of it."""

    label: str
    keys: tuple[Key, ...]
    members: tuple[Key, ...]
    sentences: int
    people: int


def thinned[T](rows: Sequence[T], most: int = MOST) -> list[T]:
    """At most `most` of them, evenly spaced."""
    if len(rows) <= most:
        return list(rows)
    return [rows[place * len(rows) // most] for place in range(most)]


def by_words(texts: Sequence[str]) -> np.ndarray:
    """Rows of length one from the words of each text, weighed by how rare they are (tf-idf)."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # half a second to import

    if not any(words(text) for text in texts):
        return np.zeros((len(texts), 1))
    weigh = TfidfVectorizer(analyzer=words, max_features=VOCABULARY, sublinear_tf=True)
    return np.asarray(weigh.fit_transform(texts).todense())


def clusters(said: Sequence[Said], vectors: np.ndarray, nearest: float) -> list[Cluster]:
    """The clusters that several people spoke to, most people first.

    `vectors` has a row a sentence. Average linkage by cosine distance (Sokal and Michener, 1958), cut at
    `nearest`; no number of clusters is assumed.
    """
    from sklearn.cluster import AgglomerativeClustering

    known = [place for place in range(len(said)) if np.any(vectors[place])]
    if len(known) < FEWEST_SAID:
        return []
    rows = vectors[known] / np.linalg.norm(vectors[known], axis=1, keepdims=True)
    cut = AgglomerativeClustering(
        n_clusters=None, distance_threshold=nearest, metric="cosine", linkage="average"
    )
    labels = cut.fit_predict(rows)
    everywhere = Counter(word for place in known for word in set(words(said[place].text)))
    found = []
    for label in sorted(set(labels.tolist())):
        here = np.flatnonzero(labels == label)
        some = [said[known[place]] for place in here]
        people = {one.person for one in some}
        if len(some) < FEWEST_SAID or len(people) < FEWEST_PEOPLE:
            continue
        near = rows[here] @ rows[here].mean(axis=0)
        order = sorted(range(len(some)), key=lambda n: (-round(float(near[n]), 6), some[n].key))
        name = _label([one.text for one in some], everywhere, len(known))
        quoted = _of_different_people([some[n] for n in order])
        members = tuple(sorted(one.key for one in some))
        found.append(Cluster(name, quoted, members, len(some), len(people)))
    found.sort(key=lambda one: (-one.people, -one.sentences, one.keys))
    return found[:SHOWN]


def _of_different_people(said: Sequence[Said]) -> tuple[Key, ...]:
    seen: set[int] = set()
    first: list[Key] = []
    again: list[Key] = []
    for one in said:
        (again if one.person in seen else first).append(one.key)
        seen.add(one.person)
    return tuple((first + again)[:QUOTED])


def _label(texts: Sequence[str], everywhere: Counter[str], number: int) -> str:
    """The two or three words that tell this cluster from the rest, as a name to change."""
    here = Counter(word for text in texts for word in set(words(text)))
    weighed = {
        word: count * math.log(1 + number / everywhere[word])
        for word, count in here.items()
        if count > 1 and "'" not in word
    }
    best = sorted(weighed, key=lambda word: (-weighed[word], word))
    chosen: list[str] = []
    for word in best:
        if not any(set(word.split()) & set(one.split()) for one in chosen):
            chosen.append(word)
        if len(chosen) == 3:
            break
    order = [word for text in texts for word in words(text)]
    chosen.sort(key=order.index)  # as they follow each other in speech: "per cent", not "cent, per"
    name = ", ".join(chosen) or "Untitled"
    return (name[:1].upper() + name[1:])[:80]
