"""A typed definition as flat fields: the parts of each kind, and what their fields hold."""

from typing import Any, NamedTuple

from metrics.formats.definition import (
    Conversion,
    Cumulative,
    Derived,
    Invalid,
    Quantile,
    Ratio,
    Rows,
    Simple,
    read,
)
from metrics.formats.definition.literals import shown
from metrics.models import Kpi, KpiVersion

KINDS = [
    ("", "In words only, for now"),
    ("simple", "One aggregate of a table"),
    ("ratio", "One aggregate divided by another"),
    ("cumulative", "An aggregate over a window of time"),
    ("conversion", "The share that goes on to do something"),
    ("quantile", "A median or percentile"),
    ("derived", "Put together from other KPIs"),
]


class Part(NamedTuple):
    """A group of rows in the builder: fields begin with `prefix`, and JSON has them under `key`."""

    prefix: str
    key: str
    title: str
    counted: bool  # with an aggregate and a column


PARTS = {
    "simple": (Part("one", "measure", "What is counted", True),),
    "ratio": (
        Part("one", "numerator", "Above the line", True),
        Part("two", "denominator", "Below the line", True),
    ),
    "cumulative": (Part("one", "measure", "What is counted", True),),
    "conversion": (
        Part("one", "start", "Who starts", False),
        Part("two", "finish", "Who goes on", False),
    ),
    "quantile": (Part("one", "rows", "Of which rows", False),),
}


def row_of(key, prefix):
    """("3", "column") of "one_f3_column" with the prefix "one_f"."""
    if not key.startswith(prefix):
        return None
    number, _, rest = key[len(prefix) :].partition("_")
    rest = rest.removesuffix("_text") if prefix == "in" else rest
    # A comparison is chosen from the start: it alone fills in no row
    return (number, rest) if number.isascii() and number.isdigit() and rest not in ("op", "") else None


def held_by(version: KpiVersion):
    try:
        return read(version.definition) if version.definition else None
    except Invalid:
        return None


def flat(definition) -> dict[str, Any]:
    """The fields that say a definition."""
    match definition:
        case Simple(measure):
            return _measure("one", measure)
        case Ratio(numerator, denominator):
            return _measure("one", numerator) | _measure("two", denominator)
        case Cumulative(measure, window, since):
            return _measure("one", measure) | _span(window) | {"since": since}
        case Conversion(entity, start, finish, within):
            return {"entity": entity} | _rows("one", start) | _rows("two", finish) | _span(within)
        case Quantile(q, column, rows):
            return {"q": round(q * 100, 6), "column": column} | _rows("one", rows)
        case Derived(expression, inputs):
            kpis = {kpi.slug: kpi for kpi in Kpi.objects.filter(slug__in=[slug for _, slug in inputs])}
            said: dict[str, Any] = {"expression": expression}
            for row, (name, slug) in enumerate(inputs):
                said |= {f"in{row}_name": name, f"in{row}_kpi": kpis.get(slug)}
            return said
    return {}


def _measure(at, measure):
    said = {f"{at}_aggregate": measure.aggregate, f"{at}_column": measure.column}
    return said | _rows(at, measure.rows)


def _rows(at, rows: Rows):
    said: dict[str, Any] = {f"{at}_table": rows.table, f"{at}_where": rows.where, f"{at}_time": rows.time}
    for row, one in enumerate(rows.filters):
        name = f"{at}_f{row}"
        said |= {f"{name}_column": one.column, f"{name}_op": one.op, f"{name}_values": shown(one.values)}
    return said


def _span(window):
    return {"window_count": window.count, "window_unit": window.unit} if window else {}
