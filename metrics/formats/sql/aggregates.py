"""Aggregates written in SQL, as typed definitions."""

from typing import Any

from sqlglot import exp

from metrics.formats.definition import Invalid, Measure, Quantile, Ratio, Rows, Simple, read, written

from .reading import Unreadable, parse_expression

_PLAIN: dict[type[exp.Expression], str] = {
    exp.Sum: "sum",
    exp.Avg: "average",
    exp.Min: "minimum",
    exp.Max: "maximum",
    exp.Median: "median",
}


def typed(expression: str, rows: Rows, dialect: str = "") -> dict[str, Any] | None:
    """The definition, as JSON, of `SUM(amount)` and the like over rows; None where it is none of those."""
    try:
        node = parse_expression(expression, dialect)
    except Unreadable:
        return None
    made = _definition(node, rows)
    if made is None:
        return None
    try:
        return written(read(written(made)))
    except Invalid:
        return None


def _definition(node: Any, rows: Rows) -> Simple | Ratio | Quantile | None:
    node = _bare(node)
    if isinstance(node, exp.Div):
        over = _bare(node.expression)
        if isinstance(over, exp.Nullif) and _is_zero(over.expression):
            over = _bare(over.this)
        first, second = _measure(node.this, rows), _measure(over, rows)
        return Ratio(first, second) if first and second else None
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont):
        ordered = node.expression.expressions
        q = node.this.this
        if len(ordered) == 1 and isinstance(q, exp.Literal) and not q.is_string:
            share = float(q.this)
            return Quantile(share, ordered[0].this.sql(), rows) if 0 < share < 1 else None
        return None
    measure = _measure(node, rows)
    return Simple(measure) if measure else None


def _measure(node: Any, rows: Rows) -> Measure | None:
    node = _bare(node)
    if isinstance(node, exp.Count):
        inner = node.this
        if isinstance(inner, exp.Star) or (isinstance(inner, exp.Literal) and not inner.is_string):
            return Measure("count", rows)
        if isinstance(inner, exp.Distinct):
            if len(inner.expressions) != 1:
                return None
            return Measure("count_distinct", rows, _text(inner.expressions[0], rows))
        return Measure("count", rows, _text(inner, rows))
    aggregate = _PLAIN.get(type(node))
    if aggregate is None or not isinstance(node.this, exp.Expression):
        return None
    if isinstance(node.this, exp.Distinct | exp.Order) or node.this.find(exp.AggFunc):
        return None
    return Measure(aggregate, rows, _text(node.this, rows))


def _text(node: exp.Expression, rows: Rows) -> str:
    """A column's text, without the name of the table where it is the only one."""
    node = node.copy()
    last = rows.table.split(".")[-1].lower()
    for column in list(node.find_all(exp.Column)):
        if column.table.lower() == last and column.args.get("db") is None:
            if column is node:
                node = exp.Column(this=column.this.copy())
            else:
                column.set("table", None)
    return node.sql()


def _bare(node: Any) -> Any:
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    return node


def _is_zero(node: Any) -> bool:
    return isinstance(node, exp.Literal) and node.this in ("0", "0.0")
