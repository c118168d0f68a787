"""The fingerprint of what a version of a KPI says: its typed definition, or its SQL."""

import re
from collections.abc import Mapping

from sqlglot import exp

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
    Window,
    read,
    written,
)

from .conditions import call_of, select_of, sql_of
from .fingerprint import hashed, of_sql
from .reading import Unreadable, parse_expression


def of_version(definition: object, sql: Mapping[str, str]) -> str:
    """The fingerprint of a version; empty where neither its definition nor its SQL can be read.

    A definition comes before SQL. Texts of several dialects that count differently have one of their own.
    """
    if definition:
        try:
            return of_definition(read(definition))
        except Invalid:
            return ""
    found = set()
    for dialect, text in sql.items():
        if not text.strip():
            continue
        try:
            found.add(of_sql(text, dialect))
        except Unreadable:
            return ""
    if len(found) < 2:
        return found.pop() if found else ""
    return hashed(" & ".join(sorted(found)))


def of_definition(definition: Definition) -> str:
    """The fingerprint of a typed definition: that of the query it comes to, where it is one."""
    text = sql_of(definition)
    if text is not None:
        try:
            return of_sql(text)
        except Unreadable:
            return hashed(repr(written(definition)))
    match definition:
        case Ratio(numerator, denominator):
            return hashed(f"ratio {_measure(numerator)} {_measure(denominator)}")
        case Derived(expression, inputs):
            return hashed(f"derived {_arithmetic(expression, dict(inputs))}")
        case Cumulative(measure, window, since):
            return hashed(f"cumulative {_measure(measure)} {_window(window)} {since}")
        case Conversion(entity, start, finish, within):
            return hashed(f"conversion {entity.lower()} {_rows(start)} {_rows(finish)} {_window(within)}")
        case Simple() | Quantile():
            return hashed(repr(written(definition)))


def _measure(measure: Measure) -> str:
    return _of(call_of(measure), measure.rows)


def _rows(rows: Rows) -> str:
    return _of("1", rows)


def _of(what: str, rows: Rows) -> str:
    text = select_of(what, rows)
    try:
        return of_sql(text)
    except Unreadable:
        return hashed(text)


def _window(window: Window | None) -> str:
    return f"{window.count} {window.unit}" if window else ""


def _arithmetic(expression: str, inputs: Mapping[str, str]) -> str:
    """The expression by the KPIs' slugs, in one order of what commutes."""
    named = re.sub(r"[a-z_]\w*", lambda found: f'"{inputs.get(found[0], found[0])}"', expression)
    try:
        return _sorted(parse_expression(named))
    except Unreadable:
        return named


def _sorted(node: exp.Expression) -> str:
    while isinstance(node, exp.Paren):
        node = node.this
    for kind, sign in ((exp.Add, "+"), (exp.Mul, "*")):
        if isinstance(node, kind):
            return f"({f' {sign} '.join(sorted(_sorted(one) for one in _flat(node, kind)))})"
    if isinstance(node, exp.Binary):
        return f"({_sorted(node.this)} {node.key} {_sorted(node.expression)})"
    return node.sql()


def _flat(node: exp.Expression, kind: type[exp.Expression]) -> list[exp.Expression]:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, kind):
        return [*_flat(node.this, kind), *_flat(node.expression, kind)]
    return [node]
