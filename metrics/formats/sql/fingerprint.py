"""What a query counts, as one short text: equal for two queries only if they count alike, as far as is sure.

Left out: names of tables' aliases, columns' aliases, CTEs and subqueries; casing, layout, comments; the order
of what commutes; grouping by time, and the time asked for. Kept: the tables, the aggregates, every other
predicate with its literals, joins, other groups. In doubt two queries are held to be different.
"""

import hashlib
from dataclasses import dataclass

from sqlglot import exp

from . import reading
from .queries import Select, read_select, short, write_set
from .scope import Scope
from .timing import time_columns


@dataclass(frozen=True)
class Shape:
    """What a query counts, taken apart. Each part is {its text for comparing: how it was written}."""

    tables: dict[str, str]
    measures: dict[str, str]
    predicates: dict[str, str]
    rest: dict[str, str]

    @property
    def text(self) -> str:
        parts = (self.tables, self.measures, self.predicates, self.rest)
        return " | ".join("; ".join(sorted(part)) for part in parts)

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits."""
        return hashed(self.text)


def shape_of(sql: str, dialect: str = "") -> Shape:
    """What the query counts; raises `reading.Unreadable`."""
    query = reading.parse(sql, dialect)
    try:
        return _shape(query, Scope())
    except RecursionError as error:
        raise reading.Unreadable(
            "The SQL is nested too deep to be read. Put parts of it into views."
        ) from error


def of_sql(sql: str, dialect: str = "") -> str:
    """The fingerprint of a query; raises `reading.Unreadable`."""
    return shape_of(sql, dialect).fingerprint


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shape(query: exp.Query, scope: Scope) -> Shape:
    if isinstance(query, exp.SetOperation):
        text = write_set(query, scope)
        return Shape({}, {text: short(query)}, {}, {})
    read = read_select(query, scope)
    while inner := _passed_through(read):
        read = inner
    measures, groups = {}, dict(read.groups)
    for _, text, node in read.projections:
        if text in read.periods or text in groups:
            continue
        if time_columns(node) and not node.find(exp.AggFunc):
            continue
        measures[text] = short(node)
    kept = {one.text: one.words for one in read.kept()}
    rest = {**read.rest, **{f"by {text}": f"by {words}" for text, words in groups.items()}}
    return Shape(read.tables, measures, kept, rest)


def _passed_through(read: Select) -> Select | None:
    """What a query that only picks columns of another one comes to; None where it does more."""
    sources = list(read.scope.sources.values())
    if len(sources) != 1 or sources[0].read is None or read.rest or read.groups or read.periods:
        return None
    if any(not one.bound for one in read.predicates) or not read.simple:
        return None
    inner: Select = sources[0].read
    of = {f"{sources[0].label}.{text}": (name, text, node) for name, text, node in inner.projections}
    picked = [of[text] for _, text, _ in read.projections if text in of]
    if len(picked) < len(read.projections):
        if [text for _, text, _ in read.projections] != ["*"]:
            return None
        picked = inner.projections
    inner.projections = picked
    return inner
