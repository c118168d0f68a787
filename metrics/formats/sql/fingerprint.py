"""What a query counts, as one short text: equal for two queries if, and as far as is sure only if, they count alike.

Left out: names of tables' aliases, columns' aliases, CTEs and subqueries; casing, layout, comments; the order of
what commutes; grouping by time, and the time asked for. Kept: the tables, the aggregates, every other predicate
with its literals, joins, other groups. In doubt two queries are held to be different.
"""

import hashlib
from dataclasses import dataclass, field

from sqlglot import exp

from . import reading
from .expressions import Writer, fold
from .scope import Scope, Source
from .timing import Bound, bound_of, time_columns

PLACES = ("having", "qualify", "limit", "offset", "windows", "sample", "pivots", "laterals", "connect", "match")


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


@dataclass
class _Found:
    """A predicate of a query, not yet known to be about what is counted or when."""

    text: str
    words: str
    bound: Bound | None = None
    columns: frozenset[str] = frozenset()


@dataclass
class _Query:
    """One SELECT, read. `columns` is {name: text} of what it gives."""

    scope: Scope
    tables: dict[str, str] = field(default_factory=dict)
    predicates: list[_Found] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)  # other than by time
    periods: dict[str, str] = field(default_factory=dict)  # by time
    timed: frozenset[str] = frozenset()  # the columns of those
    projections: list[tuple[str, str, exp.Expression]] = field(default_factory=list)  # name, text, node
    rest: dict[str, str] = field(default_factory=dict)
    simple: bool = True  # picks and filters, no more

    @property
    def columns(self):
        return {name: text for name, text, _ in self.projections if name}

    def kept(self):
        """The predicates that say what is counted."""
        return [one for one in self.predicates if not self._is_asked(one)]

    def _is_asked(self, found):
        """Whether the predicate is only the time asked for."""
        if found.bound is None:
            return False
        if self.timed:
            return found.columns <= self.timed
        return not (found.bound.relative or found.bound.exact)


def shape_of(sql: str, dialect: str = "") -> Shape:
    """What the query counts; raises `reading.Unreadable`."""
    query = reading.parse(sql, dialect)
    try:
        return _shape(query, Scope())
    except RecursionError as error:
        raise reading.Unreadable("The SQL is nested too deep to be read. Put parts of it into views.") from error


def of_sql(sql: str, dialect: str = "") -> str:
    """The fingerprint of a query; raises `reading.Unreadable`."""
    return shape_of(sql, dialect).fingerprint


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shape(query, scope):
    if isinstance(query, exp.SetOperation):
        text = _set_operation(query, scope)
        return Shape({}, {text: _short(query)}, {}, {})
    read = _select(query, scope)
    while inner := _passed_through(read):
        read = inner
    measures, groups = {}, dict(read.groups)
    for _, text, node in read.projections:
        if text in read.periods or text in groups:
            continue
        if time_columns(node) and not node.find(exp.AggFunc):
            continue
        measures[text] = _short(node)
    kept = {one.text: one.words for one in read.kept()}
    rest = {**read.rest, **{f"by {text}": f"by {words}" for text, words in groups.items()}}
    return Shape(read.tables, measures, kept, rest)


def _passed_through(read):
    """What a query that only picks columns of another one comes to; None where it does more."""
    sources = list(read.scope.sources.values())
    if len(sources) != 1 or not hasattr(sources[0], "read") or read.rest or read.groups or read.periods:
        return None
    if any(not one.bound for one in read.predicates) or not read.simple:
        return None
    inner = sources[0].read
    of = {f"{sources[0].label}.{text}": (name, text, node) for name, text, node in inner.projections}
    picked = [of.get(text) for _, text, _ in read.projections]
    if any(one is None for one in picked):
        if [text for _, text, _ in read.projections] != ["*"]:
            return None
        picked = inner.projections
    inner.projections = picked
    return inner


def _set_operation(query, above):
    scope = Scope(above=above)
    _take_ctes(query, scope)
    sides = [_written(side, scope) for side in (query.this, query.expression)]
    if not isinstance(query, exp.Except):
        sides.sort()
    kind = f"{query.key}{'' if query.args.get('distinct') else ' all'}"
    tail = [f"{name}={query.args[name].sql()}" for name in ("limit", "offset") if query.args.get(name)]
    return f"{kind}({' ; '.join([*sides, *tail])})"


def _select(query, above):
    read = _Query(Scope(above=above))
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
            read.rest[f"{name} {text}"] = _short(one)
            read.simple = False
    if query.args.get("distinct"):
        read.rest["distinct"] = "distinct rows"
        read.simple = False
    if query.args.get("limit") and (order := query.args.get("order")):
        read.rest[f"order {writer.write(order)}"] = _short(order)
    if any(node.find(exp.AggFunc, exp.Window) for _, _, node in read.projections):
        read.simple = False
    return read


def _is_inner(join):
    return not join.side and not join.method and (join.kind or "INNER").upper() in ("INNER", "CROSS")


def _outer_on_left(joins):
    """Whether a join may add rows without the first table: then its filter is no filter of the whole."""
    return any((join.side or "").upper() in ("RIGHT", "FULL") for join in joins)


def _on(join, read, writer, label):
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
        using.append(_Found(f"eq({', '.join(sides)})", f"same {key}"))
    return using


def _take_ctes(query, scope):
    given = query.args.get("with_")
    if given is None:
        return
    for cte in given.expressions:
        name = fold(cte.args["alias"].this)
        names = [fold(one) for one in cte.args["alias"].args.get("columns") or ()]
        if given.args.get("recursive"):
            scope.ctes[name] = (None, scope, cte.this, names)
        else:
            scope.ctes[name] = (cte.this, _Snapshot.of(scope), None, names)


class _Snapshot(Scope):
    """The CTEs known where a CTE stands: those before it."""

    @classmethod
    def of(cls, scope):
        return cls(above=scope.above, ctes=dict(scope.ctes))


def _take_source(node, read, *, merge):
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
            return _add(read, called, Source(f"recursive({_short(recursive)})"), name)
        return _add_query(read, called, query, scope, names, merge=merge)
    called = fold(alias.this) if alias is not None and alias.this is not None else f"#{len(read.scope.sources)}"
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        names = [fold(one) for one in alias.args.get("columns") or ()] if alias is not None else []
        return _add_query(read, called, node.this, read.scope, names, merge=merge)
    read.simple = False
    bare = node.copy()
    bare.set("alias", None)
    return _add(read, called, Source(Writer(read.scope, _written).write(bare)), _short(bare))


def _tail(table, name):
    """What else is said of a table: a sample of it, its state at a time."""
    for key in ("sample", "version", "pivots", "when", "hints", "only", "partition"):
        if table.args.get(key):
            return f"{name} {key} {table.args[key]}"
    return name


def _add(read, called, source, words, label=None):
    label = label or source.label
    number = sum(one.split("#")[0] == label for one in read.tables) + 1
    source.label = label if number == 1 else f"{label}#{number}"
    read.scope.sources[called] = source
    read.tables[source.label] = words
    return source.label


def _add_query(read, called, query, scope, names, *, merge):
    if isinstance(query, exp.Select):
        inner = _select(query, scope)
        if names:
            inner.projections = [
                (name, text, node)
                for name, (_, text, node) in zip(names, inner.projections, strict=False)
            ]
        if merge and inner.simple and not inner.rest and not inner.groups and not inner.periods:
            return _merge(read, called, inner)
    source = _relation(query, scope)
    if names and source.columns is not None:
        source.columns = dict(zip(names, source.columns.values(), strict=False))
    return _add(read, called, source, f"({_short(query)})")


def _merge(read, called, inner):
    """Let a subquery that only picks and filters be part of the query around it."""
    renamed = {}
    for label, words in inner.tables.items():
        plain = label.split("#")[0]
        number = sum(one.split("#")[0] == plain for one in read.tables) + 1
        renamed[label] = plain if number == 1 else f"{plain}#{number}"
        read.tables[renamed[label]] = words
    same = all(old == new for old, new in renamed.items())

    def rename(text):
        for old, new in renamed.items():
            text = text.replace(f"{old}.", f"{new}.")
        return text

    change = (lambda text: text) if same else rename
    read.predicates += [
        _Found(change(one.text), one.words, one.bound, frozenset(map(change, one.columns)))
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

    def __init__(self, label, columns):
        super().__init__(label, {**columns, "*": "*"}, transparent=True)


def _relation(query, scope):
    """A query inside another, as a source that is told by what it gives."""
    if isinstance(query, exp.Subquery | exp.Paren):
        return _relation(query.this, scope)
    if isinstance(query, exp.SetOperation):
        first = query
        while isinstance(first, exp.SetOperation | exp.Subquery):
            first = first.this
        names = [fold(one.alias_or_name) for one in first.expressions] if isinstance(first, exp.Select) else []
        return Source(_set_operation(query, scope), {name: f"#{place}" for place, name in enumerate(names)})
    if not isinstance(query, exp.Select):
        return Source(Writer(scope, _written).write(query))
    read = _select(query, scope)
    source = Source(f"({_whole(read)})", read.columns)
    source.read = read
    if any(text.endswith("*") for _, text, _ in read.projections):
        source.columns = None
    return source


def _whole(read, *, projected=False):
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


def _written(query, scope):
    """The text of a query that stands in an expression."""
    while isinstance(query, exp.Subquery | exp.Paren):
        query = query.this
    if isinstance(query, exp.SetOperation):
        return _set_operation(query, scope)
    if not isinstance(query, exp.Select):
        return _short(query)
    return f"({_whole(_select(query, scope), projected=True)})"


def _found(condition, writer):
    found = []
    for node in writer.predicates(condition):
        if _always(node):
            continue
        bound = bound_of(node)
        columns = frozenset(writer.write(one) for one in bound.columns) if bound else frozenset()
        text = writer.predicate(node)
        inside = text[4:-1].split(", ") if isinstance(node, exp.Between) and bound is None else None
        if inside and len(inside) == 2:
            found += [_Found(one, _short(node)) for one in inside]
        else:
            found.append(_Found(text, _short(node), bound, columns))
    return found


def _always(node):
    """Whether this holds of every row: `1 = 1`, `TRUE`."""
    if isinstance(node, exp.EQ) and isinstance(node.this, exp.Literal):
        return node.this == node.expression
    return isinstance(node, exp.Boolean) and bool(node.this)


def _project(query, read, writer):
    for node in query.expressions:
        text = writer.write(node)
        name = fold(node.args["alias"]) if isinstance(node, exp.Alias) else fold(node.alias_or_name or "")
        read.projections.append((name, text, node.this if isinstance(node, exp.Alias) else node))


def _group(query, read, writer):
    group = query.args.get("group")
    if group is None:
        return
    read.simple = False
    for kind in ("rollup", "cube", "grouping_sets", "totals"):
        if group.args.get(kind):
            read.rest[f"{kind} {group.sql()}"] = _short(group)
    keys = list(group.expressions)
    if group.args.get("all"):
        keys = [node for _, _, node in read.projections if not node.find(exp.AggFunc)]
    timed = set()
    for key in keys:
        node = _projected(key, read)
        text = writer.write(node)
        if columns := time_columns(node):
            read.periods[text] = _short(node)
            timed |= {writer.write(one) for one in columns} if columns else set()
        else:
            read.groups[text] = _short(node)
    read.timed = frozenset(timed)


def _projected(key, read):
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


def _short(node):
    text = " ".join(node.sql(comments=False).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
