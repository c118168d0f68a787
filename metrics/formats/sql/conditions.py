"""Conditions in SQL as the filters of a typed definition, and definitions as SQL."""

from sqlglot import exp

from metrics.formats.definition import Filter, Literal, Measure, Quantile, Ratio, Rows, Simple

from .reading import Unreadable, parse_expression

_OPS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_SWAPPED = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_CALLS = {
    "count": "COUNT({})",
    "count_distinct": "COUNT(DISTINCT {})",
    "sum": "SUM({})",
    "average": "AVG({})",
    "minimum": "MIN({})",
    "maximum": "MAX({})",
    "median": "MEDIAN({})",
}


def split(text: str, dialect: str = "") -> tuple[tuple[Filter, ...], str]:
    """(what of a condition is filters, what else has to hold, in SQL)."""
    if not text.strip():
        return (), ""
    try:
        whole = parse_expression(text, dialect)
    except Unreadable:
        return (), " ".join(text.split())
    filters, rest = [], []
    for part in _parts(whole):
        found = _filter(part)
        if found is None:
            rest.append(f"({part.sql()})" if isinstance(part, exp.Or) else part.sql())
        else:
            filters.append(found)
    return tuple(filters), " AND ".join(rest)


def _parts(node: exp.Expression) -> list[exp.Expression]:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And):
        return [*_parts(node.this), *_parts(node.expression)]
    return [node]


def _filter(node: exp.Expression) -> Filter | None:
    """A condition as a filter; None where filters cannot say it."""
    negated = isinstance(node, exp.Not)
    inner = node.this if negated else node
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Column) and not isinstance(inner.this, exp.Star):
        return Filter(_column(inner), "=", (not negated,))
    if isinstance(inner, exp.Is) and isinstance(inner.this, exp.Column):
        if isinstance(inner.expression, exp.Null):
            return Filter(_column(inner.this), "is not null" if negated else "is null")
        if isinstance(inner.expression, exp.Boolean):
            return Filter(_column(inner.this), "=", (bool(inner.expression.this) != negated,))
        return None
    if isinstance(inner, exp.In) and isinstance(inner.this, exp.Column):
        values = [_value(one) for one in inner.expressions]
        if not values or any(value is None for value in values) or len(values) > 100:
            return None
        kept = tuple(value for value in values if value is not None)
        return Filter(_column(inner.this), "not in" if negated else "in", kept)
    return None if negated else _compared(inner)


def _compared(node: exp.Expression) -> Filter | None:
    if isinstance(node, exp.Between) and isinstance(node.this, exp.Column):
        low, high = _value(node.args["low"]), _value(node.args["high"])
        if low is None or high is None:
            return None
        return Filter(_column(node.this), "between", (low, high))
    op = _OPS.get(type(node))
    if op is None:
        return None
    left, right = node.this, node.expression
    if not isinstance(left, exp.Column):
        left, right, op = right, left, _SWAPPED[op]
    value = _value(right)
    return Filter(_column(left), op, (value,)) if isinstance(left, exp.Column) and value is not None else None


def _column(node: exp.Column) -> str:
    return ".".join(f'"{part.name}"' if part.args.get("quoted") else part.name for part in node.parts)


def _value(node: exp.Expression) -> Literal | None:
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    sign = 1
    if isinstance(node, exp.Neg):
        sign, node = -1, node.this
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        text: str = node.this
        return text if sign == 1 and len(text) <= 200 and "\0" not in text else None
    try:
        return sign * int(node.this) if node.this.isdecimal() else sign * float(node.this)
    except (ValueError, OverflowError):
        return None


def literal(value: Literal) -> str:
    """A value as SQL has it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def condition(one: Filter) -> str:
    """A filter as SQL has it."""
    values = [literal(value) for value in one.values]
    match one.op:
        case "in" | "not in":
            return f"{one.column} {one.op.upper()} ({', '.join(values)})"
        case "between":
            return f"{one.column} BETWEEN {values[0]} AND {values[1]}"
        case "contains":
            return f"{one.column} LIKE " + literal(f"%{one.values[0]}%")
        case "is null" | "is not null":
            return f"{one.column} {one.op.upper()}"
    return f"{one.column} {'<>' if one.op == '!=' else one.op} {values[0]}"


def where_of(rows: Rows) -> str:
    """The condition on rows; empty where all count."""
    parts = [condition(one) for one in rows.filters]
    if rows.where:
        parts.append(f"({rows.where})" if parts else rows.where)
    return " AND ".join(parts)


def call_of(measure: Measure) -> str:
    """The aggregate alone: `SUM(amount)`."""
    return _CALLS[measure.aggregate].format(measure.column or "*")


def select_of(what: str, rows: Rows) -> str:
    """A query for one number over all time."""
    where = where_of(rows)
    # never run: it is only taken apart again, or shown
    return f"SELECT {what} FROM {rows.table}{' WHERE ' + where if where else ''}"  # noqa: S608


def sql_of(definition: object) -> str | None:
    """The query that a typed definition comes to; None for one that is more than one query."""
    match definition:
        case Simple(measure):
            return select_of(call_of(measure), measure.rows)
        case Ratio(numerator, denominator) if numerator.rows == denominator.rows:
            return select_of(f"{call_of(numerator)} / {call_of(denominator)}", numerator.rows)
        case Quantile(q, column, rows):
            return select_of(f"PERCENTILE_CONT({q}) WITHIN GROUP (ORDER BY {column})", rows)
        case _:
            return None
