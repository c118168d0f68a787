"""Which shape a file has, and what it says: our own, another tool's table, or lists in Markdown."""

import json
import re
from collections.abc import Mapping

from metrics.formats import tables

from . import lives, markdown, own, pipes
from .columns import FIELDS, many, objective_of, result_of
from .plans import MOST, TITLE, Left, ObjectiveSaid, Plan, Unreadable, cut

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
    if pipes.begins(start.splitlines()[:2] or [""], 1):
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
    named_parents = {name for _, row in rows for name in many(row.get("parent", ""))}
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
            made = objective_of(line, title, row)
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
        above = next((objectives[name] for name in many(row.get("parent", "")) if name in objectives), None)
        if above is None:
            what = row.get("parent", "")[:60]
            why = (
                f"“{what}”, which it stands below, is not in the file."
                if what
                else "it stands below nothing."
            )
            plan.left.append(Left(line, cut(row["title"], 80), why))
        else:
            above.key_results.append(result_of(line, cut(row["title"], TITLE), row, plan))
    _serve(plan, objectives)
    return plan


def _side_by_side(
    line: int, title: str, row: Mapping[str, str], plan: Plan, objectives: dict[str, ObjectiveSaid]
) -> None:
    """A row that has the objective in one column and its key result in another."""
    key = f"{title}\n{row.get('team', '')}"
    if key not in objectives:
        made = objectives[key] = objective_of(line, title, row)
        objectives.setdefault(title, made)
        plan.objectives.append(made)
    if name := cut(row.get("key_result", ""), TITLE):
        objectives[key].key_results.append(result_of(line, name, row, plan))


def _type(row: Mapping[str, str], parents: set[str]) -> str:
    said = row.get("type", "").strip().casefold()
    if said:
        if "objective" in said or said in ("o", "goal"):
            return "objective"
        return "key result" if "key result" in said or said in ("kr", "kpi", "metric") else ""
    if row.get("id", "") in parents or row.get("title", "") in parents or not row.get("parent"):
        return "objective"
    return "key result"


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
