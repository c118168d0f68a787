"""dbt's files: the semantic manifest, and the YAML of each of its three specifications."""

import re
from typing import Any

from metrics.formats.definition import Filter, Measure, Rows, Simple, Window, sentence, written
from metrics.formats.sql.conditions import condition as sql_of_filter

from .dbt_metrics import GRAINS, entries_of
from .dbt_terms import AGGREGATES, Model, dicts, meta_of, model_of, owners_in, table_of
from .entries import Entry, Reading, Unreadable, clean, title_of, unique, with_extra
from .safe import listed, load_json, load_yaml, mapping, table

_METRIC = re.compile(r"""\{\{\s*metric\(\s*['"]([\w.]+)['"]\s*\)\s*\}\}""")


def read_manifest(text: str) -> Reading:
    """`semantic_manifest.json` as dbt writes it to target/; raises `Unreadable`."""
    data = mapping(load_json(text), "The manifest")
    if "semantic_models" not in data or "metrics" not in data:
        raise Unreadable(
            "This is no semantic manifest: it has no semantic_models and metrics. It is the file"
            " target/semantic_manifest.json that dbt parse writes."
        )
    reading = Reading()
    models = {one.name: one for one in map(model_of, dicts(data["semantic_models"]))}
    metrics = [(f"metrics[{place}]", one) for place, one in enumerate(dicts(data["metrics"]))]
    reading.entries = unique(entries_of(models, metrics, reading), reading)
    used = _measures_in(metrics)
    if idle := [name for one in models.values() for name in one.measures if name not in used]:
        more = f" and {len(idle) - 5} more" if len(idle) > 5 else ""
        reading.note(f"Measures of which no metric is made are left out: {', '.join(idle[:5])}{more}.")
    if queries := listed(data.get("saved_queries")):
        reading.note(f"{len(queries)} saved queries are left out: they are no metrics.")
    return reading


def _measures_in(metrics: list[tuple[str, dict[str, Any]]]) -> set[str]:
    """The names of all measures that metrics are made of."""
    found: set[str] = set()
    for _, metric in metrics:
        params = table(metric.get("type_params"))
        conversion = table(params.get("conversion_type_params"))
        named = [
            params.get("measure"),
            *listed(params.get("input_measures")),
            conversion.get("base_measure"),
            conversion.get("conversion_measure"),
        ]
        found |= {str(one.get("name") if isinstance(one, dict) else one) for one in named if one}
    return found


def read_yaml(text: str) -> Reading:
    """YAML of dbt: metrics of dbt 1.0 to 1.5, the semantic layer of 1.6 on, or that within models."""
    reading = Reading()
    models: dict[str, Model] = {}
    metrics: list[tuple[str, dict[str, Any]]] = []
    old: list[tuple[str, dict[str, Any]]] = []
    for document in load_yaml(text):
        data = mapping(document, "The file")
        for one in dicts(data.get("semantic_models")):
            model = model_of(one)
            models[model.name] = model
            metrics += _made_by(model)
        for one in dicts(data.get("models")):
            _read_model(one, models, metrics)
        for place, one in enumerate(dicts(data.get("metrics"))):
            where = f"metrics[{place}] {one.get('name') or ''}".strip()
            if _is_old(one):
                old.append((where, one))
            else:
                metrics.append((where, _legacy(one)))
        if listed(data.get("saved_queries")):
            reading.note("Saved queries are left out: they are no metrics.")
    if not metrics and not old:
        raise Unreadable("There are no metrics in it. Upload the file that holds “metrics:”.")
    known = {str(one.get("name")) for _, one in metrics}
    reading.entries = unique(
        [*entries_of(models, metrics, reading), *_old_entries(old, reading, known)], reading
    )
    return reading


def _made_by(model: Model) -> list[tuple[str, dict[str, Any]]]:
    """The metrics that measures with `create_metric` are."""
    return [
        (
            f"measures {name}",
            {
                "name": name,
                "label": measure.get("label"),
                "description": measure.get("description"),
                "type": "simple",
                "type_params": {"measure": name},
            },
        )
        for name, measure in model.measures.items()
        if measure.get("create_metric") is True
    ]


def _read_model(
    data: dict[str, Any], models: dict[str, Model], metrics: list[tuple[str, dict[str, Any]]]
) -> None:
    """A model with the semantic layer inside it, as the newest specification has it."""
    semantic = data.get("semantic_model")
    inside = dicts(data.get("metrics"))
    if not semantic and not inside:
        return
    semantic = semantic if isinstance(semantic, dict) else {}
    if semantic.get("enabled") is False:
        return
    table = str(data.get("name") or "")
    model = Model(str(semantic.get("name") or table), table_of(table))
    model.time = str(data.get("agg_time_dimension") or semantic.get("agg_time_dimension") or "")
    for column in dicts(data.get("columns")):
        name = str(column.get("name") or "")
        _read_column(model, name, column)
    for one in dicts(
        (data.get("derived_semantics") or {}).get("dimensions")
        if isinstance(data.get("derived_semantics"), dict)
        else None
    ):
        model.columns[str(one.get("name"))] = str(one.get("expr") or one.get("name"))
        if one.get("type") != "time":
            model.categories.append(str(one.get("name")))
    models[model.name] = model
    for place, one in enumerate(inside):
        where = f"models {table}, metrics[{place}]"
        metrics.append((where, _legacy(one, model.name)))


def _read_column(model: Model, name: str, column: dict[str, Any]) -> None:
    entity, dimension = column.get("entity"), column.get("dimension")
    if entity:
        given = entity if isinstance(entity, dict) else {"type": entity}
        called = str(given.get("name") or name)
        model.columns[called] = model.entities[called] = name
        if given.get("type") in ("primary", "unique", "natural"):
            model.own.add(called)
    if dimension:
        given = dimension if isinstance(dimension, dict) else {"type": dimension}
        called = str(given.get("name") or name)
        model.columns[called] = name
        if given.get("type") == "time":
            model.grains[called] = str(column.get("granularity") or "day")
        else:
            model.categories.append(called)


def _legacy(metric: dict[str, Any], model: str = "") -> dict[str, Any]:
    """A metric of the newest specification in the form of the one before."""
    if "type_params" in metric:
        return metric
    params: dict[str, Any] = {}
    if metric.get("agg"):
        params["metric_aggregation_params"] = {
            "semantic_model": model,
            "agg": metric["agg"],
            "agg_params": {"percentile": metric["percentile"]} if metric.get("percentile") else None,
            "agg_time_dimension": metric.get("agg_time_dimension"),
            "non_additive_dimension": metric.get("non_additive_dimension"),
            "expr": metric.get("expr"),
        }
    for key in ("numerator", "denominator", "expr", "window", "grain_to_date", "input_metric"):
        if metric.get(key) is not None:
            params[key] = metric[key]
    if metric.get("input_metrics"):
        params["metrics"] = metric["input_metrics"]
    if metric.get("type") == "conversion":
        params["conversion_type_params"] = {
            key: metric.get(key)
            for key in ("entity", "calculation", "base_metric", "conversion_metric", "window")
        } | {"constant_properties": metric.get("constant_properties")}
    return {**metric, "type_params": params}


# --- metrics of dbt 1.0 to 1.5 ---------------------------------------------------------------------------


def _is_old(metric: dict[str, Any]) -> bool:
    return "calculation_method" in metric or ("sql" in metric and "type" in metric)


def _old_entries(metrics: list[tuple[str, dict[str, Any]]], reading: Reading, known: set[str]) -> list[Entry]:
    made = []
    derived = []
    for where, metric in metrics:
        method = str(metric.get("calculation_method") or metric.get("type") or "").lower()
        if method in ("derived", "expression"):
            derived.append((where, _old_derived(metric)))
            continue
        if not metric.get("name"):
            reading.refuse("", where, "The metric has no name. Give it one.")
        elif method not in AGGREGATES:
            reading.refuse(metric["name"], where, f"Its calculation method “{method[:40]}” is not known.")
        else:
            made.append(_old_entry(metric, where, AGGREGATES[method], reading))
    return [*made, *entries_of({}, derived, reading)]


def _old_derived(metric: dict[str, Any]) -> dict[str, Any]:
    expression = str(metric.get("expression") or metric.get("sql") or "")
    names = list(dict.fromkeys(_METRIC.findall(expression)))
    params = {
        "expr": _METRIC.sub(lambda found: found[1], expression),
        "metrics": [{"name": n} for n in names],
    }
    grains = [str(one) for one in listed(metric.get("time_grains"))]
    kept = {key: metric.get(key) for key in ("name", "label", "description", "meta", "config")}
    grain = next((one for one in grains if one in GRAINS), None)
    return {**kept, "type": "derived", "type_params": params, "time_granularity": grain}


def _old_entry(metric: dict[str, Any], where: str, aggregate: str, reading: Reading) -> Entry:
    name = str(metric["name"])
    table = table_of(str(metric.get("model") or ""))
    expression = str(metric.get("expression") or metric.get("sql") or "").strip()
    counts_rows = aggregate == "count" and expression in ("*", "1", "")
    filters, rest = [], []
    for one in dicts(metric.get("filters")):
        made = _old_filter(one)
        if isinstance(made, Filter):
            filters.append(made)
        else:
            rest.append(made)
    rows = Rows(table or "unknown", tuple(filters), " AND ".join(rest), str(metric.get("timestamp") or ""))
    measure = Measure(aggregate, rows, "" if counts_rows else expression)
    grains = [str(one) for one in listed(metric.get("time_grains"))]
    grain = next((one for one in grains if one in GRAINS), None)
    definition: Any = Simple(measure)
    window = metric.get("window")
    if isinstance(window, dict) and str(window.get("count", "")).isdecimal():
        from metrics.formats.definition import Cumulative

        definition = Cumulative(measure, Window(int(window["count"]), str(window.get("period") or "day")))
    if not table:
        reading.note(f"“{name}” names no model that can be read.")
    entry = Entry(
        key=name,
        name=clean(metric.get("label"), 120) or title_of(name),
        where=where,
        meaning=clean(metric.get("description"), 1000, lines=True),
        formula=clean(sentence(definition, grain or "day"), 2000),
        definition=written(definition) if table else None,
        grain=grain,
        unit="count" if aggregate in ("count", "count_distinct") else None,
        owner=owners_in(metric),
        dimensions=tuple(str(one)[:60] for one in listed(metric.get("dimensions"))) or None,
        source=clean(f"dbt: {table}", 200) if table else None,
        guessed=("formula", "unit", "source", *(() if clean(metric.get("label"), 120) else ("name",))),
    )
    return with_extra(entry, meta_of(metric).get("prodops"))


def _old_filter(data: dict[str, Any]) -> Filter | str:
    """{field, operator, value}, where a text's value stands in quotes of its own."""
    from metrics.formats.sql.conditions import split

    text = f"{data.get('field')} {data.get('operator')} {data.get('value')}"
    found, rest = split(text)
    if len(found) == 1 and not rest:
        return found[0]
    return rest or " AND ".join(sql_of_filter(one) for one in found)
