"""The sections of a quarter's insight report, from what was counted. Same input, same output."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import coverage, patterns, shares, wording
from .change import FEW
from .counting import NOBODY, Count, Tally

SCHEMA = 3  # of the data in snapshots and sections; raise it when their shape changes
SHOWN = 12  # themes with a section of their own; the others have theirs hidden


class Theme(NamedTuple):
    key: int
    slug: str
    name: str
    colour: str
    group: int
    guideline: str = ""
    study: int | None = None  # the one whose own theme it is


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
    panel: Mapping[str, int] = field(default_factory=dict)  # segment: people of the panel
    feedback: tuple[dict[str, Any], ...] = ()  # {key, title, explanation, total, themes: {slug: counts}}
    reuse: tuple[dict[str, Any], ...] = ()  # {title, rows: [{insight, title, what, number}]}
    standing: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)  # superseded, retracted, due
    contradicted: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)  # theme: insights
    days: Mapping[str, str] = field(default_factory=dict)  # first, last, before_first, before_last: ISO
    unsaid: int = 0  # booked sessions of which nobody has said whether they took place


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
    insights = {
        "insights": _insights(material),
        **{name: list(material.standing.get(name, ())) for name in ("superseded", "retracted", "due")},
    }
    return [
        Draft("opening", "text", "What stood out", {}),
        Draft("summary", "summary", "The quarter in numbers", _summary(material, heard)),
        Draft("themes", "themes", "All themes", _themes(material, rows)),
        *(
            Draft(f"tag:{row['slug']}", "tag", row["name"], _with_quotes(material, row), place >= SHOWN)
            for place, row in enumerate(heard)
        ),
        Draft("together", "together", "Themes heard together", patterns.together(material.now, heard)),
        Draft("insights", "insights", "Insights", insights),
        Draft("feedback", "feedback", "Feedback beside research", _feedback(material)),
        Draft("reuse", "reuse", "Research in decisions", {"sources": list(material.reuse)}),
        Draft("coverage", "coverage", "Whom we heard, and whom we did not", _coverage(material, heard)),
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
    """Most people of one kind first: kinds are not added up to rank a theme either."""
    now = row["now"]
    return (-max(now[kind] for kind in shares.LABELS), -now["sessions"], -now["highlights"], row["name"])


def _theme(material: Material, theme: Theme) -> dict[str, Any]:
    now, before = material.now, material.before
    kinds = shares.by_kind(
        now.heard.get(theme.key, NOBODY),
        now.exposed_to(theme.study),
        before.heard.get(theme.key, NOBODY),
        before.exposed_to(theme.study),
    )
    return {
        "key": theme.key,
        "slug": theme.slug,
        "name": theme.name,
        "colour": theme.colour,
        "study": theme.study,
        "kinds": kinds,
        "change": shares.moved(kinds),
        "contradicted": list(material.contradicted.get(theme.key, ())),
        **_pair(now.tag(theme.key), before.tag(theme.key)),
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
            kinds = shares.by_kind(
                material.now.heard_groups.get(group.key, NOBODY),
                material.now.exposed_to(None),
                material.before.heard_groups.get(group.key, NOBODY),
                material.before.exposed_to(None),
            )
            one = {"slug": group.slug, "name": group.name, "rows": spoken, "kinds": kinds}
            groups.append({**one, "change": shares.moved(kinds), **counts})
    return {
        "groups": groups,
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
    heard, exposed = material.now.heard.get(key, NOBODY), material.now.exposed_to(theme.study)
    return {
        **row,
        "guideline": theme.guideline,
        "quarters": _quarters(material),
        "sentence": wording.theme(row),
        "segments": shares.by_segment(heard, exposed, material.segments),
        "methods": shares.by_method(heard, exposed, material.methods),
        "quotes": material.quotes.get(key, []),
    }


_NUMBERS = (
    ("sessions", "Sessions"),
    ("interviewees", "Interviewees"),
    ("testers", "Testers"),
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
        if key not in shares.LABELS or now[key] or before[key]
    ]
    published = {"now": len(material.insights), "before": material.insights_before}
    numbers.append({"key": "insights", "label": "Insights published", **published})
    about = (material.title, material.before_title, now, before)
    many = [row for row in heard if any(one["hits"] >= FEW for one in row["kinds"])]
    return {
        "numbers": numbers,
        "leads": wording.leads(*about, heard, _gaps(material)),
        "open_leads": wording.leads(*about, many, [], fewest=FEW),  # for those who get no small numbers
        "quarters": _quarters(material),
    }


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
        if key != coverage.UNKNOWN and not _spoken(material.now.segments.get(key, Count()))
    ]


def _spoken(count: Count) -> int:
    return max(count.interviewees, count.testers, count.respondents)


def _coverage(material: Material, heard: list[dict[str, Any]]) -> dict[str, Any]:
    asked = material.now.exposed_to(None)
    mix = coverage.mix(material.panel, asked, material.segments)
    methods = _table(material.methods, material.now.methods, material.before.methods)
    return {
        "segments": _table(material.segments, material.now.segments, material.before.segments),
        "methods": [row for row in methods if row["now"]["sessions"] or row["before"]["sessions"]],
        "silent": _gaps(material),
        "gaps": coverage.gaps(mix, asked, material.segments),
        "mix": mix,
        "panel": sum(material.panel.values()),
        "matrix": coverage.matrix(heard[:SHOWN], material.now, material.segments),
        "quarters": _quarters(material),
    }


def _feedback(material: Material) -> dict[str, Any]:
    """What came in from customers by theme, beside what research heard; sources are not added up."""
    names = {theme.slug: theme.name for theme in material.themes}
    sources = []
    for source in material.feedback:
        rows = [
            {"slug": slug, "name": names[slug], **counts}
            for slug, counts in source["themes"].items()
            if slug in names and (counts["now"] or counts["before"])
        ]
        rows.sort(key=lambda row: (-row["now"], -row["before"], row["name"]))
        most = max((max(row["now"], row["before"]) for row in rows), default=0)
        about = {name: source[name] for name in ("key", "title", "explanation", "total")}
        sources.append({**about, "rows": rows, "most": most})
    return {"sources": sources, "quarters": _quarters(material)}


def _insights(material: Material) -> list[dict[str, Any]]:
    return [{**one, "facts": wording.standing(one)} for one in material.insights]


def _method(material: Material) -> dict[str, Any]:
    return {
        "paragraphs": [*wording.COUNTED, *wording.left_out(material.unsaid)],
        "unsaid": material.unsaid,
        "studies": list(material.studies),
        "untagged": material.now.untagged,
        "unnamed": material.now.unnamed,
        "unread": material.now.unread,
        "themes": sum(bool(material.now.tag(theme.key).highlights) for theme in material.themes),
        "quarters": _quarters(material),
    }
