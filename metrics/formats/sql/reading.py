"""SQL text as a tree: one query, in any of the usual dialects, within limits."""

import re
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

MAX_LENGTH = 20_000  # characters
MAX_DEPTH = 60  # of brackets: the parser calls itself for each
DIALECTS = {
    "": "Standard SQL",
    "bigquery": "BigQuery",
    "clickhouse": "ClickHouse",
    "databricks": "Databricks",
    "duckdb": "DuckDB",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "postgres": "PostgreSQL",
    "redshift": "Redshift",
    "snowflake": "Snowflake",
    "sqlite": "SQLite",
    "trino": "Trino",
    "tsql": "SQL Server",
}
_OTHER_NAMES = {
    "ansi": "",
    "ansi_sql": "",
    "standard": "",
    "sql": "",
    "postgresql": "postgres",
    "presto": "trino",
    "spark": "databricks",
    "mssql": "tsql",
    "sqlserver": "tsql",
}
_CAPITALS = ("snowflake", "oracle")  # there orders is "ORDERS"
_REF = re.compile(r"""\{\{\s*ref\(\s*(?:['"][\w.]+['"]\s*,\s*)?['"]([\w.]+)['"]\s*\)\s*\}\}""")
_SOURCE = re.compile(r"""\{\{\s*source\(\s*['"]([\w.]+)['"]\s*,\s*['"]([\w.]+)['"]\s*\)\s*\}\}""")
_CALL = re.compile(r"\{\{\s*([A-Za-z_]\w*\([^{}]*\))\s*\}\}")
_NAME = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")


class Unreadable(ValueError):
    """The text is no query that can be read. The message says why and what to do."""


def dialect_of(name: str | None) -> str | None:
    """The dialect's key in `DIALECTS`, told from any usual name of it; None for one that is not known."""
    key = (name or "").strip().lower().replace(" ", "_").replace("-", "_")
    key = _OTHER_NAMES.get(key, key)
    return key if key in DIALECTS else None


def parse(text: str, dialect: str = "") -> exp.Query:
    """The one SELECT (or union of some) that `text` is; raises `Unreadable`.

    Templates as dbt and metric-hub have them are read where their meaning is plain: `{{ ref('orders') }}` is
    the table, `{{ agg_sum('x') }}` a call, `{{ start }}` a parameter.
    """
    key = dialect_of(dialect)
    if key is None:
        raise Unreadable(
            f"The dialect “{dialect}” is not known. Choose one of {', '.join(DIALECTS.values())}."
        )
    statements = [one for one in _parsed(_untemplated(text), key) if one is not None]
    if not statements:
        raise Unreadable("There is no SQL in it.")
    if len(statements) > 1:
        raise Unreadable(f"These are {len(statements)} statements. Write the KPI as one SELECT.")
    statement = statements[0]
    while isinstance(statement, exp.Paren | exp.Subquery) and not statement.args.get("alias"):
        statement = statement.this
    if not isinstance(statement, exp.Select | exp.SetOperation):
        raise Unreadable("This is not a SELECT. Write the KPI as one SELECT.")
    if key in _CAPITALS:
        for name in statement.find_all(exp.Identifier):
            if name.quoted and name.name.isupper():
                name.set("quoted", False)
    return statement


def parse_expression(text: str, dialect: str = "") -> Any:
    """One expression, such as `SUM(amount)`; raises `Unreadable`."""
    query = parse(f"SELECT {text}", dialect)
    if len(query.expressions) != 1 or query.args.get("from_") is not None:
        raise Unreadable(f"“{text[:80]}” is not one expression.")
    return query.expressions[0]


def _parsed(text: str, dialect: str) -> list[Any]:
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"The SQL is longer than {MAX_LENGTH:,} characters. Put parts of it into views.")
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Unreadable(f"The SQL has brackets {deepest} deep; {MAX_DEPTH} is the most that is read.")
    try:
        return sqlglot.parse(text, read=dialect or None)
    except SqlglotError as error:
        raise Unreadable(_explained(error)) from error
    except (RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        # What the parser has no words for: the text is not to bring a page down.
        raise Unreadable("The SQL cannot be read. Check it, or choose another dialect.") from error


def _explained(error: SqlglotError) -> str:
    details = getattr(error, "errors", None) or [{}]
    line, column = details[0].get("line"), details[0].get("col")
    what = details[0].get("description") or "it is not SQL of this dialect"
    place = f"line {line}, column {column}: " if line else ""
    return f"The SQL cannot be read: {place}{what.rstrip('.').lower()}. Check it, or choose another dialect."


def _untemplated(text: str) -> str:
    text = text.replace("\0", "")
    if "{%" in text or "{#" in text:
        raise Unreadable("The SQL holds template statements ({% … %}). Paste what they come to.")
    text = _REF.sub(lambda found: found[1], text)
    text = _SOURCE.sub(lambda found: f"{found[1]}.{found[2]}", text)
    text = _CALL.sub(lambda found: found[1], text)
    return _NAME.sub(lambda found: f":{found[1].replace('.', '_')}", text)
