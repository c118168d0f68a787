"""A definition as JSON."""

from typing import Any

from metrics.formats.definition.shapes import (
    Conversion,
    Cumulative,
    Definition,
    Derived,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    Window,
)


def written(definition: Definition) -> dict[str, Any]:
    """The definition as JSON; what is empty is left out."""
    match definition:
        case Simple(measure):
            return {"kind": "simple", "measure": _measure(measure)}
        case Ratio(numerator, denominator):
            return {
                "kind": "ratio",
                "numerator": _measure(numerator),
                "denominator": _measure(denominator),
            }
        case Derived(expression, inputs):
            return {"kind": "derived", "expression": expression, "inputs": dict(inputs)}
        case Cumulative(measure, window, since):
            rest = {"since": since} if since else {"window": _window(window)}
            return {"kind": "cumulative", "measure": _measure(measure), **rest}
        case Conversion(entity, start, finish, within):
            rest = {"within": _window(within)} if within else {}
            return {
                "kind": "conversion",
                "entity": entity,
                "start": _rows(start),
                "finish": _rows(finish),
                **rest,
            }
        case Quantile(q, column, rows):
            return {"kind": "quantile", "q": q, "column": column, "rows": _rows(rows)}


def _measure(measure: Measure) -> dict[str, Any]:
    column = {"column": measure.column} if measure.column else {}
    return {"aggregate": measure.aggregate, **column, **_rows(measure.rows)}


def _rows(rows: Rows) -> dict[str, Any]:
    filters = [
        {"column": one.column, "op": one.op, **({"values": list(one.values)} if one.values else {})}
        for one in rows.filters
    ]
    rest = {"filters": filters, "where": rows.where, "time": rows.time}
    return {"table": rows.table, **{key: value for key, value in rest.items() if value}}


def _window(window: Window | None) -> dict[str, Any]:
    return {"count": window.count, "unit": window.unit} if window else {}
