"""The sections of a quarter's insight report, from what was counted. Same input, same output."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import change, wording
from .counting import Count, Tally

SCHEMA = 1  # of the data in snapshots and sections; raise it when their shape changes
SHOWN = 12  # themes with a section of their own; the others have theirs hidden


class Theme(NamedTuple):
    key: int
    slug: str
    name: str
    colour: str
    group: int
    guideline: str = ""


class Group(NamedTuple):
    key: int
    slug: str
    name: str


@dataclass(frozen=True)
class Material:
    """All that a report is made of. Quotes, insights and studies are JSON as the sections show them."""

    title: str  # of the quarter: "Q4 2026"
    before_title: str
    now: Tally
    before: Tally
    groups: tuple[Group, ...]
    themes: tuple[Theme, ...]
    segments: Mapping[str, str]  # key: in words, in order
    methods: Mapping[str, str]
    quotes: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)  # by theme
    insights: tuple[dict[str, Any], ...] = ()
    insights_before: int = 0
    studies: tuple[dict[str, Any], ...] = ()
    days: Mapping[str, str] = field(default_factory=dict)  # first, last, before_first, before_last: ISO


class Draft(NamedTuple):
    """A section before it is written. `key` names it in the report, so that a rebuild finds it again."""

    key: str
    kind: str
    title: str
    data: dict[str, Any]
    hidden: bool = False


def compose(material: Material) -> list[Draft]:
    """The report's sections in order."""
    rows = [_theme(material, theme) for theme in material.themes]
    heard = sorted((row for row in rows if row["now"]["highlights"]), key=_loudest)
    return [
        Draft("opening", "text", "What stood out", {}),
        Draft("summary", "summary", "The quarter in numbers", _summary(material, heard)),
        Draft("themes", "themes", "All themes", _themes(material, rows)),
        *(
            Draft(f"tag:{row['slug']}", "tag", row["name"], _with_quotes(material, row), place >= SHOWN)
            for place, row in enumerate(heard)
        ),
        Draft("insights", "insights", "Insights published", {"insights": _insights(material)}),
        Draft("coverage", "coverage", "Whom we heard, and whom we did not", _coverage(material)),
        Draft("method", "method", "How this was counted", _method(material)),
    ]


def snapshot(material: Material) -> dict[str, Any]:
    """Every number of the quarter, shown or not."""
    return {
        "schema": SCHEMA,
        "quarters": _quarters(material),
        "totals": _pair(material.now.total, material.before.total),
        "themes": [_theme(material, theme) for theme in material.themes],
        "segments": _table(material.segments, material.now.segments, material.before.segments),
        "methods": _table(material.methods, material.now.methods, material.before.methods),
    }


def _pair(now: Count, before: Count) -> dict[str, Any]:
    return {"now": now.as_dict(), "before": before.as_dict()}


def _loudest(row: dict[str, Any]) -> tuple[int, int, int, str]:
    now = row["now"]
    return (-now["people"], -now["sessions"], -now["highlights"], row["name"])


def _theme(material: Material, theme: Theme) -> dict[str, Any]:
    now, before = material.now.tag(theme.key), material.before.tag(theme.key)
    of, of_before = material.now.total.people, material.before.total.people
    low, high = change.wilson(now.people, of)
    return {
        "key": theme.key,
        "slug": theme.slug,
        "name": theme.name,
        "colour": theme.colour,
        "of": {"now": of, "before": of_before},
        "low": round(low, 4),
        "high": round(high, 4),
        "change": change.change(now.people, of, before.people, of_before).value,
        **_pair(now, before),
    }


def _themes(material: Material, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The table of all themes by group; those never heard in either quarter are only counted."""
    by_key = {row["key"]: row for row in rows}
    groups = []
    for group in material.groups:
        mine = [by_key[theme.key] for theme in material.themes if theme.group == group.key]
        spoken = sorted((row for row in mine if _either(row)), key=_loudest)
        if spoken:
            counts = _pair(material.now.group(group.key), material.before.group(group.key))
            groups.append({"slug": group.slug, "name": group.name, "rows": spoken, **counts})
    most = max((max(row["now"]["people"], row["before"]["people"]) for row in rows), default=0)
    return {
        "groups": groups,
        "of": {"now": material.now.total.people, "before": material.before.total.people},
        "most": most,
        "silent": sum(not _either(row) for row in rows),
        "quarters": _quarters(material),
    }


def _either(row: dict[str, Any]) -> bool:
    return bool(row["now"]["highlights"] or row["before"]["highlights"])


def _quarters(material: Material) -> dict[str, str]:
    return {"now": material.title, "before": material.before_title, **material.days}


def _with_quotes(material: Material, row: dict[str, Any]) -> dict[str, Any]:
    key = row["key"]
    theme = next(theme for theme in material.themes if theme.key == key)
    heard = material.now.people_by_segment.get(key, {})
    return {
        **row,
        "guideline": theme.guideline,
        "quarters": _quarters(material),
        "sentence": wording.theme(row),
        "segments": [
            {"key": segment, "label": label, "people": heard[segment]}
            for segment, label in material.segments.items()
            if heard.get(segment)
        ],
        "quotes": material.quotes.get(key, []),
    }


_NUMBERS = (
    ("sessions", "Sessions"),
    ("people", "People listened to"),
    ("respondents", "Survey respondents"),
    ("accounts", "Customer accounts"),
    ("studies", "Studies"),
    ("highlights", "Highlights"),
)


def _summary(material: Material, heard: list[dict[str, Any]]) -> dict[str, Any]:
    now, before = material.now.total.as_dict(), material.before.total.as_dict()
    numbers = [
        {"key": key, "label": label, "now": now[key], "before": before[key]}
        for key, label in _NUMBERS
        if key != "respondents" or now[key] or before[key]
    ]
    published = {"now": len(material.insights), "before": material.insights_before}
    numbers.append({"key": "insights", "label": "Insights published", **published})
    leads = wording.leads(material.title, material.before_title, now, before, heard, _gaps(material))
    return {"numbers": numbers, "leads": leads, "quarters": _quarters(material)}


def _table(
    words: Mapping[str, str], now: Mapping[str, Count], before: Mapping[str, Count]
) -> list[dict[str, Any]]:
    return [
        {"key": key, "label": label, **_pair(now.get(key, Count()), before.get(key, Count()))}
        for key, label in words.items()
    ]


def _gaps(material: Material) -> list[str]:
    """The segments, in words, of which nobody was heard."""
    return [
        label
        for key, label in material.segments.items()
        if key != "unknown" and not material.now.segments.get(key)
    ]


def _coverage(material: Material) -> dict[str, Any]:
    tables = {
        "segments": _table(material.segments, material.now.segments, material.before.segments),
        "methods": _table(material.methods, material.now.methods, material.before.methods),
    }
    spoken = {
        name: [
            row for row in rows if name == "segments" or row["now"]["sessions"] or row["before"]["sessions"]
        ]
        for name, rows in tables.items()
    }
    return {**spoken, "gaps": _gaps(material), "quarters": _quarters(material)}


def _insights(material: Material) -> list[dict[str, Any]]:
    return [{**one, "facts": wording.standing(one)} for one in material.insights]


def _method(material: Material) -> dict[str, Any]:
    return {
        "paragraphs": list(wording.COUNTED),
        "studies": list(material.studies),
        "untagged": material.now.untagged,
        "unnamed": material.now.unnamed,
        "themes": sum(bool(material.now.tag(theme.key).highlights) for theme in material.themes),
        "quarters": _quarters(material),
    }
