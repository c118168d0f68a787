"""What an insight stands on, worked out from its evidence: never typed, and no better than it is."""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

THIN = 3  # people behind a claim: with fewer it is an anecdote
STALE = dt.timedelta(days=365)  # evidence older than that may no longer hold


class Weight(StrEnum):
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    CONTEXT = "context"


class Flag(StrEnum):
    """What a reader should know before relying on an insight, the gravest first."""

    NONE = "none"
    CONTRADICTED = "contradicted"
    THIN = "thin"
    ONE_STUDY = "one_study"
    OLD = "old"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Flag.NONE: "No evidence",
    Flag.CONTRADICTED: "Contradicted",
    Flag.THIN: "Thin evidence",
    Flag.ONE_STUDY: "One study only",
    Flag.OLD: "No recent evidence",
}
MEANS = {
    Flag.NONE: "Nothing supports it yet.",
    Flag.CONTRADICTED: "Some of the evidence says otherwise.",
    Flag.THIN: f"Fewer than {THIN} people support it.",
    Flag.ONE_STUDY: "All that supports it comes from one study.",
    Flag.OLD: "All that supports it is more than a year old.",
}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: a quote of one person, or a result of many.

    `people` are those who said or did it, as far as they are known by name; `unnamed` is how many more
    there were, such as respondents of a survey.
    """

    weight: Weight
    study: Hashable
    method: str
    on: dt.date
    people: frozenset[Hashable] = frozenset()
    unnamed: int = 0
    segments: frozenset[str] = frozenset()
    is_quote: bool = True


@dataclass(frozen=True)
class Badges:
    """Counts over all pieces; the flags look at those that support, and at whether any contradicts."""

    pieces: int
    quotes: int
    participants: int
    studies: int
    methods: tuple[str, ...]
    segments: tuple[str, ...]
    newest: dt.date | None
    supporting: int
    contradicting: int
    flags: tuple[Flag, ...]


def badges(pieces: Iterable[Piece], today: dt.date) -> Badges:
    """`Badges` of an insight's evidence on the day `today`; the order of the pieces does not matter."""
    known = list(pieces)
    support = [one for one in known if one.weight is Weight.SUPPORTS]
    against = [one for one in known if one.weight is Weight.CONTRADICTS]
    return Badges(
        pieces=len(known),
        quotes=sum(one.is_quote for one in known),
        participants=_people(known),
        studies=len({one.study for one in known}),
        methods=tuple(sorted({one.method for one in known})),
        segments=tuple(sorted({segment for one in known for segment in one.segments})),
        newest=max((one.on for one in known), default=None),
        supporting=len(support),
        contradicting=len(against),
        flags=tuple(_flags(support, against, today)),
    )


def _people(pieces: list[Piece]) -> int:
    """Distinct people. Of those without a name each result has its own; two readings of one study's
    respondents are most likely the same people, so that only the larger counts."""
    unnamed: dict[Hashable, int] = {}
    for one in pieces:
        unnamed[one.study] = max(unnamed.get(one.study, 0), one.unnamed)
    return len(frozenset().union(*(one.people for one in pieces))) + sum(unnamed.values())


def _flags(support: list[Piece], against: list[Piece], today: dt.date) -> Iterable[Flag]:
    if not support:
        yield Flag.NONE
    if against:
        yield Flag.CONTRADICTED
    if not support:
        return
    if _people(support) < THIN:
        yield Flag.THIN
    if len({one.study for one in support}) == 1:
        yield Flag.ONE_STUDY
    if max(one.on for one in support) < today - STALE:
        yield Flag.OLD
