"""Versions of a report for those who read it: what each leaves out, and how that is said."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import change, wording


class Version(NamedTuple):
    """`kinds` of section it leaves out whole, `quotes` it shows of a theme, whether it shows the tables of
    segments and methods behind a theme (`parts`) and counts of fewer than five people (`few`)."""

    label: str
    kinds: frozenset[str]
    quotes: int
    parts: bool
    few: bool
    leaves_out: tuple[str, ...]


INTERNAL, LEADERSHIP, COMPANY = "internal", "leadership", "company"
VERSIONS = {
    INTERNAL: Version("Research and product", frozenset(), 3, True, True, ()),
    LEADERSHIP: Version(
        "Leadership",
        frozenset({"together", "method"}),
        1,
        False,
        True,
        (
            "all but one quote of each theme",
            "the shares by segment and by method behind each theme",
            "which themes are heard together",
            "how things were counted, with the list of studies",
        ),
    ),
    COMPANY: Version(
        "Whole company",
        frozenset({"together", "method", "coverage", "reuse"}),
        0,
        False,
        False,
        (
            "what customers said word for word",
            "themes that fewer than five people of a kind brought up",
            "the shares by segment and by method behind each theme",
            "which themes are heard together",
            "whom we heard and whom we did not, segment by segment",
            "which decisions rest on research",
            "how things were counted, with the list of studies",
        ),
    ),
}


def leaves_out(audience: str) -> str:
    """ "It leaves out a, b and c.", or "" of a version that leaves out nothing."""
    parts = VERSIONS[audience].leaves_out
    if not parts:
        return ""
    return f"It leaves out {'; '.join(parts[:-1])}; and {parts[-1]}." if len(parts) > 1 else ""


def trimmed(kind: str, data: Mapping[str, Any], audience: str) -> dict[str, Any] | None:
    """The section's data as the version has it; None where the version has no such section."""
    version = VERSIONS[audience]
    if kind in version.kinds:
        return None
    if not data:
        return dict(data)
    if not version.few:
        return _without_few(kind, {**data, "quotes": []}, version)
    if kind == "tag":
        shorter = {**data, "quotes": data["quotes"][: version.quotes]}
        return shorter if version.parts else {**shorter, "segments": [], "methods": []}
    return dict(data)


def _without_few(kind: str, data: dict[str, Any], version: Version) -> dict[str, Any] | None:
    """Without any count of fewer than five people that brought something up: nobody can guess who it was."""
    if kind == "summary":
        return {**data, "leads": data["open_leads"]}
    if kind == "themes":
        groups = [
            {**_enough(one), "rows": [fit for row in one["rows"] if (fit := _enough(row))["kinds"]]}
            for one in data["groups"]
        ]
        return {**data, "groups": [one for one in groups if one["rows"]]}
    if kind == "tag":
        fit = _enough(data)
        if not fit["kinds"]:
            return None
        return {**fit, "sentence": wording.theme(fit), "segments": [], "methods": []}
    return data


def _enough(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with those kinds of people of which five or more brought it up."""
    return {**row, "kinds": [one for one in row["kinds"] if one["hits"] >= change.FEW]}
