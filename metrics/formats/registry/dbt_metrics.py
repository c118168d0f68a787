"""Metrics of dbt, in whichever file they stand, as entries."""

import re
from dataclasses import replace
from typing import Any

from metrics.formats.definition import (
    Conversion,
    Cumulative,
    Definition,
    Derived,
    Invalid,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    read,
    sentence,
    written,
)
from metrics.formats.expression import NotArithmetic, names_in

from .dbt_terms import Beyond, Model, conditions_of, dicts, measure_of, meta_of, owners_in, rows_of, window_of
from .entries import Entry, Reading, clean, slug_of, title_of, with_extra

KINDS = ("simple", "ratio", "derived", "cumulative", "conversion")
HELPER = "prodops_part_of"  # in the meta of metrics that are only there for another one
GRAINS = {"hour": "hour", "day": "day", "week": "week", "month": "month"}
_NULLIF = re.compile(r"nullif\s*\(\s*(\w+)\s*,\s*0(?:\.0)?\s*\)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")


class Translator:
    """Turns metrics into entries; they name measures of `models` and each other."""

    def __init__(self, models: dict[str, Model], metrics: list[dict[str, Any]], reading: Reading) -> None:
        self.models = models
        self.metrics = {str(one.get("name")): one for one in metrics}
        self.measures = {name: model for model in models.values() for name in model.measures}
        self.reading = reading

    def entry(self, metric: dict[str, Any], where: str) -> Entry | None:
        """The entry of a metric; None, with a note, for one that is only a part of another."""
        name = str(metric.get("name") or "").strip()
        if meta_of(metric).get(HELPER):
            return None
        if not name:
            self.reading.refuse("", where, "The metric has no name. Give it one.")
            return None
        kind = str(metric.get("type") or "")
        if kind not in KINDS:
            self.reading.refuse(
                name, where, f"Its type “{kind[:40] or 'none'}” is not one of {', '.join(KINDS)}."
            )
            return None
        definition, beyond = self._definition(name, metric, kind)
        grain = self._grain(metric)
        formula = None
        if definition is not None:
            formula = clean(sentence(definition, grain or "day"), 2000)
        elif beyond:
            formula = clean(self._words(metric, kind), 2000, lines=True)
            self.reading.note(f"“{name}” keeps its formula in words: {beyond}.")
        entry = Entry(
            key=name,
            name=clean(metric.get("label"), 120) or title_of(name),
            where=where,
            meaning=clean(metric.get("description"), 1000, lines=True),
            formula=formula,
            definition=None if definition is None else written(definition),
            grain=grain,
            unit=_unit(definition),
            owner=owners_in(metric),
            dimensions=self._dimensions(metric),
            source=self._source(metric),
            guessed=("formula", "unit", "source", *(() if clean(metric.get("label"), 120) else ("name",))),
        )
        return with_extra(entry, meta_of(metric).get("prodops"))

    def _definition(self, name: str, metric: dict[str, Any], kind: str) -> tuple[Definition | None, str]:
        """(the typed definition, "") or (None, why it has none)."""
        params = _params(metric)
        try:
            made: Definition = getattr(self, f"_{kind}")(metric, params)
            return read(written(made)), ""
        except Beyond as error:
            return None, str(error)
        except Invalid as error:
            return None, "; ".join(error.errors.values())[:200].rstrip(".")

    def _simple(self, metric: dict[str, Any], params: dict[str, Any]) -> Definition:
        measure = self.measure(metric)
        if isinstance(measure, Quantile):
            return measure
        return Simple(measure)

    def measure(self, metric: dict[str, Any], more: list[str] | None = None) -> Measure | Quantile:
        """The aggregate of a simple metric, with its own conditions and `more`."""
        params = _params(metric)
        conditions = [*conditions_of(metric.get("filter")), *(more or [])]
        own = params.get("metric_aggregation_params")
        if isinstance(own, dict) and own.get("agg"):
            model = self.models.get(str(own.get("semantic_model") or ""))
            if model is None:
                raise Beyond(f"the semantic model “{own.get('semantic_model')}” is not in the file")
            data = {**own, "expr": own.get("expr") or params.get("expr")}
            return measure_of(model, data, conditions, str(metric.get("name")))
        return self._measured(params.get("measure"), conditions)

    def _measured(self, value: object, conditions: list[str]) -> Measure | Quantile:
        """The measure that a metric names, as text or as {name, filter}."""
        named = value if isinstance(value, dict) else {"name": value}
        name = str(named.get("name") or "")
        model = self.measures.get(name)
        if model is None:
            raise Beyond(f"the measure “{name}” is not in the file")
        return measure_of(
            model, model.measures[name], [*conditions_of(named.get("filter")), *conditions], name
        )

    def _ratio(self, metric: dict[str, Any], params: dict[str, Any]) -> Definition:
        more = conditions_of(metric.get("filter"))
        parts = []
        for side in ("numerator", "denominator"):
            value = params.get(side)
            named = value if isinstance(value, dict) else {"name": value}
            if named.get("offset_window") or named.get("offset_to_grain"):
                raise Beyond("it compares with another time")
            parts.append((str(named.get("name") or ""), conditions_of(named.get("filter"))))
        measures = []
        for name, conditions in parts:
            of = self.metrics.get(name)
            if of is None or of.get("type") != "simple":
                break
            measure = self.measure(of, [*conditions, *more])
            if isinstance(measure, Quantile):
                break
            measures.append(measure)
        if len(measures) == 2:
            return Ratio(measures[0], measures[1])
        if more or any(conditions for _, conditions in parts):
            raise Beyond("it filters metrics that are computed themselves")
        return self._derived_of(
            "numerator / denominator", {"numerator": parts[0][0], "denominator": parts[1][0]}
        )

    def _derived(self, metric: dict[str, Any], params: dict[str, Any]) -> Definition:
        inputs: dict[str, str] = {}
        for one in dicts([{"name": m} if isinstance(m, str) else m for m in params.get("metrics") or []]):
            if one.get("offset_window") or one.get("offset_to_grain"):
                raise Beyond("it compares with another time")
            if conditions_of(one.get("filter")):
                raise Beyond("it filters the metrics it is made of")
            inputs[str(one.get("alias") or one.get("name"))] = str(one.get("name"))
        if conditions_of(metric.get("filter")):
            raise Beyond("it filters the metrics it is made of")
        return self._derived_of(str(params.get("expr") or ""), inputs)

    def _derived_of(self, expression: str, inputs: dict[str, str]) -> Derived:
        text = " ".join(_NULLIF.sub(lambda found: found[1], expression).split())
        text = _NAME.sub(lambda found: found[0].lower(), text)
        try:
            used = names_in(text)
        except NotArithmetic as error:
            raise Beyond(f"its expression is more than arithmetic ({str(error).rstrip('.')})") from error
        named = {name.lower(): slug_of(of) for name, of in inputs.items()}
        return Derived(text, tuple(sorted((name, named.get(name, slug_of(name))) for name in used)))

    def _cumulative(self, metric: dict[str, Any], params: dict[str, Any]) -> Definition:
        own = params.get("cumulative_type_params")
        own = own if isinstance(own, dict) else {}
        window = window_of(own.get("window") or params.get("window"))
        since = str(own.get("grain_to_date") or params.get("grain_to_date") or "").lower()
        inner = own.get("metric") or params.get("input_metric")
        if inner:
            name = str(inner.get("name") if isinstance(inner, dict) else inner)
            of = self.metrics.get(name)
            if of is None or of.get("type") != "simple":
                raise Beyond(f"it adds up “{name}”, which is no simple metric of the file")
            measure = self.measure(of, conditions_of(metric.get("filter")))
        else:
            measure = self._measured(params.get("measure"), conditions_of(metric.get("filter")))
        if isinstance(measure, Quantile):
            raise Beyond("it adds up a percentile")
        return Cumulative(measure, window, "" if window else since or "beginning")

    def _conversion(self, metric: dict[str, Any], params: dict[str, Any]) -> Definition:
        own = params.get("conversion_type_params")
        own = own if isinstance(own, dict) else {}
        if own.get("constant_properties"):
            raise Beyond("it holds properties constant")
        if str(own.get("calculation") or "conversion_rate") != "conversion_rate":
            raise Beyond("it counts conversions rather than their share")
        more = conditions_of(metric.get("filter"))
        start, model = self._steps(own.get("base_measure") or own.get("base_metric"), more)
        finish, _ = self._steps(own.get("conversion_measure") or own.get("conversion_metric"), more)
        entity = str(own.get("entity") or "")
        return Conversion(model.entities.get(entity, entity), start, finish, window_of(own.get("window")))

    def _steps(self, value: object, more: list[str]) -> tuple[Rows, Model]:
        named = value if isinstance(value, dict) else {"name": value}
        name = str(named.get("name") or "")
        conditions = [*conditions_of(named.get("filter")), *more]
        model, data = self.measures.get(name), None
        if model is not None:
            data = model.measures[name]
        elif name in self.metrics:
            measure = self.measure(self.metrics[name], conditions)
            own = _params(self.metrics[name]).get("metric_aggregation_params") or {}
            found = self.models.get(str(own.get("semantic_model") or "")) or next(
                (one for one in self.models.values() if one.table == measure.rows.table), None
            )
            if found is not None:
                return measure.rows, found
        if model is None or data is None:
            raise Beyond(f"the measure “{name}” is not in the file")
        return rows_of(model, conditions, str(data.get("agg_time_dimension") or "")), model

    def _model(self, metric: dict[str, Any]) -> Model | None:
        """The semantic model that a metric counts in, where it is one."""
        params = _params(metric)
        own = params.get("metric_aggregation_params")
        if isinstance(own, dict) and own.get("semantic_model"):
            return self.models.get(str(own["semantic_model"]))
        conversion = params.get("conversion_type_params")
        for value in (
            params.get("measure"),
            conversion.get("base_measure") if isinstance(conversion, dict) else None,
        ):
            name = str(value.get("name") if isinstance(value, dict) else value)
            if name in self.measures:
                return self.measures[name]
        for side in ("numerator", "input_metric"):
            value = params.get(side)
            name = str(value.get("name") if isinstance(value, dict) else value)
            of = self.metrics.get(name)
            if of is not None and of is not metric and of.get("type") == "simple":
                return self._model(of)
        return None

    def _grain(self, metric: dict[str, Any]) -> str | None:
        if metric.get("time_granularity"):
            return GRAINS.get(str(metric["time_granularity"]).lower())
        model = self._model(metric)
        return GRAINS.get(model.grains.get(model.time, "")) if model else None

    def _dimensions(self, metric: dict[str, Any]) -> tuple[str, ...] | None:
        model = self._model(metric)
        return tuple(name[:60] for name in model.categories) if model and model.categories else None

    def _source(self, metric: dict[str, Any]) -> str | None:
        model = self._model(metric)
        return clean(f"dbt: {model.table or model.name}", 200) if model else None

    def _words(self, metric: dict[str, Any], kind: str) -> str:
        params = _params(metric)
        said = [f"{kind.capitalize()} metric of dbt."]
        if params.get("expr"):
            said.append(f"Expression: {params['expr']}.")
        for side in ("numerator", "denominator", "measure"):
            value = params.get(side)
            name = value.get("name") if isinstance(value, dict) else value
            if name:
                said.append(f"{side.capitalize()}: {name}.")
        for one in dicts(params.get("metrics")):
            offset = one.get("offset_window") or one.get("offset_to_grain")
            before = f", {_span(offset)} before" if offset else ""
            said.append(f"{one.get('alias') or one.get('name')} is {one.get('name')}{before}.")
        said += [f"Where {condition}." for condition in conditions_of(metric.get("filter"))]
        return " ".join(said)


def _span(value: object) -> str:
    if isinstance(value, dict):
        return f"{value.get('count')} {value.get('granularity')}"
    return str(value)


def _params(metric: dict[str, Any]) -> dict[str, Any]:
    params = metric.get("type_params")
    return params if isinstance(params, dict) else {}


def _unit(definition: Definition | None) -> str | None:
    """The unit that a definition alone tells: a count counts."""
    match definition:
        case Simple(Measure(aggregate="count" | "count_distinct")):
            return "count"
        case Ratio() | Conversion():
            return "ratio"
    return None


def entries_of(
    models: dict[str, Model], metrics: list[tuple[str, dict[str, Any]]], reading: Reading
) -> list[Entry]:
    """The entries of (where, metric); metrics may name each other in any order."""
    translator = Translator(models, [metric for _, metric in metrics], reading)
    made = [translator.entry(metric, where) for where, metric in metrics]
    kept = [one for one in made if one is not None]
    renamed = {slug_of(one.key): one.slug for one in kept if one.slug and one.slug != slug_of(one.key)}
    return [_renamed(one, renamed) for one in kept] if renamed else kept


def _renamed(entry: Entry, renamed: dict[str, str]) -> Entry:
    """The entry, with the KPIs it is made of by the addresses that the file gives them."""
    definition = entry.definition
    if not definition or definition.get("kind") != "derived":
        return entry
    inputs = {name: renamed.get(slug, slug) for name, slug in definition["inputs"].items()}
    return replace(entry, definition={**definition, "inputs": inputs})
