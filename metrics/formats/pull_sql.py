"""One SELECT and nothing else: what a query may be that is asked of another database on a schedule."""

import datetime as dt
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

MAX_SQL = 20_000
SINCE = "since"
# Functions that act, wait, read files or ask on: a read-only transaction alone does not hold them.
_FORBIDDEN_STARTS = ("pg_", "lo_", "dblink", "txid_", "query_to_", "table_to_", "cursor_to_", "schema_to_")
_FORBIDDEN = frozenset({"set_config", "current_setting", "nextval", "setval", "database_to_xml", "sleep"})
_ACTS = (
    exp.DDL,
    exp.DML,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Set,
    exp.Copy,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Use,
    exp.Kill,
    exp.Pragma,
)


class NotASelect(ValueError):
    """The text is not one SELECT that only reads; the message says why."""


def prove(text: str, since: dt.datetime | None = None) -> str:
    """The query as it is to be asked, written anew from what was understood of it: no comment, no second
    statement and no trick of quoting survives that. `:since` becomes that moment. Raises `NotASelect`.
    """
    tree = _parsed(text)
    for node in tree.walk():
        if isinstance(node, _ACTS) and not isinstance(node, exp.Query):
            raise NotASelect("Only a SELECT may be asked: this would change, lock or run something.")
        if isinstance(node, exp.Func):
            _check_function(node)
        if isinstance(node, exp.Placeholder | exp.Parameter) and node.name != SINCE:
            raise NotASelect("The only placeholder is :since, the moment from which values are wanted.")
    moment = (since or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).astimezone(dt.UTC)
    literal = exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "timestamptz")
    tree = tree.transform(lambda node: literal.copy() if isinstance(node, exp.Placeholder) else node)
    return str(tree.sql(dialect="postgres", comments=False))


def _parsed(text: str) -> Any:
    if len(text) > MAX_SQL:
        raise NotASelect(f"The query is longer than {MAX_SQL:,} characters.")
    if "\0" in text:
        raise NotASelect("The query has a character in it that is none.")
    try:
        found = [one for one in sqlglot.parse(text, dialect="postgres") if one is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        words = str(error).split(". Line")[0].split("\n")[0][:150]
        raise NotASelect(f"This cannot be read as SQL: {words or 'it is nested too deeply'}.") from error
    if len(found) != 1:
        raise NotASelect("Write one query." if found else "Write the query.")
    tree = found[0]
    if not isinstance(tree, exp.Query) or (
        isinstance(tree, exp.DDL | exp.DML) and not isinstance(tree, exp.Query)
    ):
        raise NotASelect("Only a SELECT may be asked.")
    return tree


def _check_function(node: exp.Func) -> None:
    name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
    if name in _FORBIDDEN or name.startswith(_FORBIDDEN_STARTS):
        raise NotASelect(f"The function {name} does more than read and is not called from here.")
