"""Arithmetic of named values, as derived KPIs are written: "(won - lost) / accounts * 100".

Names, numbers, + - * / and brackets; nothing else is understood, so nothing else can be run.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping

MOST_SIGNS = 500
DEEPEST = 40
_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class NotArithmetic(ValueError):
    """The text cannot be worked out; says what is wrong with it."""


def names_in(text: str) -> list[str]:
    """The names it uses, each once, in order; raises `NotArithmetic`."""
    found = (node for node in ast.walk(_parsed(text)) if isinstance(node, ast.Name))
    return list(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def evaluate(text: str, values: Mapping[str, float | None]) -> float | None:
    """What it comes to; None where a value is missing, a divisor is 0 or the number is too large."""
    try:
        result = _worked_out(_parsed(text), values)
    except (ZeroDivisionError, OverflowError):
        return None
    return result if result is not None and math.isfinite(result) else None


def _parsed(text: str) -> ast.expr:
    if len(text) > MOST_SIGNS:
        raise NotArithmetic(f"Keep it under {MOST_SIGNS} signs.")
    if not text.strip():
        raise NotArithmetic("Write how the KPIs are put together, such as “revenue / accounts”.")
    try:
        tree = ast.parse(text.strip().replace("×", "*").replace("÷", "/").replace("−", "-"), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise NotArithmetic("This cannot be read. Use names, numbers, + - * / and brackets.") from error
    _check(tree, 0)
    return tree


def _check(node: ast.expr, depth: int) -> None:
    if depth > DEEPEST:
        raise NotArithmetic("There are too many brackets in brackets.")
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool() as truth):
            raise NotArithmetic(f"“{truth}” is neither a name nor a number.")
        case ast.Constant(value=int() | float() as number):
            if not _fits(number):
                raise NotArithmetic("One of the numbers is too large.")
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            _check(left, depth + 1)
            _check(right, depth + 1)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, depth + 1)
        case _:
            said = ast.unparse(node)[:40]
            raise NotArithmetic(f"“{said}” is not understood. Use names, numbers, + - * / and brackets.")


def _fits(number: float) -> bool:
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def _worked_out(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    match node:
        case ast.Name(id=name):
            return values.get(name)
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=sign, operand=operand):
            value = _worked_out(operand, values)
            return -value if value is not None and isinstance(sign, ast.USub) else value
        case ast.BinOp(left=left, op=sign, right=right):
            first, second = _worked_out(left, values), _worked_out(right, values)
            return None if first is None or second is None else _SIGNS[type(sign)](first, second)
    raise AssertionError(f"{node} was not checked")
