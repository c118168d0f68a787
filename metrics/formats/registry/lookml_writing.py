"""LookML: KPIs written as the measures of views."""

import base64
import json
from dataclasses import replace
from typing import Any

import lkml

from metrics.formats.definition import Invalid, Measure, Quantile, Ratio, Rows, Simple, read
from metrics.formats.sql.conditions import call_of, where_of

from .entries import Entry, Reading, slug_of
from .lookml import AGGREGATES, TAG, read_lookml
from .writing import Writing, key_of, with_rest


def write_lookml(entries: list[Entry]) -> Writing:
    """The KPIs that are an aggregate of one table, a percentile, or arithmetic of such, as views."""
    return with_rest(entries, _document, _read_back, lambda entry: entry.key.split(".", 1)[-1])


def _read_back(text: str) -> Reading:
    return read_lookml(text) if "measure:" in text else Reading()


def _document(entries: list[Entry], rest: dict[str, dict[str, Any]]) -> tuple[str, list[str]]:
    views: dict[str, dict[str, Any]] = {}
    left_out = []
    for entry in entries:
        found = _written(entry)
        if found is None:
            left_out.append(entry.name)
            continue
        table, measure = found
        name = slug_of(table).replace("-", "_") if table else "kpis"
        view = views.setdefault(name, {"name": name, "measures": []})
        if table:
            view["sql_table_name"] = table
        made = {"name": key_of(entry), **measure, "label": _quotable(entry.name)}
        if entry.meaning:
            made["description"] = _quotable(entry.meaning)
        if extra := rest.get(key_of(entry)):
            data = json.dumps(extra, ensure_ascii=False, sort_keys=True).encode()
            made["tags"] = [f"{TAG}{base64.urlsafe_b64encode(data).decode()}"]
        view["measures"].append(made)
    if not views:
        return "# No KPI of this registry has a definition that LookML can hold.\n", left_out
    return str(lkml.dump({"views": list(views.values())})) + "\n", left_out


def _written(entry: Entry) -> tuple[str, dict[str, Any]] | None:
    """(the table, what LookML says of the measure); None for what a measure cannot be."""
    if not entry.definition:
        return None
    try:
        definition = read(entry.definition)
    except Invalid:
        return None
    match definition:
        case Simple(measure):
            back = {ours: theirs for theirs, ours in AGGREGATES.items()}
            return _measured(back[measure.aggregate], measure.column, measure.rows)
        case Quantile(q, column, rows):
            found = _measured("percentile", column, rows)
            if found is None:
                return None
            return found[0], {"type": "percentile", "percentile": f"{q * 100:.6g}", **found[1]}
        case Ratio(numerator, denominator) if numerator.rows.table == denominator.rows.table:
            sides = [_inline(numerator), _inline(denominator)]
            if any(";;" in one for one in sides):
                return None
            return numerator.rows.table, {"type": "number", "sql": f"{sides[0]} / NULLIF({sides[1]}, 0)"}
        case _:
            return None


def _inline(measure: Measure) -> str:
    """An aggregate with its condition inside, as one expression."""
    where = where_of(measure.rows)
    if not where:
        return call_of(measure)
    return call_of(replace(measure, column=f"CASE WHEN {where} THEN {measure.column or 1} END"))


def _measured(kind: str, column: str, rows: Rows) -> tuple[str, dict[str, Any]] | None:
    """A condition goes into the expression: LookML's own filters know dimensions only."""
    where = where_of(rows)
    if kind == "count" and (where or column):
        kind, column = "sum", f"CASE WHEN {where or f'{column} IS NOT NULL'} THEN 1 ELSE 0 END"
    elif where:
        column = f"CASE WHEN {where} THEN {column} END"
    if ";;" in column:
        return None
    made = {"type": kind}
    return rows.table, {**made, **({"sql": column} if column else {})}


def _quotable(text: str) -> str:
    return " ".join(text.replace("\\", "/").split())
