"""What a survey's answers come to: distributions, NPS, top boxes, and all of it by segment."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .intervals import NOBODY, Estimate, Z, cannot_say, wilson

PROMOTER, DETRACTOR = 9, 6  # from, and up to, on the scale of 0 to 10
NO_SEGMENT = "Unknown"


class Bar(NamedTuple):
    """How many gave one answer; `share` is of those who answered, 0 to 1."""

    label: str
    number: int
    share: float


class Nps(NamedTuple):
    """`score` is in points from -100 to 100; the shares are from 0 to 1."""

    score: Estimate
    promoters: float
    passives: float
    detractors: float


def distribution(answers: Iterable[str], labels: Sequence[str] = (), *, of: int | None = None) -> list[Bar]:
    """Each label with how many gave it, in the labels' order; what is not among them follows, most first.

    `of` is the number of people who answered, where one person may give several answers.
    """
    counts = Counter(answers)
    whole = sum(counts.values()) if of is None else of
    known = set(labels)
    rest = sorted((label for label in counts if label not in known), key=lambda one: (-counts[one], one))
    ordered = [*dict.fromkeys(labels), *rest]
    return [Bar(label, counts[label], counts[label] / whole if whole else 0.0) for label in ordered]


def nps(answers: Iterable[float]) -> Nps | Estimate:
    """The Net Promoter Score: the share of 9 and 10 less that of 0 to 6, in points, with its interval.

    The interval is the adjusted Wald one of B. Rocks (2016), "Interval estimation for the Net Promoter
    Score", The American Statistician 70, 365-372: to the n answers add three (3/4 promoters, 3/4
    detractors, the rest passives); around d = p - q of these the reach is z * sqrt((p + q - d^2) / (n + 3)).
    It keeps its level where samples are small; an end that would leave the score itself outside is the
    score. Raises ValueError for an answer off the scale.
    """
    given = list(answers)
    if any(not 0 <= answer <= 10 for answer in given):
        raise ValueError("an answer is not on the scale from 0 to 10")
    n = len(given)
    if n == 0:
        return cannot_say(NOBODY)
    promoters = sum(answer >= PROMOTER for answer in given)
    detractors = sum(answer <= DETRACTOR for answer in given)
    p, q, whole = promoters + 0.75, detractors + 0.75, n + 3
    middle = (p - q) / whole
    reach = Z * math.sqrt(((p + q) / whole - middle * middle) / whole)
    net = (promoters - detractors) / n
    low, high = max(-1.0, min(net, middle - reach)), min(1.0, max(net, middle + reach))
    score = Estimate(100 * net, 100 * low, 100 * high, n)
    return Nps(score, promoters / n, (n - promoters - detractors) / n, detractors / n)


def top_boxes(answers: Iterable[float], steps: Sequence[float], boxes: int = 2) -> Estimate:
    """The share of answers among the highest `boxes` steps of a scale, with its Wilson interval.

    For satisfaction (CSAT) and agreement alike: on a scale of five those who gave 4 or 5. A scale of
    two or three steps has one top box: of "no, unsure, yes" it is "yes".
    """
    given, ordered = list(answers), sorted(set(steps))
    if not ordered:
        return cannot_say("the scale of the answers is not known", len(given))
    if len(ordered) <= 3:
        boxes = 1
    top = set(ordered[-boxes:])
    return wilson(sum(answer in top for answer in given), len(given))


class CrossTab(NamedTuple):
    """`rows`: (segment, how many answered, a `Bar` for each of `labels`); the largest segment first."""

    labels: list[str]
    rows: list[tuple[str, int, list[Bar]]]


def cross_tab(answers: Iterable[tuple[str, Sequence[str]]], labels: Sequence[str] = ()) -> CrossTab:
    """Answers by segment: of each respondent the segment ("" if unknown) and what they chose.

    Shares are of the respondents of the segment, so those of one segment add up to more than 1 where
    people chose several.
    """
    by_segment: dict[str, list[Sequence[str]]] = {}
    for segment, chosen in answers:
        by_segment.setdefault(segment or NO_SEGMENT, []).append(chosen)
    everything = [label for chosen in by_segment.values() for choices in chosen for label in choices]
    columns = [bar.label for bar in distribution(everything, labels)]
    ordered = sorted(by_segment.items(), key=lambda one: (one[0] == NO_SEGMENT, -len(one[1]), one[0]))
    rows = []
    for segment, people in ordered:
        flat = [label for choices in people for label in choices]
        rows.append((segment, len(people), distribution(flat, columns, of=len(people))))
    return CrossTab(columns, rows)


def by_segment(numbers: Iterable[tuple[str, float]]) -> Mapping[str, list[float]]:
    """{segment: its answers}, the largest first and the unknown last."""
    groups: dict[str, list[float]] = {}
    for segment, number in numbers:
        groups.setdefault(segment or NO_SEGMENT, []).append(number)
    return dict(sorted(groups.items(), key=lambda one: (one[0] == NO_SEGMENT, -len(one[1]), one[0])))
