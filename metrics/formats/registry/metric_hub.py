"""Mozilla's metric-hub: TOML with metrics over data sources."""

import re
from typing import Any

from sqlglot import exp

from metrics.formats.definition import Invalid, Rows, read
from metrics.formats.sql.aggregates import typed
from metrics.formats.sql.conditions import split, sql_of
from metrics.formats.sql.reading import Unreadable as BadSql
from metrics.formats.sql.reading import parse

from .entries import Entry, Reading, Unreadable, clean, slug_of, title_of, unique, with_extra
from .safe import listed, load_toml, table
from .writing import Writing, key_of, with_rest

# The macros that metric-hub offers to its expressions, as its documentation describes them.
_MACROS = {
    "agg_sum": "COALESCE(SUM({}), 0)",
    "agg_any": "COALESCE(LOGICAL_OR({}), FALSE)",
}
_MACRO = re.compile(r"""\{\{\s*(\w+)\(\s*['"](.*?)['"]\s*\)\s*\}\}""", re.DOTALL)
_TABLE = re.compile(r"[\w{}-]+(\.[\w{}-]+){0,3}\Z")


def read_metric_hub(text: str) -> Reading:
    """The metrics of a definitions file; raises `Unreadable`."""
    data = load_toml(text)
    metrics, sources = data.get("metrics"), data.get("data_sources")
    if not isinstance(metrics, dict) or not all(isinstance(one, dict) for one in metrics.values()):
        raise Unreadable("There is no [metrics] in it. Upload a definitions file of metric-hub.")
    known = sources if isinstance(sources, dict) else {}
    reading = Reading()
    entries = [entry for slug, metric in metrics.items() if (entry := _entry(slug, metric, known, reading))]
    reading.entries = unique(entries, reading)
    if any(one.get("statistics") for one in metrics.values()):
        reading.note("What metrics are compared by in experiments (statistics) is left out.")
    for other in ("segments", "dimensions", "parameters"):
        if data.get(other):
            reading.note(f"[{other}] is left out: it defines no metrics.")
    return reading


def _entry(slug: str, metric: dict[str, Any], sources: dict[str, Any], reading: Reading) -> Entry | None:
    where = f"[metrics.{slug}]"
    if metric.get("deprecated") is True:
        reading.refuse(slug, where, "It is marked as deprecated in metric-hub.")
        return None
    text = metric.get("select_expression")
    if not isinstance(text, str) or not text.strip():
        reading.refuse(slug, where, "It has no select_expression of its own: it is computed of others.")
        return None
    source = str(metric.get("data_source") or "")
    given = table(sources.get(source))
    rows, selected, made = _rows(given, source)
    expression = _MACRO.sub(_expanded, text.strip())
    if made & set(re.findall(r"\w+", expression)):
        rows = None  # it uses a column that only the source's query has
    sql = f"SELECT {expression} FROM {selected}"  # noqa: S608
    definition = typed(expression, rows, "bigquery") if rows else None
    if "{{" in expression:
        reading.note(f"“{slug}” uses a template that Prodops does not know; its SQL stays as it is.")
    bigger = metric.get("bigger_is_better")
    entry = Entry(
        key=slug,
        name=clean(metric.get("friendly_name"), 120) or title_of(slug),
        where=where,
        meaning=clean(_unindented(metric.get("description")), 1000, lines=True),
        formula=clean(text, 2000, lines=True),
        definition=definition,
        sql=None if definition else {"bigquery": sql},
        direction=None if not isinstance(bigger, bool) else "up" if bigger else "down",
        source=clean(f"metric-hub: {source}", 200) if source else None,
        owner=next((one for one in listed(metric.get("owner")) if isinstance(one, str) and "@" in one), None),
        guessed=("formula", "source", *(() if clean(metric.get("friendly_name"), 120) else ("name",))),
    )
    return with_extra(entry, metric.get("prodops"))


def _rows(given: dict[str, Any], source: str) -> tuple[Rows | None, str, set[str]]:
    """(the rows of a data source that is one table, with its filters, or None; what to select from; the names
    of the columns that its query adds to the table's)."""
    text = str(given.get("from_expression") or source or "unknown").strip().strip("`")
    text = text.replace("{dataset}", str(given.get("default_dataset") or "dataset"))
    time = str(given.get("submission_date_column") or "")
    if _TABLE.fullmatch(text):
        return Rows(text, time=_column(time)), text, set()
    if not given.get("from_expression"):
        return None, f"`{text}`", set()
    whole = text if text.startswith("(") else f"({text})"
    try:
        select = parse(text.strip("()") if text.count("(") == 1 else text, "bigquery")
    except BadSql:
        return None, whole, set()
    while isinstance(select, exp.Subquery):
        select = select.this
    start = select.args.get("from_")
    name = start.this.copy() if start is not None else None
    if isinstance(name, exp.Table):
        name.set("alias", None)
    table_name = name.sql(dialect="bigquery").replace("`", "") if name is not None else ""
    plain = set(key for key, value in select.args.items() if value) <= {"expressions", "from_", "where"}
    if not plain or not _TABLE.fullmatch(table_name) or not _is_all(select.expressions[0]):
        return None, whole, set()
    added = select.expressions[1:]
    if not all(isinstance(one, exp.Alias) for one in added):
        return None, whole, set()
    where = select.args.get("where")
    for column in where.find_all(exp.Column) if where else ():
        column.set("table", None)  # there is one table: its columns need no name before them
    filters, rest = split(where.this.sql(dialect="bigquery") if where else "", "bigquery")
    days = {one.alias: one.this for one in added}
    day = days.get(time or "submission_date")
    if day is not None:
        columns = list(day.find_all(exp.Column))
        time = columns[0].name if len(columns) == 1 else ""
    return Rows(table_name, filters, rest, _column(time)), f"({select.sql('bigquery')})", set(days)


def _column(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+", text) else ""


def _is_all(expression: Any) -> bool:
    """Whether it is `*` or `p.*`, with nothing taken out."""
    star = expression.this if isinstance(expression, exp.Column) else expression
    return isinstance(star, exp.Star) and not any(star.args.values())


def _expanded(found: re.Match[str]) -> str:
    macro = _MACROS.get(found[1])
    return macro.format(found[2]) if macro else found[0]


def _unindented(value: object) -> object:
    if not isinstance(value, str):
        return value
    return "\n".join(line.strip() for line in value.strip().splitlines())


# --- writing ---------------------------------------------------------------------------------------------


def write_metric_hub(entries: list[Entry]) -> Writing:
    """The KPIs whose definition is one query over one table."""
    return with_rest(entries, _document, read_metric_hub)


def _document(entries: list[Entry], rest: dict[str, dict[str, Any]]) -> tuple[str, list[str]]:
    sources: dict[str, tuple[str, str]] = {}
    lines, left_out = ["[metrics]", ""], []
    for entry in entries:
        found = _query(entry)
        if found is None:
            left_out.append(entry.name)
            continue
        expression, source, time = found
        name = _source(source, time, sources)
        lines += [
            f"[metrics.{_key(key_of(entry))}]",
            f"friendly_name = {_toml(entry.name)}",
            f"data_source = {_toml(name)}",
            f"select_expression = {_toml(expression)}",
        ]
        if entry.meaning:
            lines.append(f"description = {_toml(entry.meaning)}")
        if entry.owner:
            lines.append(f"owner = {_toml(entry.owner)}")
        if entry.direction in ("up", "down"):
            lines.append(f"bigger_is_better = {_toml(entry.direction == 'up')}")
        if extra := rest.get(key_of(entry)):
            lines.append(f"prodops = {_toml(extra)}")
        lines.append("")
    lines += ["[data_sources]", ""]
    for (source, time), name in ((value, key) for key, value in sources.items()):
        lines += [f"[data_sources.{_key(name)}]", f"from_expression = {_toml(source)}"]
        if time:
            lines.append(f"submission_date_column = {_toml(time)}")
        lines.append("")
    return "\n".join(lines), left_out


def _query(entry: Entry) -> tuple[str, str, str] | None:
    """(the expression, what it is selected from, the column of the time)."""
    if not entry.definition:
        return None
    try:
        definition = read(entry.definition)
        text = sql_of(definition)
        query: Any = parse(text) if text else None
    except (Invalid, BadSql):
        return None
    if query is None:
        return None
    start = query.args["from_"].this.sql(dialect="bigquery")
    where = query.args.get("where")
    said = start.replace("`", "")
    if where is not None:
        said = f"(SELECT * FROM {start} WHERE {where.this.sql(dialect='bigquery')})"  # noqa: S608
    measure: Any = (
        getattr(definition, "measure", None) or getattr(definition, "numerator", None) or definition
    )
    time = measure.rows.time
    return query.expressions[0].sql(dialect="bigquery"), said, time


def _source(source: str, time: str, sources: dict[str, tuple[str, str]]) -> str:
    for name, known in sources.items():
        if known == (source, time):
            return name
    base = slug_of(source.split(" WHERE ")[0].split(".")[-1]).replace("-", "_") or "source"
    name, number = base, 2
    while name in sources:
        name, number = f"{base}_{number}", number + 1
    sources[name] = (source, time)
    return name


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _toml(text)


def _toml(value: Any) -> str:
    """A value as TOML has it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        inside = ", ".join(
            f"{_key(str(key))} = {_toml(one)}" for key, one in value.items() if one is not None
        )
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return (
        '"'
        + "".join(sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}" for sign in text)
        + '"'
    )
