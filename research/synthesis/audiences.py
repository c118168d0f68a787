"""Versions of a report for those who read it: what each leaves out, and how that is said."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import change


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
    if kind == "themes" and not version.few:
        groups = [{**one, "rows": [row for row in one["rows"] if _enough(row)]} for one in data["groups"]]
        return {**data, "groups": [one for one in groups if one["rows"]]}
    if kind == "tag":
        if not version.few and not _enough(data):
            return None
        shorter = {**data, "quotes": data["quotes"][: version.quotes]}
        return shorter if version.parts else {**shorter, "segments": [], "methods": []}
    return dict(data)


def _enough(row: Mapping[str, Any]) -> bool:
    """Whether five people of a kind brought the theme up, so that nobody can guess who it was."""
    return any(one["hits"] >= change.FEW for one in row.get("kinds", ()))
