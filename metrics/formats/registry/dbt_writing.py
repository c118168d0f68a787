"""The registry as dbt's semantic layer: one shape for the manifest and for YAML."""

import json
from typing import Any

from metrics.formats.definition import (
    Conversion,
    Cumulative,
    Derived,
    Filter,
    Invalid,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    Window,
    read,
)
from metrics.formats.sql.conditions import condition

from .dbt import read_manifest, read_yaml
from .dbt_metrics import HELPER
from .dbt_terms import AGGREGATES
from .entries import Entry, slug_of
from .writing import Writing, dumped, key_of, with_rest

_BACK = {ours: theirs for theirs, ours in AGGREGATES.items() if theirs != "avg"}
SINCE = ("week", "month", "quarter", "year")


class _Project:
    """Semantic models and metrics as they are put together."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.metrics: list[dict[str, Any]] = []

    def model(self, rows: Rows, grain: str) -> dict[str, Any]:
        key = (rows.table, rows.time, grain)
        if key not in self.models:
            name = base = slug_of(rows.table).replace("-", "_") or "model"
            taken = {one["name"] for one in self.models.values()}
            number = 2
            while name in taken:
                name, number = f"{base}_{number}", number + 1
            self.models[key] = {
                "name": name,
                "table": rows.table,
                "time": rows.time,
                "grain": grain,
                "measures": [],
                "dimensions": {},
                "entities": [],
            }
        return self.models[key]

    def measure(self, name: str, measure: Measure | Quantile, grain: str) -> dict[str, Any]:
        """Put a measure into its model; gives how a metric names it, with its conditions."""
        model = self.model(measure.rows, grain)
        made: dict[str, Any] = {"name": name}
        if isinstance(measure, Quantile):
            made |= {"agg": "percentile", "expr": measure.column, "agg_params": {"percentile": measure.q}}
        else:
            made |= {"agg": _BACK[measure.aggregate], "expr": measure.column or "1"}
        model["measures"].append(made)
        return {"name": name, "filter": self.filters(model, measure.rows)}

    def filters(self, model: dict[str, Any], rows: Rows) -> list[str]:
        texts = [self._template(model, one) for one in rows.filters]
        return [*texts, *([rows.where] if rows.where else [])]

    def _template(self, model: dict[str, Any], one: Filter) -> str:
        """A condition that names the column as a dimension."""
        name = slug_of(one.column).replace("-", "_")
        if not name or model["dimensions"].setdefault(name, one.column) != one.column:
            return condition(one)
        said = f"{{{{ Dimension('{model['name']}__{name}') }}}}"
        return condition(Filter(said, one.op, one.values))


def write_yaml(entries: list[Entry]) -> Writing:
    """The semantic layer of dbt 1.6 and later."""
    return with_rest(entries, lambda given, rest: _document(given, rest, _yaml), read_yaml)


def write_manifest(entries: list[Entry]) -> Writing:
    """A semantic manifest, as dbt parse writes it."""
    return with_rest(entries, lambda given, rest: _document(given, rest, _manifest), read_manifest)


def _document(entries: list[Entry], rest: dict[str, dict[str, Any]], write: Any) -> tuple[str, list[str]]:
    project = _Project()
    left_out = []
    for entry in entries:
        params = _params(project, entry)
        if params is None:
            left_out.append(entry.name)
            continue
        kind, type_params, filters = params
        metric: dict[str, Any] = {"name": key_of(entry), "label": entry.name, "type": kind}
        if entry.meaning:
            metric["description"] = entry.meaning
        metric |= {"type_params": type_params, "filter": filters}
        meta: dict[str, Any] = {"owner": entry.owner} if entry.owner else {}
        if extra := rest.get(key_of(entry)):
            meta["prodops"] = extra
        metric["meta"] = meta
        project.metrics.append(metric)
    return write(project), left_out


def _params(project: _Project, entry: Entry) -> tuple[str, dict[str, Any], list[str]] | None:
    """(type, type_params, the metric's own filters); None for a KPI without a typed definition."""
    if not entry.definition:
        return None
    try:
        definition = read(entry.definition)
    except Invalid:
        return None
    key, grain = key_of(entry), entry.grain or "day"
    match definition:
        case Simple(measure):
            return "simple", {"measure": project.measure(key, measure, grain)}, []
        case Quantile():
            return "simple", {"measure": project.measure(key, definition, grain)}, []
        case Ratio(numerator, denominator):
            sides = {}
            for side, measure in (("numerator", numerator), ("denominator", denominator)):
                name = f"{key}__{side}"
                named = project.measure(name, measure, grain)
                helper = {"name": name, "label": f"{entry.name}: {side}", "type": "simple"}
                helper |= {"type_params": {"measure": named}, "filter": [], "meta": {HELPER: key}}  # type: ignore[dict-item]
                project.metrics.append(helper)
                sides[side] = {"name": name}
            return "ratio", sides, []
        case Derived(expression, inputs):
            metrics = [{"name": slug.replace("-", "_"), "alias": name} for name, slug in inputs]
            return "derived", {"expr": expression, "metrics": metrics}, []
        case Cumulative(measure, window, since):
            own: dict[str, Any] = {"window": _window(window)} if window else {}
            if since in SINCE:
                own["grain_to_date"] = since
            named = project.measure(key, measure, grain)
            return "cumulative", {"measure": named, "cumulative_type_params": own}, []
        case Conversion():
            return "conversion", {"conversion_type_params": _steps(project, definition, key, grain)}, []


def _steps(project: _Project, definition: Conversion, key: str, grain: str) -> dict[str, Any]:
    entity = definition.entity
    steps: dict[str, Any] = {}
    for side, rows in (("base_measure", definition.start), ("conversion_measure", definition.finish)):
        measure = Measure("count_distinct", rows, entity)
        steps[side] = project.measure(f"{key}__{side}", measure, grain)
        model = project.model(rows, grain)
        if entity not in model["entities"]:
            model["entities"].append(entity)
    name = slug_of(entity).replace("-", "_")
    return {**steps, "entity": name, "window": _window(definition.within)}


def _window(window: Window | None) -> dict[str, Any] | None:
    return {"count": window.count, "granularity": window.unit} if window else None


# --- YAML ------------------------------------------------------------------------------------------------


def _yaml(project: _Project) -> str:
    models = [
        {
            "name": model["name"],
            "model": f"ref('{model['table']}')",
            **({"defaults": {"agg_time_dimension": _time(model)}} if model["time"] else {}),
            "entities": _entities(model),
            "dimensions": _dimensions(model),
            "measures": model["measures"],
        }
        for model in project.models.values()
    ]
    metrics = [_yaml_metric(one) for one in project.metrics]
    made: dict[str, Any] = {"version": 2}
    if models:
        made["semantic_models"] = models
    return dumped({**made, "metrics": metrics})


def _yaml_metric(metric: dict[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in metric.items() if key not in ("filter", "meta", "type_params")}
    made["type_params"] = _plain(metric["type_params"])
    return {**made, **({"meta": metric["meta"]} if metric["meta"] else {})}


def _plain(value: Any) -> Any:
    """Parameters in YAML's shorter forms: a filter is a text, a window `7 day`."""
    if isinstance(value, dict):
        if set(value) == {"count", "granularity"}:
            return f"{value['count']} {value['granularity']}"
        kept = {}
        for key, one in value.items():
            if key == "filter":
                if one:
                    kept[key] = one if len(one) > 1 else one[0]
            elif one is not None:
                kept[key] = _plain(one)
        return kept
    return [_plain(one) for one in value] if isinstance(value, list) else value


# --- the manifest ----------------------------------------------------------------------------------------


def _manifest(project: _Project) -> str:
    models = []
    for model in project.models.values():
        *schema, alias = model["table"].split(".")
        relation = {
            "alias": alias,
            "schema_name": schema[-1] if schema else "",
            "database": schema[0] if len(schema) > 1 else None,
            "relation_name": model["table"],
        }
        models.append(
            {
                "name": model["name"],
                "defaults": {"agg_time_dimension": _time(model)} if model["time"] else None,
                "description": None,
                "node_relation": relation,
                "primary_entity": None,
                "entities": _entities(model),
                "measures": [
                    {"description": None, "create_metric": False, **one} for one in model["measures"]
                ],
                "dimensions": _dimensions(model),
                "metadata": None,
            }
        )
    metrics = [
        {
            "name": one["name"],
            "description": one.get("description"),
            "type": one["type"],
            "type_params": _full(one["type_params"]),
            "filter": _where(one["filter"]),
            "metadata": None,
            "label": one["label"],
            "config": {"meta": one["meta"]},
        }
        for one in project.metrics
    ]
    whole = {
        "semantic_models": models,
        "metrics": metrics,
        "project_configuration": {"time_spine_table_configurations": [], "metadata": None},
        "saved_queries": [],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _where(one) if key == "filter" else _full(one) for key, one in value.items()}
    return [_full(one) for one in value] if isinstance(value, list) else value


def _where(texts: list[str]) -> dict[str, Any] | None:
    return {"where_filters": [{"where_sql_template": text} for text in texts]} if texts else None


def _entities(model: dict[str, Any]) -> list[dict[str, Any]]:
    primary = {"name": model["name"], "type": "primary", "expr": "id"}
    others = [
        {"name": slug_of(one).replace("-", "_"), "type": "foreign", "expr": one} for one in model["entities"]
    ]
    return [primary, *others]


def _dimensions(model: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if model["time"]:
        found.append(
            {
                "name": _time(model),
                "type": "time",
                "expr": model["time"],
                "type_params": {"time_granularity": model["grain"]},
            }
        )
    return found + [
        {"name": name, "type": "categorical", "expr": column} for name, column in model["dimensions"].items()
    ]


def _time(model: dict[str, Any]) -> str:
    return slug_of(model["time"]).replace("-", "_") or "time"
