"""A SELECT taken apart: what it reads, picks, filters and groups, with every name traced to its table."""

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from .expressions import Writer, fold
from .scope import Cte, Scope, Snapshot, Source
from .timing import Bound, bound_of, time_columns

PLACES = (
    *("having", "qualify", "limit", "offset", "windows", "sample", "pivots", "laterals"),
    *("connect", "match"),
)


@dataclass
class Predicate:
    """A predicate of a query, not yet known to be about what is counted or when."""

    text: str
    words: str
    bound: Bound | None = None
    columns: frozenset[str] = frozenset()


@dataclass
class Select:
    """One SELECT, read. `columns` is {name: text} of what it gives."""

    scope: Scope
    tables: dict[str, str] = field(default_factory=dict)
    predicates: list[Predicate] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)  # other than by time
    periods: dict[str, str] = field(default_factory=dict)  # by time
    timed: frozenset[str] = frozenset()  # the columns of those
    projections: list[tuple[str, str, exp.Expression]] = field(default_factory=list)  # name, text, node
    rest: dict[str, str] = field(default_factory=dict)
    simple: bool = True  # picks and filters, no more

    @property
    def columns(self) -> dict[str, str]:
        return {name: text for name, text, _ in self.projections if name}

    def kept(self) -> list[Predicate]:
        """The predicates that say what is counted."""
        return [one for one in self.predicates if not self._is_asked(one)]

    def _is_asked(self, found: Predicate) -> bool:
        """Whether the predicate is only the time asked for."""
        if found.bound is None:
            return False
        if self.timed:
            return found.columns <= self.timed
        return not (found.bound.relative or found.bound.exact)


def read_select(query: Any, above: Scope) -> Select:
    read = Select(Scope(above=above))
    _take_ctes(query, read.scope)
    writer = Writer(read.scope, _written)
    joins = query.args.get("joins") or []
    inner = all(_is_inner(join) for join in joins) and not query.args.get("laterals")
    conditions = []
    start = query.args.get("from_")
    if start is not None:
        _take_source(start.this, read, merge=inner or not _outer_on_left(joins))
    for number, join in enumerate(joins, start=1):
        label = _take_source(join.this, read, merge=inner)
        on = _on(join, read, writer, label)
        if inner:
            conditions += on
        else:
            words = " and ".join(one.words for one in on)
            text = " & ".join(sorted(one.text for one in on))
            kind = " ".join(filter(None, [join.method, join.side, join.kind])).lower() or "inner"
            read.rest[f"join {number} {kind} {label} on {text}"] = f"{kind} join on {words}"
    read.predicates += conditions
    if where := query.args.get("where"):
        read.predicates += _found(where.this, writer)
    _project(query, read, writer)
    _group(query, read, writer)
    for name in PLACES:
        value = query.args.get(name)
        for one in value if isinstance(value, list) else [value] if value is not None else []:
            text = writer.write(one)
            read.rest[f"{name} {text}"] = short(one)
            read.simple = False
    if query.args.get("distinct"):
        read.rest["distinct"] = "distinct rows"
        read.simple = False
    if query.args.get("limit") and (order := query.args.get("order")):
        read.rest[f"order {writer.write(order)}"] = short(order)
    if any(node.find(exp.AggFunc, exp.Window) for _, _, node in read.projections):
        read.simple = False
    return read


def _is_inner(join: exp.Join) -> bool:
    return not join.side and not join.method and (join.kind or "INNER").upper() in ("INNER", "CROSS")


def _outer_on_left(joins: list[exp.Join]) -> bool:
    """Whether a join may add rows without the first table: then its filter is no filter of the whole."""
    return any((join.side or "").upper() in ("RIGHT", "FULL") for join in joins)


def _on(join: exp.Join, read: Select, writer: Writer, label: str) -> list[Predicate]:
    on = join.args.get("on")
    if on is not None:
        return _found(on, writer)
    using = []
    others = [source for source in read.scope.sources.values() if source.label != label]
    joined = next((one for one in read.scope.sources.values() if one.label == label), None)
    for name in join.args.get("using") or ():
        key = fold(name)
        left = others[0].column(key) if others else f"?.{key}"
        sides = sorted([left, joined.column(key) if joined else f"?.{key}"])
        using.append(Predicate(f"eq({', '.join(sides)})", f"same {key}"))
    return using


def _take_ctes(query: exp.Query, scope: Scope) -> None:
    given = query.args.get("with_")
    if given is None:
        return
    for cte in given.expressions:
        name = fold(cte.args["alias"].this)
        names = [fold(one) for one in cte.args["alias"].args.get("columns") or ()]
        if given.args.get("recursive"):
            scope.ctes[name] = Cte(None, scope, cte.this, names)
        else:
            scope.ctes[name] = Cte(cte.this, Snapshot.of(scope), None, names)


def _take_source(node: exp.Expression, read: Select, *, merge: bool) -> str:
    """Make a table or subquery a source of the query; gives its label."""
    alias = node.args.get("alias")
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = ".".join(fold(part) for part in node.parts)
        known = read.scope.cte(name) if len(node.parts) == 1 else None
        called = fold(alias.this) if alias is not None and alias.this is not None else fold(node.this)
        if known is None:
            return _add(read, called, Source(name), name, _tail(node, name))
        query, scope, recursive, names = known
        if query is None:
            return _add(read, called, Source(f"recursive({short(recursive)})"), name)
        return _add_query(read, called, query, scope, names, merge=merge)
    called = (
        fold(alias.this) if alias is not None and alias.this is not None else f"#{len(read.scope.sources)}"
    )
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        names = [fold(one) for one in alias.args.get("columns") or ()] if alias is not None else []
        return _add_query(read, called, node.this, read.scope, names, merge=merge)
    read.simple = False
    bare = node.copy()
    bare.set("alias", None)
    return _add(read, called, Source(Writer(read.scope, _written).write(bare)), short(bare))


def _tail(table: exp.Table, name: str) -> str:
    """What else is said of a table: a sample of it, its state at a time."""
    for key in ("sample", "version", "pivots", "when", "hints", "only", "partition"):
        if table.args.get(key):
            return f"{name} {key} {table.args[key]}"
    return name


def _add(read: Select, called: str, source: Source, words: str, label: str | None = None) -> str:
    label = label or source.label
    number = sum(one.split("#")[0] == label for one in read.tables) + 1
    source.label = label if number == 1 else f"{label}#{number}"
    read.scope.sources[called] = source
    read.tables[source.label] = words
    return source.label


def _add_query(read: Select, called: str, query: Any, scope: Scope, names: list[str], *, merge: bool) -> str:
    if isinstance(query, exp.Select):
        inner = read_select(query, scope)
        if names:
            inner.projections = [
                (name, text, node) for name, (_, text, node) in zip(names, inner.projections, strict=False)
            ]
        if merge and inner.simple and not inner.rest and not inner.groups and not inner.periods:
            return _merge(read, called, inner)
    source = _relation(query, scope)
    if names and source.columns is not None:
        source.columns = dict(zip(names, source.columns.values(), strict=False))
    return _add(read, called, source, f"({short(query)})")


def _merge(read: Select, called: str, inner: Select) -> str:
    """Let a subquery that only picks and filters be part of the query around it."""
    renamed = {}
    for label, words in inner.tables.items():
        plain = label.split("#")[0]
        number = sum(one.split("#")[0] == plain for one in read.tables) + 1
        renamed[label] = plain if number == 1 else f"{plain}#{number}"
        read.tables[renamed[label]] = words
    same = all(old == new for old, new in renamed.items())

    def rename(text: str) -> str:
        for old, new in renamed.items():
            text = text.replace(f"{old}.", f"{new}.")
        return text

    change = (lambda text: text) if same else rename
    read.predicates += [
        Predicate(change(one.text), one.words, one.bound, frozenset(map(change, one.columns)))
        for one in inner.predicates
    ]
    columns = {name: change(text) for name, text in inner.columns.items()}
    tables = list(renamed.values())
    source = Source(tables[0] if len(tables) == 1 else "?", columns, transparent=True)
    if any(text.endswith("*") for _, text, _ in inner.projections):
        source = _Open(tables[0], columns) if len(tables) == 1 else _Open("?", columns)
    read.scope.sources[called] = source
    return source.label


class _Open(Source):
    """A merged subquery with `SELECT *`: the columns it names, and any other of its table."""

    def __init__(self, label: str, columns: dict[str, str]) -> None:
        super().__init__(label, {**columns, "*": "*"}, transparent=True)


def _relation(query: exp.Expression, scope: Scope) -> Source:
    """A query inside another, as a source that is told by what it gives."""
    if isinstance(query, exp.Subquery | exp.Paren):
        return _relation(query.this, scope)
    if isinstance(query, exp.SetOperation):
        first = query
        while isinstance(first, exp.SetOperation | exp.Subquery):
            first = first.this
        names = (
            [fold(one.alias_or_name) for one in first.expressions] if isinstance(first, exp.Select) else []
        )
        return Source(write_set(query, scope), {name: f"#{place}" for place, name in enumerate(names)})
    if not isinstance(query, exp.Select):
        return Source(Writer(scope, _written).write(query))
    read = read_select(query, scope)
    source = Source(f"({_whole(read)})", read.columns)
    source.read = read
    if any(text.endswith("*") for _, text, _ in read.projections):
        source.columns = None
    return source


def _whole(read: Select, *, projected: bool = False) -> str:
    """A nested query's text. Its groups by time stay: an average of days is not one of months."""
    groups = sorted([*read.groups, *read.periods])
    parts = [
        "; ".join(sorted(read.tables)),
        "; ".join(sorted({one.text for one in read.kept()})),
        "; ".join(sorted(read.rest)),
        "by " + "; ".join(groups) if groups else "",
    ]
    if projected or "distinct" in read.rest:
        parts.append("; ".join(text for _, text, _ in read.projections))
    return " | ".join(parts)


def _written(query: exp.Expression, scope: Scope) -> str:
    """The text of a query that stands in an expression."""
    while isinstance(query, exp.Subquery | exp.Paren):
        query = query.this
    if isinstance(query, exp.SetOperation):
        return write_set(query, scope)
    if not isinstance(query, exp.Select):
        return short(query)
    return f"({_whole(read_select(query, scope), projected=True)})"


def write_set(query: exp.SetOperation, above: Scope) -> str:
    scope = Scope(above=above)
    _take_ctes(query, scope)
    sides = [_written(side, scope) for side in (query.this, query.expression)]
    if not isinstance(query, exp.Except):
        sides.sort()
    kind = f"{query.key}{'' if query.args.get('distinct') else ' all'}"
    tail = [f"{name}={query.args[name].sql()}" for name in ("limit", "offset") if query.args.get(name)]
    return f"{kind}({' ; '.join([*sides, *tail])})"


def _found(condition: exp.Expression, writer: Writer) -> list[Predicate]:
    found = []
    for node in writer.predicates(condition):
        if _always(node):
            continue
        bound = bound_of(node)
        columns = frozenset(writer.write(one) for one in bound.columns) if bound else frozenset()
        text = writer.predicate(node)
        found.append(Predicate(text, short(node), bound, columns))
    return found


def _always(node: exp.Expression) -> bool:
    """Whether this holds of every row: `1 = 1`, `TRUE`."""
    if isinstance(node, exp.EQ) and isinstance(node.this, exp.Literal):
        return bool(node.this == node.expression)
    return isinstance(node, exp.Boolean) and bool(node.this)


def _project(query: exp.Select, read: Select, writer: Writer) -> None:
    for node in query.expressions:
        text = writer.write(node)
        name = fold(node.args["alias"]) if isinstance(node, exp.Alias) else fold(node.alias_or_name or "")
        read.projections.append((name, text, node.this if isinstance(node, exp.Alias) else node))


def _group(query: exp.Select, read: Select, writer: Writer) -> None:
    group = query.args.get("group")
    if group is None:
        return
    read.simple = False
    for kind in ("rollup", "cube", "grouping_sets", "totals"):
        if group.args.get(kind):
            read.rest[f"{kind} {group.sql()}"] = short(group)
    keys = list(group.expressions)
    if group.args.get("all"):
        keys = [node for _, _, node in read.projections if not node.find(exp.AggFunc)]
    timed = set()
    for key in keys:
        node = _projected(key, read)
        text = writer.write(node)
        if columns := time_columns(node):
            read.periods[text] = short(node)
            timed |= {writer.write(one) for one in columns} if columns else set()
        else:
            read.groups[text] = short(node)
    read.timed = frozenset(timed)


def _projected(key: exp.Expression, read: Select) -> exp.Expression:
    """What `GROUP BY 1` or `GROUP BY month` groups by."""
    if isinstance(key, exp.Literal) and not key.is_string and key.this.isdecimal():
        place = int(key.this) - 1
        return read.projections[place][2] if 0 <= place < len(read.projections) else key
    if isinstance(key, exp.Column) and key.args.get("table") is None:
        name = fold(key.this)
        for alias, _, node in read.projections:
            if alias == name and not isinstance(node, exp.Column):
                return node
    return key


def short(node: exp.Expression) -> str:
    text = " ".join(node.sql(comments=False).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
