"""Where a query's columns come from, whatever its tables and subqueries are called."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Cte(NamedTuple):
    """A CTE; `query` is None for one that reads itself, whose words are `recursive`."""

    query: Any
    scope: "Scope"
    recursive: Any
    names: list[str]


@dataclass
class Source:
    """A table, or a query that stands for one. `columns` of a query: {name: what it is}; None for a table.

    `transparent` is a query that only picks and filters: its columns are those of the tables below it.
    """

    label: str
    columns: dict[str, str] | None = None
    transparent: bool = False
    read: Any = None  # the SELECT that it is, taken apart

    def column(self, name: str) -> str:
        if self.columns is None:
            return f"{self.label}.{name}"
        if name not in self.columns:
            return f"{self.label}.{name}"
        return self.columns[name] if self.transparent else f"{self.label}.{self.columns[name]}"


@dataclass
class Scope:
    """The sources of one query by their names there, inside those of the query around it."""

    above: "Scope | None" = None
    sources: dict[str, Source] = field(default_factory=dict)
    ctes: dict[str, Cte] = field(default_factory=dict)

    def cte(self, name: str) -> Cte | None:
        """(query, the scope it is read in) of a CTE; None where `name` is a table."""
        if name in self.ctes:
            return self.ctes[name]
        return self.above.cte(name) if self.above else None

    def qualified(self, table: str, name: str) -> str | None:
        """The column `table.name`; None where no source is called so."""
        if table in self.sources:
            return self.sources[table].column(name)
        return self.above.qualified(table, name) if self.above else None

    def unqualified(self, name: str) -> str:
        """The column `name` of whichever source can have it; with a question mark where that is not known."""
        sources = list(self.sources.values())
        holding = [one for one in sources if one.columns is not None and name in one.columns]
        if not holding:
            holding = [one for one in sources if one.columns is None or "*" in one.columns]
        if len(holding) == 1:
            return holding[0].column(name)
        if not sources and self.above:
            return self.above.unqualified(name)
        return f"?.{name}"


class Snapshot(Scope):
    """The CTEs known where a CTE stands: those before it."""

    @classmethod
    def of(cls, scope: Scope) -> "Snapshot":
        return cls(above=scope.above, ctes=dict(scope.ctes))
