"""Ossie, the Open Semantic Interchange: YAML, in the forms of its drafts so far."""

import json
from typing import Any

from sqlglot import exp

from metrics.formats.definition import Invalid, Rows, read
from metrics.formats.sql.aggregates import typed
from metrics.formats.sql.conditions import sql_of
from metrics.formats.sql.reading import Unreadable as BadSql
from metrics.formats.sql.reading import dialect_of, parse, parse_expression

from .dbt_terms import dicts
from .entries import Entry, Reading, Unreadable, clean, slug_of, title_of, unique, with_extra
from .safe import listed, load_yaml, mapping
from .writing import Writing, dumped, key_of, with_rest

VERSION = "0.1.1"
VENDOR = "PRODOPS"


class _Model:
    """A semantic model: its datasets' sources and fields, and how they are joined."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.datasets = {str(one.get("name")): one for one in dicts(data.get("datasets"))}
        self.joins = dicts(data.get("relationships"))
        self.fields: dict[str, dict[str, str]] = {}
        for name, dataset in self.datasets.items():
            self.fields[name] = {
                str(one.get("name")): _dialects(one.get("expression")).get("", str(one.get("name")))
                for one in dicts(dataset.get("fields"))
            }

    def source(self, dataset: str) -> str:
        return str(self.datasets[dataset].get("source") or dataset)

    def metrics(self) -> list[tuple[str, dict[str, Any], str]]:
        """(where, metric, its dataset or "")."""
        name = self.data.get("name") or "semantic_model"
        found = [
            (f"{name}, metrics[{place}]", one, "")
            for place, one in enumerate(dicts(self.data.get("metrics")))
        ]
        for dataset, data in self.datasets.items():
            for place, one in enumerate(dicts(data.get("metrics"))):
                found.append((f"{name}, {dataset}, metrics[{place}]", one, dataset))
        return found


def read_osi(text: str) -> Reading:
    """The metrics of a semantic model; raises `Unreadable`."""
    reading = Reading()
    entries = []
    found = False
    for document in load_yaml(text):
        data = mapping(document, "The file")
        models = dicts(data.get("semantic_model"))
        if not models and "datasets" in data:
            models = [data]
        for one in models:
            found = True
            model = _Model(one)
            entries += [
                entry
                for where, metric, dataset in model.metrics()
                if (entry := _entry(model, metric, dataset, where, reading))
            ]
    if not found:
        raise Unreadable("There is no “semantic_model:” in it. Upload an Ossie (OSI) file.")
    reading.entries = unique(entries, reading)
    return reading


def _entry(model: _Model, metric: dict[str, Any], dataset: str, where: str, reading: Reading) -> Entry | None:
    name = str(metric.get("name") or "").strip()
    if not name:
        reading.refuse("", where, "The metric has no name. Give it one.")
        return None
    expressions = _dialects(metric.get("expression") or metric.get("expressions"))
    if not expressions:
        reading.refuse(name, where, "The metric has no expression in a dialect of SQL.")
        return None
    sql, definition, source = {}, None, None
    for dialect, text in expressions.items():
        query, plain = _query(model, text, dataset, dialect)
        if query is None:
            reading.note(f"“{name}”: its {dialect or 'standard'} expression names no dataset of the file.")
            continue
        sql[dialect or "postgres"] = query
        if plain is not None and definition is None:
            definition = typed(plain[0], Rows(plain[1]), dialect)
            source = f"OSI: {plain[1]}"
    if definition is not None and len(sql) == 1:
        sql = {}
    context = metric.get("ai_context")
    synonyms = context.get("synonyms") if isinstance(context, dict) else None
    label = metric.get("label")
    entry = Entry(
        key=name,
        name=clean(label, 120) or title_of(name),
        where=where,
        meaning=clean(metric.get("description"), 1000, lines=True),
        formula=clean(next(iter(expressions.values())), 2000, lines=True),
        definition=definition,
        sql=sql or None,
        source=clean(source, 200),
        aliases=tuple(str(one)[:120] for one in listed(synonyms) if isinstance(one, str)) or None,
        guessed=("formula", "source", *(() if clean(label, 120) else ("name",))),
    )
    return with_extra(entry, _ours(metric))


def _ours(data: dict[str, Any]) -> object:
    for one in dicts(data.get("custom_extensions")):
        if str(one.get("vendor_name")).upper() == VENDOR:
            try:
                return json.loads(str(one.get("data")))
            except (ValueError, RecursionError):
                return None
    return None


def _dialects(value: object) -> dict[str, str]:
    """{dialect: text} of an expression in any form that the drafts have had; others than SQL are left out."""
    if isinstance(value, str):
        return {"": value}
    if isinstance(value, dict):
        if "dialects" in value:
            return _dialects(value["dialects"])
        return {
            known: str(text) for key, text in value.items() if (known := dialect_of(str(key))) is not None
        }
    found = {}
    for one in dicts(value):
        dialect = dialect_of(str(one.get("dialect") or ""))
        text = one.get("expression")
        if text is None and one.get("aggregation_type") and one.get("input_expr"):
            text = f"{one['aggregation_type']}({one['input_expr']})"
        if dialect is not None and isinstance(text, str):
            found[dialect] = text
    return found


def _query(model: _Model, text: str, dataset: str, dialect: str) -> tuple[str | None, tuple[str, str] | None]:
    """(the whole query, (the expression, its table) where one dataset is enough)."""
    try:
        node = parse_expression(text, dialect)
    except BadSql:
        return None, None
    holder = exp.Paren(this=node.copy())
    used = _put_in(model, holder, dialect) | ({dataset} if dataset else set())
    if not used and len(model.datasets) == 1:
        used = set(model.datasets)
    if not used:
        return None, None
    said = holder.this.sql(dialect=dialect or None)
    first, *rest = sorted(used, key=lambda name: not any(join.get("from") == name for join in model.joins))
    if rest:
        tables = _joined(model, first, rest)
        return (f"SELECT {said} FROM {tables}", None) if tables else (None, None)  # noqa: S608
    for column in holder.find_all(exp.Column):
        if column.table == first:
            column.set("table", None)
    plain = holder.this.sql(dialect=dialect or None)
    return f"SELECT {plain} FROM {model.source(first)}", (plain, model.source(first))  # noqa: S608


def _put_in(model: _Model, holder: exp.Paren, dialect: str) -> set[str]:
    """Put the expressions of fields in their places; gives the datasets that are named."""
    used = set()
    for column in list(holder.find_all(exp.Column)):
        table = column.table
        if not table or table not in model.datasets:
            continue
        used.add(table)
        try:
            field = parse_expression(model.fields[table].get(column.name, column.name), dialect)
        except BadSql:
            continue
        if isinstance(field, exp.Column):
            column.set("this", field.this.copy())
            continue
        for inner in field.find_all(exp.Column):
            if not inner.table:
                inner.set("table", exp.to_identifier(table))
        column.replace(exp.Paren(this=field))
    return used


def _joined(model: _Model, first: str, rest: list[str]) -> str | None:
    """The datasets joined by the file's relationships; None where they do not hang together."""
    text, joined, left = f"{model.source(first)} AS {first}", {first}, set(rest)
    while left:
        for join in model.joins:
            ends = (str(join.get("from")), str(join.get("to")))
            new = next((one for one in ends if one in left), None)
            if new is None or not joined & set(ends):
                continue
            pairs = zip(listed(join.get("from_columns")), listed(join.get("to_columns")), strict=False)
            on = " AND ".join(f"{ends[0]}.{one} = {ends[1]}.{other}" for one, other in pairs)
            text += f" JOIN {model.source(new)} AS {new} ON {on or 'TRUE'}"
            joined.add(new)
            left.discard(new)
            break
        else:
            return None
    return text


# --- writing ---------------------------------------------------------------------------------------------


def write_osi(entries: list[Entry]) -> Writing:
    """The KPIs whose definition is one query over one table, as an OSI model."""
    return with_rest(entries, _document, read_osi)


def _document(entries: list[Entry], rest: dict[str, dict[str, Any]]) -> tuple[str, list[str]]:
    datasets: dict[str, str] = {}
    metrics, left_out = [], []
    for entry in entries:
        made = _metric(entry, datasets)
        if made is None:
            left_out.append(entry.name)
            continue
        if extra := rest.get(key_of(entry)):
            data = json.dumps(extra, ensure_ascii=False, sort_keys=True)
            made["custom_extensions"] = [{"vendor_name": VENDOR, "data": data}]
        metrics.append(made)
    model = {
        "name": "kpi_registry",
        "description": "KPIs of the company, as Prodops keeps them",
        "datasets": [{"name": name, "source": source} for source, name in datasets.items()],
        "metrics": metrics,
    }
    return dumped({"version": VERSION, "semantic_model": [model]}), left_out


def _metric(entry: Entry, datasets: dict[str, str]) -> dict[str, Any] | None:
    expression = _expression(entry, datasets)
    if expression is None:
        return None
    made: dict[str, Any] = {"name": key_of(entry), "label": entry.name}
    made["expression"] = {"dialects": [{"dialect": "ANSI_SQL", "expression": expression}]}
    if entry.meaning:
        made["description"] = entry.meaning
    if entry.aliases:
        made["ai_context"] = {"synonyms": list(entry.aliases)}
    return made


def _expression(entry: Entry, datasets: dict[str, str]) -> str | None:
    """What is counted, as one expression over datasets; a condition goes into each aggregate."""
    if not entry.definition:
        return None
    try:
        text = sql_of(read(entry.definition))
        query = parse(text) if text else None
    except (Invalid, BadSql):
        return None
    if query is None or not isinstance(query, exp.Select):
        return None
    table = query.args["from_"].this
    source = table.sql()
    name = datasets.setdefault(source, _dataset(source, set(datasets.values())))
    node = query.expressions[0].copy()
    where = query.args.get("where")
    for column in [*node.find_all(exp.Column), *(where.find_all(exp.Column) if where else ())]:
        if not column.table and not isinstance(column.this, exp.Star):
            column.set("table", exp.to_identifier(name))
    if where:
        holder = exp.Paren(this=node)
        for call in list(holder.find_all(exp.AggFunc, exp.WithinGroup)):
            if isinstance(call.parent, exp.WithinGroup):
                continue
            call.replace(exp.Filter(this=call.copy(), expression=where.copy()))
        node = holder.this
    return str(node.sql())


def _dataset(source: str, taken: set[str]) -> str:
    name = base = slug_of(source.split(".")[-1]).replace("-", "_") or "dataset"
    number = 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
