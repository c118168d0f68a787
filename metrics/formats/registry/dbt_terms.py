"""What dbt's files have in common: semantic models, measures, filters, windows."""

import re
from dataclasses import dataclass, field
from typing import Any

from metrics.formats.definition import Filter, Measure, Quantile, Rows, Window
from metrics.formats.sql.conditions import split

from .entries import clean
from .safe import listed, table

AGGREGATES = {
    "sum": "sum",
    "min": "minimum",
    "max": "maximum",
    "average": "average",
    "avg": "average",
    "count": "count",
    "count_distinct": "count_distinct",
    "median": "median",
}
_CALL = re.compile(r"""\{\{\s*(Dimension|TimeDimension|Entity|Metric)\s*\((.*?)\)[^{}]*\}\}""", re.DOTALL)
_TEXT = re.compile(r"""['"]([^'"]*)['"]""")
_REF = re.compile(r"""ref\(\s*(?:['"][\w.-]+['"]\s*,\s*)?['"]([\w.-]+)['"]\s*(?:,[^)]*)?\)""")
_SOURCE = re.compile(r"""source\(\s*['"]([\w.-]+)['"]\s*,\s*['"]([\w.-]+)['"]\s*\)""")
_WINDOW = re.compile(r"(\d{1,4})\s*([a-z]+?)s?\Z")
_SHORT = {"d": "day", "w": "week", "m": "month", "h": "hour", "q": "quarter", "y": "year"}
SPANS = ("hour", "day", "week", "month", "quarter", "year")


class Beyond(ValueError):
    """A typed definition cannot say this; the message says what."""


@dataclass
class Model:
    """A semantic model: its table, and what the names in filters are there."""

    name: str
    table: str
    time: str = ""
    columns: dict[str, str] = field(default_factory=dict)  # dimensions and entities: their expressions
    categories: list[str] = field(default_factory=list)  # the dimensions that are not times
    grains: dict[str, str] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)  # the entities whose columns are this model's
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)


def model_of(data: dict[str, Any]) -> Model:
    """A semantic model of a manifest or of the older YAML."""
    relation = table(data.get("node_relation"))
    source = relation.get("relation_name") or ".".join(
        str(relation[key]) for key in ("database", "schema_name", "alias") if relation.get(key)
    )
    model = Model(str(data.get("name") or ""), table_of(str(source or data.get("model") or "")))
    for entity in dicts(data.get("entities")):
        name = str(entity.get("name") or "")
        model.columns[name] = model.entities[name] = str(entity.get("expr") or name)
        if entity.get("type") in ("primary", "unique", "natural"):
            model.own.add(name)
    if data.get("primary_entity"):
        model.own.add(str(data["primary_entity"]))
    for dimension in dicts(data.get("dimensions")):
        name = str(dimension.get("name") or "")
        model.columns[name] = str(dimension.get("expr") or name)
        if dimension.get("type") == "time":
            params = table(dimension.get("type_params"))
            model.grains[name] = str(params.get("time_granularity") or "day")
        else:
            model.categories.append(name)
    model.time = str(table(data.get("defaults")).get("agg_time_dimension") or "")
    for measure in dicts(data.get("measures")):
        model.measures[str(measure.get("name") or "")] = measure
    return model


def dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in listed(value) if isinstance(one, dict)]


def table_of(text: str) -> str:
    """`ref('orders')` is orders, `source('raw', 'orders')` raw.orders; quotes around names go."""
    text = text.strip().strip("{}").strip()
    if found := _REF.search(text):
        return found[1]
    if found := _SOURCE.search(text):
        return f"{found[1]}.{found[2]}"
    return ".".join(part.strip('"`[] ') for part in text.split("."))


def measure_of(
    model: Model, data: dict[str, Any], conditions: list[str], fallback: str = ""
) -> Measure | Quantile:
    """An aggregate with its filters; raises `Beyond` for one that definitions do not know."""
    agg = str(data.get("agg") or "").lower()
    expr = str(data.get("expr") if data.get("expr") not in (None, "") else fallback).strip()
    rows = rows_of(model, conditions, str(data.get("agg_time_dimension") or ""))
    if agg in ("percentile", "median"):
        q = table(data.get("agg_params")).get("percentile")
        if agg == "percentile":
            if isinstance(q, bool) or not isinstance(q, int | float) or not 0 < q < 1:
                raise Beyond("its percentile is no number between 0 and 1")
            return Quantile(float(q), expr, rows)
    if agg == "sum_boolean":
        return Measure("sum", rows, f"CASE WHEN {expr} THEN 1 ELSE 0 END")
    if agg not in AGGREGATES:
        raise Beyond(f"the aggregation “{agg or 'none'}” is not one that Prodops knows")
    if agg in ("sum", "count") and expr in ("1", "*"):
        return Measure("count", rows)
    if data.get("non_additive_dimension"):
        raise Beyond("it is not additive over a dimension (a balance at a time)")
    return Measure(AGGREGATES[agg], rows, expr)


def rows_of(model: Model, conditions: list[str], time: str = "") -> Rows:
    """The rows of a model that hold the conditions."""
    filters: list[Filter] = []
    rest: list[str] = []
    for condition in conditions:
        found, where = split(resolved(condition, model))
        filters += found
        if where:
            rest.append(where)
    time = time or model.time
    where = " AND ".join(f"({one})" for one in rest) if len(rest) > 1 else "".join(rest)
    return Rows(model.table or model.name, tuple(filters), where, model.columns.get(time, time))


def resolved(condition: str, model: Model) -> str:
    """A filter's template as SQL: `{{ Dimension('order__status') }} = 'paid'` is `status = 'paid'`."""

    def column(found: re.Match[str]) -> str:
        texts = _TEXT.findall(found[2])
        if not texts:
            return "unknown"
        *path, name = texts[0].split("__")
        if found[1] == "Metric":
            raise Beyond(f"it filters by another metric, “{texts[0]}”")
        if (not path or path[-1] in model.own or path[-1] not in model.entities) and name in model.columns:
            return model.columns[name]
        return ".".join([path[-1], name]) if path else name

    return " ".join(_CALL.sub(column, condition).split())


def conditions_of(value: object) -> list[str]:
    """The conditions in any of the forms a filter has had."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for one in value for text in conditions_of(one)]
    if isinstance(value, dict):
        if "where_filters" in value:
            return conditions_of(value["where_filters"])
        return conditions_of(value.get("where_sql_template"))
    return []


def window_of(value: object) -> Window | None:
    """`7 days`, `30d` or {count, granularity}; raises `Beyond` for units that definitions do not know."""
    if value in (None, "", {}):
        return None
    if isinstance(value, dict):
        text = f"{value.get('count')} {value.get('granularity') or value.get('period')}"
    else:
        text = str(value)
    found = _WINDOW.fullmatch(text.strip().lower())
    unit = _SHORT.get(found[2], found[2]) if found else ""
    if not found or unit not in SPANS or not 1 <= int(found[1]) <= 1000:
        raise Beyond(f"its window “{clean(text, 40)}” is no number of days, weeks or months")
    return Window(int(found[1]), unit)


def owners_in(data: dict[str, Any]) -> str | None:
    """The first e-mail address among the owners named in meta."""
    config = data.get("config")
    metas = [data.get("meta"), config.get("meta") if isinstance(config, dict) else None]
    for meta in metas:
        if isinstance(meta, dict):
            for one in listed(meta.get("owner") or meta.get("owners")):
                if isinstance(one, str) and "@" in one:
                    return clean(one, 254)
    return None


def meta_of(data: dict[str, Any]) -> dict[str, Any]:
    """What rides along under `meta`, of the metric or of its config."""
    config = data.get("config")
    for holder in (data, config if isinstance(config, dict) else {}):
        meta = holder.get("meta")
        if isinstance(meta, dict):
            return meta
    return {}
