"""Which parts of a query only say for what time it is asked, rather than what is counted."""

import re
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

# A column of these names is a day or a moment wherever it stands.
_GENERIC = re.compile(
    r"(ds|dt|ts|day|date|week|month|quarter|year|hour|period|timestamp|event_time|date_day)\Z"
)
_DATED = re.compile(r".*(_at|_date|_day|_week|_month|_quarter|_year|_hour|_ts|_dt|_timestamp|_datetime)\Z")
_DATE_TEXT = re.compile(r"\d{4}-\d{2}(-\d{2})?([ T]\d{2}:\d{2}.*)?\Z")
_BOUND = re.compile(
    r"(.*_)?(start|end|from|to|since|until|begin|after|before|day|date|week|month|ts|time)(_.*)?\Z"
)
_TIME_CALLS = re.compile(
    r"(to_?start_?of_?\w+|date_?trunc|date_?part|strftime|format_(date|datetime|timestamp)|to_?char|to_?date"
    r"|date_?format|to_?year_?month|to_?monday|to_?yyyymm(dd)?|time_?bucket|year_?week|dateadd|trunc)\Z"
)
_TIME_NODES = tuple(
    getattr(exp, name)
    for name in (
        *("TimestampTrunc", "DateTrunc", "DatetimeTrunc", "TimeTrunc", "Date", "TsOrDsToDate", "TimeToStr"),
        *("Extract", "Year", "Quarter", "Month", "Week", "WeekOfYear", "DateBin", "ToChar", "DateStrToDate"),
        *("TimeStrToTime", "StrToDate", "StrToTime", "Day", "DayOfMonth", "LastDay", "TsOrDsToTimestamp"),
        *("TimestampAdd", "DateAdd", "DateSub"),
    )
    if hasattr(exp, name)
)
_NOW_NODES = tuple(
    getattr(exp, name)
    for name in ("CurrentDate", "CurrentTimestamp", "CurrentDatetime", "CurrentTime", "Localtimestamp")
    if hasattr(exp, name)
)
_NOW_CALLS = {
    "now",
    "today",
    "getdate",
    "sysdate",
    "yesterday",
    "current_date",
    "utc_timestamp",
    "sysdatetime",
}
_DATE_TYPES = {
    getattr(exp.DataType.Type, name)
    for name in ("DATE", "DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPLTZ", "TIMESTAMPNTZ", "DATE32")
    if hasattr(exp.DataType.Type, name)
}
_PARAMETERS = (exp.Placeholder, exp.Parameter)


@dataclass(frozen=True)
class Bound:
    """A predicate that bounds the time: by which columns, and how it may be left out.

    `relative` to now by a length ("the last 28 days"), it may be what is counted, so it is left out only
    where the query has a row for each period of that column. `exact` is one moment: the same, unless the
    column is plainly the query's day.
    """

    columns: tuple[exp.Column, ...]
    relative: bool = False
    exact: bool = False


def time_columns(node: exp.Expression) -> tuple[exp.Column, ...]:
    """The columns of an expression that is a moment or a period, as `DATE_TRUNC('week', t)`; else ()."""
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    if isinstance(node, exp.Column):
        return (node,) if _names_time(node) else ()
    if _is_time_call(node):
        return tuple(node.find_all(exp.Column))
    return ()


def bound_of(predicate: exp.Expression) -> Bound | None:
    """The `Bound` that a predicate is, or None for one that says what is counted."""
    while isinstance(predicate, exp.Paren):
        predicate = predicate.this
    if isinstance(predicate, exp.Between):
        return _bound(predicate.this, [predicate.args["low"], predicate.args["high"]], exact=False)
    if isinstance(predicate, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ):
        exact = isinstance(predicate, exp.EQ)
        left, right = predicate.this, predicate.expression
        return _bound(left, [right], exact=exact) or _bound(right, [left], exact=exact)
    return None


def _bound(column: exp.Expression, constants: list[exp.Expression], *, exact: bool) -> Bound | None:
    columns = tuple(column.find_all(exp.Column))
    if not columns or column.find(exp.AggFunc, exp.Subquery, exp.Window):
        return None
    named = bool(time_columns(column))
    if not all(_is_constant(one, named=named, column=column) for one in constants):
        return None
    relative = any(_is_relative(one) for one in constants) or _moves(column)
    if exact and named and not relative and all(_GENERIC.match(_name(one)) for one in columns):
        exact = False
    return Bound(columns, relative, exact)


def _is_constant(node: exp.Expression, *, named: bool, column: exp.Expression) -> bool:
    """Whether this is a moment that no row decides."""
    if node.find(exp.Column, exp.Subquery, exp.Select):
        return False
    if any(_is_now(part) for part in node.walk()):
        return True
    texts = [one for one in node.find_all(exp.Literal) if one.is_string]
    if any(_DATE_TEXT.match(one.this) for one in texts):
        return True
    if any(_BOUND.match(_parameter(one)) or named for one in node.find_all(*_PARAMETERS)):
        return True
    return isinstance(node, exp.Literal) and not node.is_string and _is_year(column)


def _is_year(node: exp.Expression) -> bool:
    if isinstance(node, exp.Extract):
        return node.name.lower() == "year"
    return isinstance(node, exp.Year)


def _is_relative(node: exp.Expression) -> bool:
    """Whether this is now, less or more a length; now alone is not."""
    if not any(_is_now(part) for part in node.walk()):
        return False
    if node.find(exp.Interval):
        return True
    return any(not one.is_string for one in node.find_all(exp.Literal))


def _moves(column: exp.Expression) -> bool:
    """Whether the column is shifted first: `created_at + INTERVAL '7 days' > now()`."""
    return column.find(exp.Interval, exp.Add, exp.Sub, exp.DateAdd, exp.DateSub) is not None


def _is_now(node: Any) -> bool:
    if isinstance(node, _NOW_NODES):
        return True
    return isinstance(node, exp.Anonymous) and str(node.this).lower() in _NOW_CALLS


def _is_time_call(node: exp.Expression) -> bool:
    if isinstance(node, exp.Cast | exp.TryCast):
        to = node.args["to"]
        return isinstance(to, exp.DataType) and to.this in _DATE_TYPES
    if isinstance(node, _TIME_NODES):
        return True
    return isinstance(node, exp.Anonymous) and bool(_TIME_CALLS.match(str(node.this).lower()))


def _names_time(column: exp.Column) -> bool:
    name = _name(column)
    return bool(_GENERIC.match(name) or _DATED.match(name))


def _name(column: exp.Column) -> str:
    return column.name.lower()


def _parameter(node: exp.Expression) -> str:
    inner = node.this
    return str(getattr(inner, "name", inner) or "").lower()
