"""The six kinds of definition, and what they are made of."""

from dataclasses import dataclass
from typing import ClassVar

Literal = str | int | float | bool

AGGREGATES = {
    "count": "Count",
    "count_distinct": "Count of distinct",
    "sum": "Sum",
    "average": "Average",
    "minimum": "Lowest",
    "maximum": "Highest",
    "median": "Median",
}
# op: (how many values it takes, its words)
OPS: dict[str, tuple[range, str]] = {
    "=": (range(1, 2), "="),
    "!=": (range(1, 2), "≠"),
    ">": (range(1, 2), ">"),
    ">=": (range(1, 2), "≥"),
    "<": (range(1, 2), "<"),
    "<=": (range(1, 2), "≤"),
    "in": (range(1, 101), "is one of"),
    "not in": (range(1, 101), "is none of"),
    "between": (range(2, 3), "is between"),
    "contains": (range(1, 2), "contains"),
    "is null": (range(1), "is empty"),
    "is not null": (range(1), "is not empty"),
}
SPANS = ("hour", "day", "week", "month", "quarter", "year")
SINCE = ("week", "month", "quarter", "year", "beginning")
MOST_FILTERS = 30
MOST_INPUTS = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """A row counts where `column` `op` `values`."""

    column: str
    op: str
    values: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table; `time` is the column that says in which period a row falls."""

    table: str
    filters: tuple[Filter, ...] = ()
    where: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate of a column of rows; a plain count needs no column."""

    aggregate: str
    rows: Rows
    column: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """So many days, weeks, …"""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Simple:
    kind: ClassVar[str] = "simple"
    measure: Measure


@dataclass(frozen=True, slots=True)
class Ratio:
    kind: ClassVar[str] = "ratio"
    numerator: Measure
    denominator: Measure


@dataclass(frozen=True, slots=True)
class Derived:
    """Other KPIs put together: `inputs` are (name in the expression, slug of the KPI), in order of names."""

    kind: ClassVar[str] = "derived"
    expression: str
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A measure over the last `window`, or `since` the start of the week, month, …, or the beginning."""

    kind: ClassVar[str] = "cumulative"
    measure: Measure
    window: Window | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The share of `entity` seen in `start` that is seen in `finish` too, `within` a window of it."""

    kind: ClassVar[str] = "conversion"
    entity: str
    start: Rows
    finish: Rows
    within: Window | None = None


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value of `column` that the share `q` of rows does not exceed."""

    kind: ClassVar[str] = "quantile"
    q: float
    column: str
    rows: Rows


Definition = Simple | Ratio | Derived | Cumulative | Conversion | Quantile
KINDS = ("simple", "ratio", "derived", "cumulative", "conversion", "quantile")
