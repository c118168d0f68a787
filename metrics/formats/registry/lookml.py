"""LookML: the measures of views, read."""

import base64
import json
import re
from typing import Any

import lkml

from metrics.formats.definition import (
    Definition,
    Derived,
    Filter,
    Invalid,
    Measure,
    Quantile,
    Rows,
    Simple,
    read,
    sentence,
    written,
)
from metrics.formats.expression import NotArithmetic, names_in
from metrics.formats.sql.aggregates import typed
from metrics.formats.sql.conditions import split

from .dbt_terms import dicts
from .entries import Entry, Reading, Unreadable, clean, slug_of, title_of, unique, with_extra
from .safe import MAX_DEPTH

AGGREGATES = {
    "count": "count",
    "count_distinct": "count_distinct",
    "sum": "sum",
    "average": "average",
    "min": "minimum",
    "max": "maximum",
    "median": "median",
}
NO_NUMBERS = {"list", "string", "date", "yesno"}
TAG = "prodops:"
# what the parser raises of text that is no LookML
_FAULTS = (SyntaxError, RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError)
_NAME = re.compile(r"\$\{([\w.]+)\}")
_NULLIF = re.compile(r"nullif\s*\(\s*([\w.${}]+)\s*,\s*0(?:\.0)?\s*\)", re.IGNORECASE)
_COMPARED = re.compile(r"(>=|<=|<>|!=|>|<|=)\s*(-?\d+(?:\.\d+)?)\Z")
_UNITS = {"percent": "percent", "usd": "money", "eur": "money", "gbp": "money"}
_MOST_VALUES = 100


class _Beyond(ValueError):
    """A typed definition cannot say this."""


class _View:
    """A view: `base` are those of the file that it extends, or that a refinement (`+orders`) refines."""

    def __init__(self, data: dict[str, Any], base: "list[_View]") -> None:
        self.name = str(data.get("name") or "").removeprefix("+")
        derived = data.get("derived_table")
        self.derived = str(derived.get("sql") or "").strip() if isinstance(derived, dict) else ""
        table: object = data.get("sql_table_name")
        self.dimensions: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        for one in base:
            self.derived = self.derived or one.derived
            table = table or one.table
            self.dimensions |= one.dimensions
            self.groups |= one.groups
        self.table: str = str(table or self.name).strip().replace("`", "")
        self.dimensions |= {str(one.get("name")): one for one in dicts(data.get("dimensions"))}
        self.groups |= {str(one.get("name")): one for one in dicts(data.get("dimension_groups"))}
        self.measures = {str(one.get("name")): one for one in dicts(data.get("measures"))}

    def sql(self, text: str, depth: int = 0) -> str:
        """Text with `${TABLE}` and `${dimension}` put in."""
        if depth > 20:
            raise _Beyond("its dimensions name each other in a circle")
        if "{%" in text or "{{" in text:
            raise _Beyond("its SQL is a template that Looker fills in")

        def put(found: re.Match[str]) -> str:
            name = found[1].removeprefix(f"{self.name}.")
            if name == "TABLE":
                return "\0"
            if "." in name:
                raise _Beyond(f"it reaches into another view, by “{name}”")
            if name in self.dimensions:
                inner = str(self.dimensions[name].get("sql") or f"${{TABLE}}.{name}").strip()
                said = self.sql(inner, depth + 1)
                return said if re.fullmatch(r"[\w.]+", said) else f"({said})"
            group = next((one for one in self.groups if name == one or name.startswith(f"{one}_")), None)
            if group is not None:
                return self.sql(str(self.groups[group].get("sql") or group).strip(), depth + 1)
            if name in self.measures:
                raise _Beyond(f"it is made of the measure “{name}”")
            return name

        return " ".join(_NAME.sub(put, text).replace("\0.", "").replace("\0", self.name).split())


def read_lookml(text: str) -> Reading:
    """The measures of all views in a LookML file; raises `Unreadable`."""
    depth = deepest = 0
    for sign in text:
        depth += (sign in "{[") - (sign in "}]")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Unreadable(f"The LookML is nested {deepest:,} deep; {MAX_DEPTH} is the most that is read.")
    try:
        data: Any = lkml.load(text)
    except _FAULTS as error:
        said = str(error).splitlines()[0][:160] if str(error) else "it ends too early"
        raise Unreadable(f"The LookML cannot be read: {said.rstrip('.')}. Check it in Looker.") from error
    reading = Reading()
    views = _views(dicts(data.get("views") if isinstance(data, dict) else None), reading)
    if not any(view.measures for view in views):
        raise Unreadable("There are no measures in it. Upload a view file (*.view.lkml).")
    if explores := dicts(data.get("explores")):
        reading.note(f"Explores are left out, as they define no metrics: {_listed(explores)}.")
    found = [
        entry
        for view in views
        for name, measure in view.measures.items()
        if (entry := _entry(view, name, measure, reading))
    ]
    reading.entries = unique(found, reading)
    return reading


def _views(found: list[dict[str, Any]], reading: Reading) -> list[_View]:
    """The views of a file, each with the dimensions of those it extends, where they stand before it."""
    views: list[_View] = []
    for one in found:
        name = str(one.get("name") or "")
        wanted = [str(base) for part in one.get("extends__all") or [] for base in _flat(part)]
        wanted += [str(base) for base in _flat(one.get("extends"))]
        if name.startswith("+"):
            wanted.append(name.removeprefix("+"))
        base = [view for view in views if view.name in wanted]
        if missing := sorted(set(wanted) - {view.name for view in base}):
            reading.note(
                f"The view “{name}” builds on “{missing[0]}”, which does not stand before it in the file:"
                " what it takes from there is taken for columns of its table."
            )
        views.append(_View(one, base))
    return views


def _flat(value: object) -> list[object]:
    if isinstance(value, list):
        return [inner for one in value for inner in _flat(one)]
    return [] if value is None else [value]


def _listed(found: list[dict[str, Any]]) -> str:
    names = [str(one.get("name")) for one in found]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _entry(view: _View, name: str, measure: dict[str, Any], reading: Reading) -> Entry | None:
    where = f"view {view.name}, measure {name}"
    kind = str(measure.get("type") or "")
    if kind in NO_NUMBERS:
        reading.refuse(f"{view.name}.{name}", where, f"A measure of type {kind} is no number.")
        return None
    if str(measure.get("hidden")) == "yes":
        reading.note(f"“{view.name}.{name}” is hidden in Looker and left out.")
        return None
    definition: Definition | None = None
    formula = None
    try:
        definition = read(written(_definition(view, name, measure, kind)))
        formula = clean(sentence(definition, "day"), 2000)
    except (_Beyond, Invalid) as error:
        said = str(error) if isinstance(error, _Beyond) else "; ".join(error.errors.values())
        formula = clean(f"{kind or 'measure'} in Looker: {measure.get('sql') or ''}".strip(), 2000)
        reading.note(f"“{view.name}.{name}” keeps its formula in words: {said.rstrip('.')[:200]}.")
    label = _unquoted(measure.get("label"))
    plain = name in ("count", "total", "sum", "average")
    entry = Entry(
        key=f"{view.name}.{name}",
        name=clean(label, 120) or title_of(f"{view.name} {name}" if plain else name),
        where=where,
        meaning=clean(_unquoted(measure.get("description")), 1000, lines=True),
        formula=formula,
        definition=None if definition is None else written(definition),
        unit=_unit(measure, kind),
        source=clean(f"LookML: {view.table}", 200),
        guessed=("formula", "source", *(() if clean(label, 120) else ("name",))),
    )
    return with_extra(entry, _ours(measure))


def _definition(view: _View, name: str, measure: dict[str, Any], kind: str) -> Definition:
    if view.derived:
        raise _Beyond("its view is a query")
    text = str(measure.get("sql") or "").strip()
    if kind == "number":
        return _number(view, text)
    rows = Rows(view.table, *_filters(view, measure))
    column = view.sql(text) if text else ""
    if kind == "percentile":
        try:
            return Quantile(float(measure.get("percentile") or 50) / 100, column, rows)
        except ValueError as error:
            raise _Beyond("its percentile is no number") from error
    if kind not in AGGREGATES:
        raise _Beyond(f"the type “{kind or 'none'}” is not one that definitions know")
    if kind == "count":
        return Simple(Measure("count", rows))
    return Simple(Measure(AGGREGATES[kind], rows, column))


def _number(view: _View, text: str) -> Definition:
    """Arithmetic of other measures."""
    plain = _NULLIF.sub(lambda found: found[1], text)
    plain = re.sub(r"^\s*1\.0\s*\*\s*", "", plain)
    inputs: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        path = found[1] if "." in found[1] else f"{view.name}.{found[1]}"
        word = re.sub(r"\W", "_", found[1]).lower()
        inputs[word] = slug_of(path)
        return word

    expression = " ".join(_NAME.sub(named, plain).split())
    if not inputs or re.search(r"\b(sum|count|avg|min|max)\s*\(", plain, re.IGNORECASE):
        made = typed(view.sql(text), Rows(view.table))
        if made is None:
            raise _Beyond("its SQL is neither arithmetic of measures nor an aggregate or two")
        return read(made)
    try:
        used = names_in(expression)
    except NotArithmetic as error:
        raise _Beyond("it is more than arithmetic") from error
    if not used or any(word not in inputs for word in used):
        raise _Beyond("it names more than measures")
    return Derived(expression, tuple(sorted((word, inputs[word]) for word in used)))


def _filters(view: _View, measure: dict[str, Any]) -> tuple[tuple[Filter, ...], str]:
    filters: list[Filter] = []
    rest: list[str] = []
    pairs = []
    for one in measure.get("filters__all") or measure.get("filters") or []:
        for part in one if isinstance(one, list) else [one]:
            if isinstance(part, dict) and "field" in part:
                pairs.append((str(part["field"]), str(part.get("value") or "")))
            elif isinstance(part, dict):
                pairs += [(str(field), str(value)) for field, value in part.items()]
    for field, value in pairs:
        made = _filter(view, field.removeprefix(f"{view.name}."), _unquoted(value) or "")
        if isinstance(made, Filter):
            filters.append(made)
        else:
            found, where = split(made)
            filters += found
            if where:
                rest.append(where)
    where = " AND ".join(f"({one})" for one in rest) if len(rest) > 1 else "".join(rest)
    return tuple(filters), where


def _filter(view: _View, field: str, value: str) -> Filter | str:
    """One filter of Looker: `paid,open`, `-paid`, `>10`, `NULL`, `yes`."""
    if any(field == one or field.startswith(f"{one}_") for one in view.groups):
        raise _Beyond("it filters by time")
    dimension = view.dimensions.get(field, {})
    column = view.sql(f"${{{field}}}")
    if dimension.get("type") == "yesno" and value.lower() in ("yes", "no"):
        return column if value.lower() == "yes" else f"NOT ({column})"
    number = dimension.get("type") == "number"
    if value.upper() in ("NULL", "-NULL", "NOT NULL", "EMPTY", "-EMPTY"):
        return Filter(column, "is null" if value.upper() in ("NULL", "EMPTY") else "is not null")
    if number and (found := _COMPARED.fullmatch(value.strip())):
        op = "!=" if found[1] == "<>" else found[1]
        return Filter(column, op, (_number_of(found[2]),))
    values = [one.strip() for one in value.split(",") if one.strip()]
    if not values or len(values) > _MOST_VALUES:
        raise _Beyond(f"its filter on {field} is empty or too long")
    negative = [one.startswith("-") and not number for one in values]
    if any(negative) and not all(negative):
        raise _Beyond(f"its filter on {field} mixes what is in and what is out")
    plain = [one[1:] if negative[0] else one for one in values]
    if any("%" in one for one in plain):
        if len(plain) == 1 and not negative[0] and re.fullmatch(r"%[^%]+%", plain[0]):
            return Filter(column, "contains", (plain[0][1:-1],))
        raise _Beyond(f"its filter on {field} has a pattern")
    kept = tuple(_number_of(one) if number else one for one in plain)
    if len(kept) == 1:
        return Filter(column, "!=" if negative[0] else "=", kept)
    return Filter(column, "not in" if negative[0] else "in", kept)


def _number_of(text: str) -> int | float:
    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    except ValueError as error:
        raise _Beyond(f"“{text[:40]}” is no number") from error


def _unit(measure: dict[str, Any], kind: str) -> str | None:
    if kind in ("count", "count_distinct"):
        return "count"
    name = str(measure.get("value_format_name") or "").lower()
    return next((unit for word, unit in _UNITS.items() if name.startswith(word)), None)


def _unquoted(value: object) -> str | None:
    return None if value is None else str(value).replace('\\"', '"')


def _ours(measure: dict[str, Any]) -> object:
    for tag in measure.get("tags") or []:
        if isinstance(tag, str) and tag.startswith(TAG):
            try:
                return json.loads(base64.urlsafe_b64decode(tag.removeprefix(TAG)))
            except (ValueError, RecursionError):
                return None
    return None
