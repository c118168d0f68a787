"""A definition as a sentence."""

import re
from collections.abc import Mapping

from metrics.formats.definition.shapes import (
    AGGREGATES,
    OPS,
    Conversion,
    Cumulative,
    Definition,
    Derived,
    Filter,
    Literal,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    Window,
)


def sentence(definition: Definition, grain: str, names: Mapping[str, str] | None = None) -> str:
    """The definition as one sentence: "Sum of orders.amount where status = 'paid', per day".

    `names` gives the names of KPIs by slug, for derived ones.
    """
    return f"{_said(definition, names or {})}, per {grain}"


def _said(definition: Definition, names: Mapping[str, str]) -> str:
    match definition:
        case Simple(measure):
            return _measure_said(measure)
        case Ratio(numerator, denominator):
            return f"{_measure_said(numerator)} ÷ {_lower(_measure_said(denominator))}"
        case Derived(expression, inputs):
            meant = " and ".join(f"{name} is “{names.get(slug, slug)}”" for name, slug in inputs)
            return f"{expression}, where {meant}"
        case Cumulative(measure, window, since):
            return f"{_measure_said(measure)}{_over(window, since)}"
        case Conversion(entity, start, finish, within):
            limit = f" within {_window_said(within)}" if within else ""
            return (
                f"Share of distinct {entity} in {_rows_said(start)} that are in {_rows_said(finish)}{limit}"
            )
        case Quantile(q, column, rows):
            which = "Median" if q == 0.5 else f"{_ordinal(q * 100)} percentile"
            return f"{which} of {_rows_said(rows, column)}"


def _measure_said(measure: Measure) -> str:
    words = AGGREGATES[measure.aggregate]
    if measure.aggregate == "count_distinct":
        return f"{words} {_rows_said(measure.rows, measure.column)}"
    return f"{words} of {_rows_said(measure.rows, measure.column)}"


def _rows_said(rows: Rows, column: str = "") -> str:
    plain = bool(re.fullmatch(r"\w+", column))
    what = f"{rows.table}.{column}" if plain else f"{column} in {rows.table}" if column else rows.table
    conditions = [_filter_said(one) for one in rows.filters]
    if rows.where:
        conditions.append(" ".join(rows.where.split()))
    return f"{what} where {' and '.join(conditions)}" if conditions else what


def _filter_said(one: Filter) -> str:
    values = [_literal(value) for value in one.values]
    joined = " and ".join(values) if one.op == "between" else ", ".join(values)
    return " ".join(filter(None, (one.column, OPS[one.op][1], joined)))


def _literal(value: Literal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _over(window: Window | None, since: str) -> str:
    if window:
        return f" over the last {_window_said(window).removeprefix('a ').removeprefix('an ')}"
    return " since the beginning" if since == "beginning" else f" since the start of the {since}"


def _window_said(window: Window) -> str:
    return (
        f"{'an' if window.unit == 'hour' else 'a'} {window.unit}"
        if window.count == 1
        else f"{window.count} {window.unit}s"
    )


def _ordinal(number: float) -> str:
    text = f"{number:.6g}"
    ending = {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
    return f"{text}{'th' if text in ('11', '12', '13') or '.' in text else ending}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
