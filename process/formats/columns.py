"""The columns of other tools' tables of objectives, and what one row of them says."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from . import own
from .grades import share, way
from .plans import KeyResultSaid, Left, ObjectiveSaid, Plan, cut


class Field(NamedTuple):
    """A column that may be chosen; `usual` are names other tools give it."""

    label: str
    usual: tuple[str, ...]


FIELDS: dict[str, Field] = {
    "title": Field("Title", ("title", "objective title", "okr title", "name", "goal", "goal title")),
    "key_result": Field("Key result (where it has its own column)", ("key result", "key results", "kr")),
    "type": Field(
        "Objective or key result", ("type", "object type", "okr type", "item type", "objective type")
    ),
    "id": Field("Its id there", ("row id", "id", "objective id", "okr id", "goal id", "key", "uid")),
    "parent": Field(
        "What it stands below", ("parent", "parent id", "parent row ids", "parent objective", "parent okr")
    ),
    "aligned": Field(
        "What it serves", ("aligned to", "aligned with", "alignment", "supports", "contributes to")
    ),
    "team": Field("Team", ("team", "teams", "entity", "group", "owner group", "department", "team name")),
    "owner": Field(
        "Owner",
        ("owner email", "owner", "owners", "lead", "lead email", "owner emails", "assignee", "responsible"),
    ),
    "level": Field("Level", ("level", "scope", "owner type")),
    "period": Field("Time period", ("time period", "period", "timeframe", "cycle", "quarter", "goal cycle")),
    "why": Field("Why", ("description", "why", "details", "objective description")),
    "start": Field(
        "Start", ("start value", "start", "baseline", "initial value", "starting value", "metric start")
    ),
    "target": Field("Target", ("target value", "target", "goal value", "metric target", "end value")),
    "current": Field("Value now", ("current value", "current", "value", "actual", "latest value")),
    "progress": Field(
        "Progress or grade", ("progress", "progress %", "progress (%)", "score", "grade", "% complete")
    ),
    "unit": Field("Unit", ("unit", "metric unit", "metric type", "units")),
    "weight": Field("Weight", ("weight", "weight (%)", "weightage")),
}


class Preset(NamedTuple):
    """Another tool's names; a table is taken for that tool's where it has all of `signs`."""

    name: str
    signs: tuple[tuple[str, ...], ...]
    columns: dict[str, tuple[str, ...]]


PRESETS: dict[str, Preset] = {
    "viva": Preset(
        "Viva Goals",
        (("row id", "objective id", "okr id"), ("entity", "teams", "team"), ("time period",)),
        {
            "level": ("objective type",),
            "type": ("type", "object type", "okr type"),
            "aligned": ("aligned to",),
        },
    ),
    "perdoo": Preset(
        "Perdoo",
        (("objective",), ("key result",), ("lead", "timeframe", "group")),
        {"title": ("objective",), "key_result": ("key result",)},
    ),
}
_LEVELS = {
    "company": ("company", "organization", "organisation", "org"),
    "team": ("team", "group", "department", "sub-team", "function"),
    "personal": ("individual", "personal", "person", "user"),
}
_LEVEL = {word: level for level, words in _LEVELS.items() for word in words}
_UNITS = {"%": "percent", "percent": "percent", "percentage": "percent", "€": "currency", "$": "currency"}
_UNITS |= {"currency": "currency", "hours": "hours", "days": "days", "number": "count", "count": "count"}


def guess(header: list[str]) -> tuple[dict[str, str], str]:
    """({field: column name}, the preset's key or "") by the names of the columns."""
    named: dict[str, str] = {}
    for head in header:
        named.setdefault(" ".join(head.split()).casefold(), head)
    key = next((k for k, one in PRESETS.items() if all(any(n in named for n in s) for s in one.signs)), "")
    first = PRESETS[key].columns if key else {}
    chosen: dict[str, str] = {}
    for field, about in FIELDS.items():
        for name in (*first.get(field, ()), *(() if field in first else about.usual)):
            if name in named and named[name] not in chosen.values():
                chosen[field] = named[name]
                break
    if "title" not in chosen and "objective" in named:
        chosen["title"] = named["objective"]
    return chosen, key


def many(text: str) -> list[str]:
    """Several names in a cell: by lines or semicolons, or commas between numbers."""
    if re.fullmatch(r"[\d\s,]+", text):
        return text.replace(",", " ").split()
    return [part.strip() for part in re.split(r"[\n;]", text) if part.strip()]


def objective_of(line: int, title: str, row: Mapping[str, str]) -> ObjectiveSaid:
    team, level = row.get("team", ""), _LEVEL.get(row.get("level", "").strip().casefold(), "")
    team = (team.splitlines() or [""])[0].split(";")[0]
    if team.casefold() == "individual":
        team, level = "", "personal"
    made = ObjectiveSaid(line, title, row.get("id", ""), cut(team, 80), _first(row.get("owner", "")))
    made.wants = many(row.get("parent", "")) + many(row.get("aligned", ""))
    if level:
        made.fields["level"] = level
    if why := row.get("why", "").strip():
        made.fields["why"] = why[:2_000]
    return made


def _first(text: str) -> str:
    return cut((re.split(r"[\n;,]", text.strip()) or [""])[0], 120)


def result_of(line: int, title: str, row: Mapping[str, str], plan: Plan) -> KeyResultSaid:
    made = KeyResultSaid(line, title, row.get("id", ""), _first(row.get("owner", "")))
    told = way(title)
    start, target = (own.number(row.get(name, "")) for name in ("start", "target"))
    if start is None and target is None and told:
        start, target = told[0], told[1]
    if target is None:
        start, target, unit = 0.0, 100.0, "percent"
    else:
        start = 0.0 if start is None else start
        said = row.get("unit", "").strip().casefold()
        unit = _UNITS.get(said, "percent" if "%" in row.get("target", "") or (told and told[2]) else "count")
    if start == target:
        why = f"start and target are both {target:g}; it comes in from 0 to 100 % instead."
        plan.left.append(Left(line, title[:80], why))
        start, target, unit = 0.0, 100.0, "percent"
    made.fields |= {"start": start, "target": target, "unit": unit}
    made.grade = share(row["progress"]) if row.get("progress") else None
    if made.grade is None and (whole := own.number(row.get("progress", ""))) is not None and 1 < whole <= 100:
        made.grade = whole / 100
    current = own.number(row.get("current", ""))
    if current is None and made.grade is not None:
        current = round(start + made.grade * (target - start), 6)
    if current is not None:
        made.fields["current"] = current
    weight = own.number(row.get("weight", ""))
    if weight is not None and 0 <= weight <= 1000:
        made.fields["weight"] = weight
    return made
