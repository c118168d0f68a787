"""Which shape a file has, and what it says: our own, another tool's table, or lists in Markdown."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from metrics.formats import tables

from . import lives, markdown, own
from .grades import share, way
from .plans import MOST, TITLE, KeyResultSaid, Left, ObjectiveSaid, Plan, Unreadable, cut


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
_PERIOD = re.compile(
    r"(?:q|quarter)\s*([1-4])\D{0,12}?((?:19|20)\d\d)|((?:19|20)\d\d)\D{0,5}q\s*([1-4])", re.I
)
_YEAR = re.compile(r"^\s*(?:fy|annual|year)?\s*((?:19|20)\d\d)\s*$", re.I)
OWN_LINE = 40_000  # characters: a retrospective with its postmortem may stand on one line
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def shape_of(text: str, file_name: str = "") -> str:
    """ "own-markdown", "own-table", "table" or "markdown" """
    start = text.removeprefix("\ufeff").lstrip()
    if start.startswith(own.MARK):
        return "own-markdown"
    first = start.partition("\n")[0]
    if own.TYPE in first and re.search(f"{own.TYPE}['\"]?[,;\t|]", first):
        return "own-table"
    if file_name.lower().endswith((".csv", ".tsv", ".xlsx")):
        return "table"
    if file_name.lower().endswith((".md", ".markdown", ".txt")):
        return "markdown"
    listed = re.search(r"^\s*(?:#{1,6}|[-*+•]|\d{1,3}[.)])\s", text, re.MULTILINE)
    return "markdown" if listed else "table"


def read(text: str, shape: str, mapping: Mapping[str, str] | None = None, period: str = "") -> Plan:
    """What the file says. `mapping` is {field: column name} of a table; `period` the slug of the cycle."""
    if shape == "own-markdown":
        return _own_markdown(text)
    if shape == "markdown":
        return markdown.read(text)
    try:
        rows = tables.read_table(text, longest=OWN_LINE if shape == "own-table" else tables.MAX_LINE).rows
    except tables.Unreadable as error:
        raise Unreadable(str(error)) from error
    header = [cell.strip() for cell in rows[0].cells]
    if shape == "own-table":
        named = [(row.line, dict(zip(header, map(_unguarded, row.cells), strict=False))) for row in rows[1:]]
        return _found(own.plan_of(named))
    places = _places(header, mapping or {})
    if "title" not in places:
        raise Unreadable("Say which column is the title.")
    if len(rows) > MOST + 1:
        raise Unreadable(f"There are more than {MOST:,} rows. Split the file.")
    cells = [
        (row.line, {f: _unguarded(row.cells[at]) for f, at in places.items() if at < len(row.cells)})
        for row in rows[1:]
    ]
    return _found(_table(cells, period))


def header_of(text: str) -> list[str]:
    """The names of a table's columns; raises `Unreadable`."""
    try:
        return [cell.strip()[:200] for cell in tables.read_table(text).rows[0].cells]
    except tables.Unreadable as error:
        raise Unreadable(str(error)) from error


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


def _places(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    return {
        field: header.index(name) for field, name in mapping.items() if field in FIELDS and name in header
    }


def _unguarded(text: str) -> str:
    text = text.replace("\0", "")
    return text[1:] if _GUARDED.match(text) else text


def _found(plan: Plan) -> Plan:
    if not plan.objectives:
        raise Unreadable("No objective was found in it.")
    return plan


def _own_markdown(text: str) -> Plan:
    said: list[tuple[int, dict[str, str]]] = []
    stray: list[Left] = []
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        if found := re.match(r"^#{2,3} (Objective|Key result) ?([\d.]*): (.*)$", line):
            kind = own.OBJECTIVE if found[1] == "Objective" else own.KEY_RESULT
            said.append((number, {own.TYPE: kind, "id": found[2], "title": _value(found[3])}))
        elif (found := re.match(r"^#### ([A-Z][a-z-]+)$", line)) and found[1].lower() in lives.SHAPES:
            said.append((number, {own.TYPE: found[1].lower()}))
        elif found := re.match(r"^- \[[ x]\] (.*)$", line):
            said.append((number, {own.TYPE: own.MILESTONE, "title": _value(found[1])}))
        elif (found := re.match(r"^(?:  )?- ([a-z_]{1,20}): (.*)$", line)) and said:
            said[-1][1][found[1]] = _value(found[2])
        elif line.strip() and not line.startswith(("# ", own.MARK)):
            stray.append(Left(number, cut(line, 80), "it is no line of ours."))
    plan = own.plan_of(said)
    plan.left += stray
    return _found(plan)


def _value(text: str) -> str:
    if text.startswith('"'):
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return told.replace("\0", "") if isinstance(told, str) else text
    return text.strip()


# --- other tools' tables ------------------------------------------------------------------------------------


def _table(rows: list[tuple[int, dict[str, str]]], period: str) -> Plan:
    plan = Plan()
    apart = any(row.get("key_result") for _, row in rows)
    named_parents = {name for _, row in rows for name in _many(row.get("parent", ""))}
    objectives: dict[str, ObjectiveSaid] = {}
    results: list[tuple[int, dict[str, str]]] = []
    for line, row in rows:
        title = cut(row.get("title", ""), TITLE)
        if not title:
            plan.left.append(Left(line, cut(row.get("key_result", ""), 80), "it has no title."))
        elif (when := period_in(row.get("period", ""))) and period and when != period:
            plan.left.append(Left(line, title[:80], f"it is of {when}, not of {period}."))
        elif apart:
            _side_by_side(line, title, row, plan, objectives)
        elif (kind := _type(row, named_parents)) == "objective":
            made = _said(line, title, row)
            for name in {row.get("id", "") or title, title}:
                objectives.setdefault(name, made)
            plan.objectives.append(made)
        elif kind == "key result":
            results.append((line, row))
        else:
            plan.left.append(
                Left(line, title[:80], f"“{row.get('type', '')[:40]}” is no objective and no key result.")
            )
    for line, row in results:
        above = next((objectives[name] for name in _many(row.get("parent", "")) if name in objectives), None)
        if above is None:
            what = row.get("parent", "")[:60]
            why = (
                f"“{what}”, which it stands below, is not in the file."
                if what
                else "it stands below nothing."
            )
            plan.left.append(Left(line, cut(row["title"], 80), why))
        else:
            above.key_results.append(_result(line, cut(row["title"], TITLE), row, plan))
    _serve(plan, objectives)
    return plan


def _side_by_side(
    line: int, title: str, row: Mapping[str, str], plan: Plan, objectives: dict[str, ObjectiveSaid]
) -> None:
    """A row that has the objective in one column and its key result in another."""
    key = f"{title}\n{row.get('team', '')}"
    if key not in objectives:
        made = objectives[key] = _said(line, title, row)
        objectives.setdefault(title, made)
        plan.objectives.append(made)
    if name := cut(row.get("key_result", ""), TITLE):
        objectives[key].key_results.append(_result(line, name, row, plan))


def _type(row: Mapping[str, str], parents: set[str]) -> str:
    said = row.get("type", "").strip().casefold()
    if said:
        if "objective" in said or said in ("o", "goal"):
            return "objective"
        return "key result" if "key result" in said or said in ("kr", "kpi", "metric") else ""
    if row.get("id", "") in parents or row.get("title", "") in parents or not row.get("parent"):
        return "objective"
    return "key result"


def _many(text: str) -> list[str]:
    """Several names in a cell: by lines or semicolons, or commas between numbers."""
    if re.fullmatch(r"[\d\s,]+", text):
        return text.replace(",", " ").split()
    return [part.strip() for part in re.split(r"[\n;]", text) if part.strip()]


def _said(line: int, title: str, row: Mapping[str, str]) -> ObjectiveSaid:
    team, level = row.get("team", ""), _LEVEL.get(row.get("level", "").strip().casefold(), "")
    team = (team.splitlines() or [""])[0].split(";")[0]
    if team.casefold() == "individual":
        team, level = "", "personal"
    made = ObjectiveSaid(line, title, row.get("id", ""), cut(team, 80), _first(row.get("owner", "")))
    made.wants = _many(row.get("parent", "")) + _many(row.get("aligned", ""))
    if level:
        made.fields["level"] = level
    if why := row.get("why", "").strip():
        made.fields["why"] = why[:2_000]
    return made


def _first(text: str) -> str:
    return cut((re.split(r"[\n;,]", text.strip()) or [""])[0], 120)


def _result(line: int, title: str, row: Mapping[str, str], plan: Plan) -> KeyResultSaid:
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


def _serve(plan: Plan, objectives: Mapping[str, ObjectiveSaid]) -> None:
    """Ids by place; an objective that stands below others serves them."""
    results: dict[str, str] = {}
    for place, one in enumerate(plan.objectives, start=1):
        for number, row in enumerate(one.key_results, start=1):
            new = f"{place}.{number}"
            results |= {name: new for name in (row.id, row.title) if name}
            row.id = new
    places = {id(one): str(place) for place, one in enumerate(plan.objectives, start=1)}
    for one in plan.objectives:
        for name in one.wants:
            if name in objectives and objectives[name] is not one:
                one.serves.append(("supports", places[id(objectives[name])]))
            elif name in results:
                one.serves.append(("supports", results[name]))
            else:
                plan.left.append(
                    Left(one.line, one.title[:80], f"“{name[:60]}”, which it serves, is not in the file.")
                )
        one.serves = list(dict.fromkeys(one.serves))
    for one in plan.objectives:
        one.id = places[id(one)]


def period_in(text: str) -> str:
    """ "2026-Q4" or "FY2026" that `text` names; "" where it names none."""
    if found := _PERIOD.search(text):
        return f"{found[2]}-Q{found[1]}" if found[1] else f"{found[3]}-Q{found[4]}"
    found = _YEAR.match(text)
    return f"FY{found[1]}" if found else ""
