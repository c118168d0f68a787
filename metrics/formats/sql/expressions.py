"""An expression as one text for all the ways to write it."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from .scope import Scope

# What the parser notes of the dialect or for itself, and not of the meaning.
_IGNORED = {"_type", "big_int", "typed", "safe", "comments", "default_args", "coerce_to_type", "is_string"}
_SWAPPED = {exp.GT: "lt", exp.GTE: "lte"}
_LESS = {exp.LT: "lt", exp.LTE: "lte"}
_SORTED = {exp.Add: "add", exp.Mul: "mul"}
_LOGIC = {exp.And: "and", exp.Or: "or"}
_OPPOSITE = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}


def fold(identifier: Any) -> str:
    """An identifier without its casing; in quotes it keeps capitals."""
    name = identifier.name if isinstance(identifier, exp.Expression) else str(identifier)
    if isinstance(identifier, exp.Identifier) and identifier.quoted and name.lower() != name:
        return f'"{name}"'
    return name.lower()


class Writer:
    """Writes expressions of one scope; `query` is called for the queries inside them."""

    def __init__(self, scope: Scope, query: Callable[[exp.Expression, Scope], str]) -> None:
        self.scope = scope
        self.query = query

    def write(self, node: Any) -> str:
        """The text of any node: equal for equal meanings, as far as that is sure."""
        if isinstance(node, str):
            return repr(node)
        if not isinstance(node, exp.Expression):
            return str(node)
        for kind, method in _WRITERS:
            if isinstance(node, kind):
                return method(self, node)
        return self._any(node)

    def predicates(self, node: Any) -> list[exp.Expression]:
        """The parts of a condition that all have to hold, as nodes."""
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.And):
            return [*self.predicates(node.this), *self.predicates(node.expression)]
        if isinstance(node, exp.Between) and not node.args.get("symmetric"):
            value, low, high = (node.args[part] for part in ("this", "low", "high"))
            return [
                exp.LTE(this=low.copy(), expression=value.copy()),
                exp.LTE(this=value.copy(), expression=high.copy()),
            ]
        return [node]

    def predicate(self, node: Any) -> str:
        """A condition's text: here `x = TRUE` is `x`."""
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.EQ | exp.Is) and isinstance(node.expression, exp.Boolean):
            plain = self.predicate(node.this)
            return plain if node.expression.this else f"not({plain})"
        if isinstance(node, exp.Not):
            return self._not(node)
        if type(node) in _LOGIC:
            return self._logic(node)
        return self.write(node)

    def _column(self, node: Any) -> str:
        if isinstance(node.this, exp.Star):
            return f"{fold(node.args['table'])}.*" if node.args.get("table") else "*"
        name, table = fold(node.this), node.args.get("table")
        if table is None:
            return self.scope.unqualified(name)
        whole = ".".join(fold(part) for part in node.parts)
        if node.args.get("db") is not None:  # a nested field: source.struct.field
            first, *rest = [fold(part) for part in node.parts]
            found = self.scope.qualified(first, rest[0])
            return ".".join([found, *rest[1:]]) if found else whole
        found = self.scope.qualified(fold(table), name)
        return found or f"{self.scope.unqualified(fold(table))}.{name}"  # a field of a column

    def _inside(self, node: Any) -> str:
        return self.write(node.this)

    def _literal(self, node: Any) -> str:
        return repr(node.this) if node.is_string else node.this.lower()

    def _logic(self, node: Any) -> str:
        parts = self._flat(node, type(node))
        texts = sorted({self.predicate(one) for one in parts})
        return texts[0] if len(texts) == 1 else f"{_LOGIC[type(node)]}({', '.join(texts)})"

    def _sum(self, node: Any) -> str:
        texts = sorted(self.write(one) for one in self._flat(node, type(node)))
        return f"{_SORTED[type(node)]}({', '.join(texts)})"

    def _equal(self, node: Any) -> str:
        sides = sorted([self.write(node.this), self.write(node.expression)])
        return f"{node.key}({', '.join(sides)})"

    def _swap(self, node: Any) -> str:
        return f"{_SWAPPED[type(node)]}({self.write(node.expression)}, {self.write(node.this)})"

    def _less(self, node: Any) -> str:
        return f"{_LESS[type(node)]}({self.write(node.this)}, {self.write(node.expression)})"

    def _between(self, node: Any) -> str:
        value, low, high = (self.write(node.args[part]) for part in ("this", "low", "high"))
        return f"and({', '.join(sorted([f'lte({low}, {value})', f'lte({value}, {high})']))})"

    def _in(self, node: Any) -> str:
        value = self.write(node.this)
        if node.args.get("query") is not None:
            return f"in({value}, {self.write(node.args['query'])})"
        if not node.expressions:
            return self._any(node)
        choices = sorted({self.write(one) for one in node.expressions})
        if len(choices) == 1:
            return f"eq({', '.join(sorted([value, choices[0]]))})"
        return f"in({value}, {', '.join(choices)})"

    def _not(self, node: Any) -> str:
        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        if isinstance(inner, exp.Not):
            return self.predicate(inner.this)
        if isinstance(inner, exp.EQ | exp.NEQ) and not isinstance(inner.expression, exp.Boolean):
            sides = sorted([self.write(inner.this), self.write(inner.expression)])
            return f"{_OPPOSITE[type(inner)].key}({', '.join(sides)})"
        if isinstance(inner, exp.In) and len(inner.expressions) == 1 and not inner.args.get("query"):
            sides = sorted([self.write(inner.this), self.write(inner.expressions[0])])
            return f"neq({', '.join(sides)})"
        return f"not({self.predicate(inner)})"

    def _count(self, node: Any) -> str:
        inner = node.this
        if isinstance(inner, exp.Star) or (isinstance(inner, exp.Literal) and not inner.is_string):
            return "count(*)"
        return self._any(node)

    def _case(self, node: Any) -> str:
        cases = [(one.this, one.args.get("true")) for one in node.args.get("ifs") or ()]
        return self._cases(node.args.get("this"), cases, node.args.get("default"))

    def _if(self, node: Any) -> str:
        return self._cases(None, [(node.this, node.args.get("true"))], node.args.get("false"))

    def _cases(self, value: Any, cases: list[tuple[Any, Any]], default: Any) -> str:
        written = []
        for condition, result in cases:
            asked = self.write(condition) if value is not None else self.predicate(condition)
            if value is not None:
                asked = f"eq({', '.join(sorted([self.write(value), asked]))})"
            written.append(f"{asked}: {self.write(result)}")
        otherwise = "null" if default is None else self.write(default)
        return f"case({'; '.join([*written, otherwise])})"

    def _where(self, node: Any) -> str:
        return f"{node.key}({self.predicate(node.this)})"

    def _filter(self, node: Any) -> str:
        """`SUM(x) FILTER (WHERE c)`; the same as `SUM(CASE WHEN c THEN x END)`."""
        call, condition = node.this, node.expression.this
        if isinstance(call, exp.AggFunc) and isinstance(call.this, exp.Expression) and not call.expressions:
            inner = call.this
            distinct = isinstance(inner, exp.Distinct) and len(inner.expressions) == 1
            counted = inner.expressions[0] if distinct else inner
            if isinstance(counted, exp.Star):
                counted = exp.Literal.number(1)
            if not isinstance(counted, exp.Distinct | exp.Order):
                made: Any = exp.Case(ifs=[exp.If(this=condition.copy(), true=counted.copy())])
                made = exp.Distinct(expressions=[made]) if distinct else made
                return f"{call.key}({self.write(made)})"
        return self._any(node)

    def _named(self, node: Any) -> str:
        texts = ", ".join(self.write(one) for one in node.expressions)
        return f"{str(node.this).lower()}({texts})"

    def _type(self, node: Any) -> str:
        return str(node.sql()).lower()

    def _identifier(self, node: Any) -> str:
        return fold(node)

    def _parameter(self, node: Any) -> str:
        return f":{self.write(node.this) if isinstance(node.this, exp.Expression) else node.this or ''}"

    def _query(self, node: Any) -> str:
        return self.query(node, self.scope)

    def _any(self, node: Any) -> str:
        written = []
        for name, value in node.args.items():
            if name in _IGNORED or value is None or value is False or value == []:
                continue
            values = value if isinstance(value, list) else [value]
            inside = ", ".join(self.write(one) for one in values)
            written.append(inside if name in ("this", "expression", "expressions") else f"{name}={inside}")
        return f"{node.key}({', '.join(written)})"

    def _flat(self, node: Any, kind: Any) -> list[Any]:
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, kind):
            return [*self._flat(node.this, kind), *self._flat(node.expression, kind)]
        return [node]


_WRITERS: tuple[tuple[Any, Callable[[Writer, Any], str]], ...] = (
    (exp.Column, Writer._column),
    ((exp.Alias, exp.Paren), Writer._inside),
    (exp.Literal, Writer._literal),
    ((exp.And, exp.Or), Writer._logic),
    ((exp.Add, exp.Mul), Writer._sum),
    ((exp.EQ, exp.NEQ, exp.NullSafeEQ), Writer._equal),
    ((exp.GT, exp.GTE), Writer._swap),
    ((exp.LT, exp.LTE), Writer._less),
    (exp.Between, Writer._between),
    (exp.In, Writer._in),
    (exp.Not, Writer._not),
    (exp.Count, Writer._count),
    (exp.Case, Writer._case),
    (exp.If, Writer._if),
    (exp.Filter, Writer._filter),
    ((exp.Where, exp.Having), Writer._where),
    (exp.Anonymous, Writer._named),
    (exp.DataType, Writer._type),
    (exp.Identifier, Writer._identifier),
    ((exp.Placeholder, exp.Parameter), Writer._parameter),
    ((exp.Query,), Writer._query),
)
