"""What a KPI counts, typed: six kinds of definition, their JSON and their sentence.

    definition = read({"kind": "simple", "measure": {"aggregate": "sum", "table": "orders",
                       "column": "amount", "filters": [{"column": "status", "op": "=", "values": ["paid"]}]}})
    sentence(definition, "day")    # "Sum of orders.amount where status = 'paid', per day"
    read(written(definition)) == definition

`read` raises `Invalid`, whose `errors` is {field: what to do}, with fields such as "measure.column" and
"denominator.filters.0.values". `KpiVersion.definition` holds what `written` gives, or {} where a KPI is only
described in words; its `kind` column repeats the JSON's. `Derived` names other KPIs by slug, and
metrics.formats.expression works it out.

Importers fill what they know: a column may be an SQL expression, and `where` takes a condition in SQL that
filters cannot say. Values of filters keep their literals and their order, so that two definitions are equal
only where they say the same.
"""

from .reading import Invalid, read
from .shapes import (
    AGGREGATES,
    KINDS,
    MOST_FILTERS,
    MOST_INPUTS,
    OPS,
    SINCE,
    SPANS,
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
from .words import sentence
from .writing import written

__all__ = [
    "AGGREGATES",
    "KINDS",
    "MOST_FILTERS",
    "MOST_INPUTS",
    "OPS",
    "SINCE",
    "SPANS",
    "Conversion",
    "Cumulative",
    "Definition",
    "Derived",
    "Filter",
    "Invalid",
    "Literal",
    "Measure",
    "Quantile",
    "Ratio",
    "Rows",
    "Simple",
    "Window",
    "read",
    "sentence",
    "written",
]
