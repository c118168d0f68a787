"""How many of those who could say it brought a theme up: one share a kind of people, never added up."""

from collections.abc import Mapping
from typing import Any

from . import change
from .counting import INTERVIEWEES, KINDS, RESPONDENTS, TESTERS, Heard

LABELS = {INTERVIEWEES: "Interviewees", TESTERS: "Testers", RESPONDENTS: "Survey respondents"}
_STRENGTH = (  # of what a theme did, the first that one of its kinds shows
    change.Change.NEW,
    change.Change.RISING,
    change.Change.GONE,
    change.Change.FADING,
    change.Change.STEADY,
    change.Change.FEW,
    change.Change.FIRST,
)


def share(hits: int, of: int) -> dict[str, Any]:
    """{hits, of, low, high: Wilson's 95 % interval, few: too few asked to speak of a share}."""
    hits = min(hits, of)
    low, high = change.wilson(hits, of)
    return {"hits": hits, "of": of, "low": round(low, 4), "high": round(high, 4), "few": of < change.FEW}


def by_kind(now: Heard, of: Heard, before: Heard, of_before: Heard) -> list[dict[str, Any]]:
    """A share for each kind of people that was asked in either quarter, and how it changed."""
    rows = []
    for kind in KINDS:
        asked, asked_before = of.of(kind), of_before.of(kind)
        if not asked and not asked_before:
            continue
        one, past = share(now.of(kind), asked), share(before.of(kind), asked_before)
        moved = change.change(one["hits"], asked, past["hits"], asked_before)
        rows.append({"kind": kind, "label": LABELS[kind], **one, "before": past, "change": moved.value})
    return rows


def moved(rows: list[dict[str, Any]]) -> str:
    """What a theme did, by the plainest of its kinds; "mixed" where one rises and another fades."""
    found = {row["change"] for row in rows}
    up, down = found & {"new", "rising"}, found & {"gone", "fading"}
    if up and down:
        return "mixed"
    return next((one.value for one in _STRENGTH if one.value in found), change.Change.FIRST.value)


def by_segment(now: Heard, of: Heard, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A share for each kind and segment that was asked."""
    return [
        {"kind": kind, "who": LABELS[kind], "key": key, "label": label}
        | share(now.of(kind, key), of.of(kind, key))
        for kind in KINDS
        for key, label in words.items()
        if of.of(kind, key)
    ]


def by_method(now: Heard, of: Heard, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A share for each method by which somebody was asked."""
    return [
        {"key": key, "label": label, **share(now.methods.get(key, 0), of.methods[key])}
        for key, label in words.items()
        if of.methods.get(key)
    ]
