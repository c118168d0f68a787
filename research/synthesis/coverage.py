"""Whom a quarter heard against whom the panel has, and on which theme nobody of a segment could be heard."""

from collections.abc import Mapping, Sequence
from typing import Any

from . import change
from .counting import INTERVIEWEES, KINDS, TESTERS, Heard, Tally
from .shares import LABELS, share

SHADES = 5
UNKNOWN = "unknown"


def mix(panel: Mapping[str, int], asked: Heard, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row for each segment: its part of the panel, and of those listened to, each kind apart.

    A segment is short in a kind where even the upper end of its 95 % interval is below its part of the
    panel: fewer of it were heard than chance explains.
    """
    whole = sum(panel.values())
    rows = []
    for key, label in words.items():
        part = panel.get(key, 0) / whole if whole else 0.0
        kinds = []
        for kind in (INTERVIEWEES, TESTERS):
            if of := asked.of(kind):
                one = share(asked.of(kind, key), of)
                short = key != UNKNOWN and not one["few"] and one["high"] < part
                kinds.append({"kind": kind, "label": LABELS[kind], **one, "short": short})
        rows.append(
            {"key": key, "label": label, "panel": panel.get(key, 0), "part": round(part, 4), "kinds": kinds}
        )
    return rows


def matrix(rows: Sequence[Mapping[str, Any]], now: Tally, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """A table for each kind that was asked: themes (`rows`, with key, name, study) by segment."""
    tables = []
    asked = now.exposed_to(None)
    for kind in KINDS:
        if not asked.of(kind):
            continue
        keys = [key for key in words if asked.of(kind, key) or key != UNKNOWN]
        columns = [{"key": key, "label": words[key], "of": asked.of(kind, key)} for key in keys]
        lines = []
        for row in rows:
            of = now.exposed_to(row["study"])
            said = now.heard.get(row["key"], Heard())
            cells = [share(said.of(kind, key), of.of(kind, key)) for key in keys]
            for cell in cells:
                cell["heat"] = _heat(cell["hits"], cell["of"])
            lines.append({"slug": row["slug"], "name": row["name"], "cells": cells})
        tables.append({"kind": kind, "label": LABELS[kind], "columns": columns, "rows": lines})
    return tables


def _heat(hits: int, of: int) -> int:
    """0 for nobody, else 1 to `SHADES` by the share."""
    return 0 if not hits or not of else max(1, min(SHADES, round(SHADES * hits / of)))


def gaps(rows: Sequence[Mapping[str, Any]], asked: Heard, words: Mapping[str, str]) -> list[str]:
    """The gaps in words: of whom nobody was heard, who was heard too seldom, of whom too few to say."""
    found = []
    for key, label in words.items():
        heard = [asked.of(kind, key) for kind in KINDS]
        if key == UNKNOWN:
            if unknown := max(heard):
                found.append(f"Of {unknown} or more of those heard the segment is unknown.")
            continue
        if not any(heard):
            found.append(f"Nobody was heard from {label}.")
            continue
        row = next(row for row in rows if row["key"] == key)
        for one in row["kinds"]:
            who = one["label"].lower()
            if one["short"]:
                found.append(
                    f"{label} is {row['part']:.0%} of the panel and {one['hits']} of {one['of']} {who} "
                    f"({one['low']:.0%} to {one['high']:.0%}): too few of them were asked."
                )
            elif 0 < one["hits"] < change.FEW:
                found.append(
                    f"Only {one['hits']} of the {who} are from {label}: too few to say more of them."
                )
    return found
