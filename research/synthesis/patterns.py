"""Patterns across studies: which themes the same people bring up."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import change
from .counting import KINDS, NOBODY, Tally
from .shares import LABELS, share

SHOWN = 10


def together(now: Tally, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The pairs of themes that at least five people of one kind brought up both, most people first.

    Of each pair: of those who brought up the rarer theme, how many brought up the other too, and whether
    that is more than of everybody asked: whether Wilson's interval lies above their share.
    """
    by_key = {row["key"]: row for row in rows}
    found = []
    for pair in now.together:
        if pair.first not in by_key or pair.second not in by_key:
            continue
        for kind in KINDS:
            both = pair.people.get(kind, 0)
            if both < change.FEW:
                continue
            said = {key: now.heard.get(key, NOBODY).of(kind) for key in (pair.first, pair.second)}
            rarer, other = sorted(said, key=lambda key: (said[key], key))
            asked = now.exposed_to(by_key[other]["study"]).of(kind)
            one = share(both, said[rarer])
            usual = said[other] / asked if asked else 0.0
            found.append(
                {
                    "kind": kind,
                    "who": LABELS[kind].lower(),
                    "rarer": _named(by_key[rarer]),
                    "other": _named(by_key[other]),
                    "studies": pair.studies,
                    "usual": round(usual, 4),
                    "more": one["low"] > usual,
                    **one,
                }
            )
    found.sort(key=lambda row: (not row["more"], -row["hits"], row["rarer"]["name"], row["other"]["name"]))
    return {"pairs": found[:SHOWN], "more": max(0, len(found) - SHOWN)}


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    return {"slug": row["slug"], "name": row["name"]}
