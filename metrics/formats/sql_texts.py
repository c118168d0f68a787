"""A definition's SQL, a text for each dialect: whether each can be read and only reads."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# key: its name. The keys are sqlglot's names of dialects.
DIALECTS = {
    "postgres": "PostgreSQL",
    "bigquery": "BigQuery",
    "snowflake": "Snowflake",
    "redshift": "Redshift",
    "databricks": "Databricks",
    "clickhouse": "ClickHouse",
    "duckdb": "DuckDB",
    "mysql": "MySQL",
    "tsql": "SQL Server",
    "trino": "Trino",
}
LONGEST = 20_000


def fault_in(dialect: str, text: str) -> str:
    """What is wrong with the SQL and what to do, or ""."""
    if dialect not in DIALECTS:
        return "Choose the dialect from the list."
    if len(text) > LONGEST or "\0" in text:
        return f"Keep it under {LONGEST:,} signs."
    try:
        statements = [one for one in sqlglot.parse(text, read=dialect) if one is not None]
    except SqlglotError as error:
        said = getattr(error, "errors", None) or [{}]
        line, near = said[0].get("line"), said[0].get("highlight")
        where = f" near “{near}” in line {line}" if line and near else ""
        return f"This is no SQL that {DIALECTS[dialect]} reads{where}. Check brackets, commas and quotes."
    except RecursionError:
        return "This is nested too deeply to be read."
    if len(statements) != 1:
        return "Write one SELECT, without further statements."
    if not isinstance(statements[0], exp.Query):
        return "Write a SELECT: a definition only reads."
    return ""
