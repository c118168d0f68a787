"""Conditions of a rule: how they are stored, what they mean, and what follows from one for another.

`holds` says what a condition means; the SQL that rules are compiled to gives the same answer, which a
property test sees to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

MOST_VALUES = 50
LONGEST_WORDS = 80


class BrokenRule(Exception):
    """A rule that cannot be tried; the words say why."""


class Condition(NamedTuple):
    """`kind` is what is looked at, `op` how it is compared, `values` with what."""

    kind: str
    op: str
    values: tuple[Any, ...]


# Things are named by id; 0 is "none": no area yet, no type, no channel (the request form here)
ONE_OF = ("channel", "form", "type", "area")  # of which a request has one or none
ANY_OF = ("tag",)  # of which it may have several
NAMED = ("tier", "segment")  # of its accounts: words such as "gold"
LANGUAGE = "language"  # codes such as "de"; "" is not known
WORDS = "words"
AMOUNTS = ("arr", "stake")
SETS = (*ONE_OF, *ANY_OF, *NAMED, LANGUAGE)
OPS = {
    **dict.fromkeys(SETS, ("is", "not")),
    WORDS: ("any", "all", "none"),
    **dict.fromkeys(AMOUNTS, ("min", "max")),
}


def read_conditions(stored: Any) -> list[Condition]:
    """The conditions as stored, [{"kind", "op", "values"}]; raises `BrokenRule` for anything else."""
    if not isinstance(stored, list):
        raise BrokenRule("Its conditions are not a list.")
    return [_read(one) for one in stored]


def _read(one: Any) -> Condition:
    if not isinstance(one, dict):
        raise BrokenRule("A condition is no condition.")
    kind, op, values = one.get("kind"), one.get("op"), one.get("values")
    if not isinstance(kind, str) or kind not in OPS:
        raise BrokenRule(f"There is no condition “{kind}”.")
    if op not in OPS[kind]:
        raise BrokenRule(f"“{kind}” cannot be compared by “{op}”.")
    if not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
        raise BrokenRule(f"The condition on {kind} names nothing to compare with.")
    return Condition(kind, op, tuple(_value(kind, value) for value in values))


def _value(kind: str, value: Any) -> Any:
    if kind in ONE_OF or kind in ANY_OF:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
    elif kind in AMOUNTS:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("NaN")
        if amount.is_finite() and abs(amount) < 10**14:
            return amount
    elif isinstance(value, str) and len(value) <= LONGEST_WORDS and "\0" not in value:
        return value
    raise BrokenRule(f"The condition on {kind} is compared with what it cannot be: {str(value)[:40]}.")


def stored_conditions(conditions: Iterable[Condition]) -> list[dict[str, Any]]:
    """The conditions as JSON; amounts are text, so that no cent is lost."""
    return [
        {
            "kind": one.kind,
            "op": one.op,
            "values": [str(value) if isinstance(value, Decimal) else value for value in one.values],
        }
        for one in conditions
    ]


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions look at. `lexemes` are the text's words in order, each as the index has it."""

    channel: int = 0
    form: int = 0
    type: int = 0
    area: int = 0
    tag: frozenset[int] = frozenset()
    tier: frozenset[str] = frozenset()
    segment: frozenset[str] = frozenset()
    language: str = ""
    arr: Decimal = Decimal(0)
    stake: Decimal = Decimal(0)
    lexemes: tuple[str, ...] = ()


def holds(condition: Condition, facts: Facts, stems: Callable[[str], Sequence[str]]) -> bool:
    """Whether the condition is fulfilled; `stems` gives a phrase's words as the index has them."""
    kind, op, values = condition
    if kind in AMOUNTS:
        amount = getattr(facts, kind)
        return bool(amount >= values[0]) if op == "min" else bool(amount < values[0])
    if kind == WORDS:
        said = [_stands_in(tuple(stems(value)), facts.lexemes) for value in values]
        return all(said) if op == "all" else any(said) is (op == "any")
    have = getattr(facts, kind)
    if kind == LANGUAGE:
        have = have.lower().replace("_", "-").partition("-")[0]
    found = have in values if kind in ONE_OF or kind == LANGUAGE else bool(have & set(values))
    return bool(found) is (op == "is")


def matches(conditions: Iterable[Condition], facts: Facts, stems: Callable[[str], Sequence[str]]) -> bool:
    """Whether all hold. A rule without conditions matches everything."""
    return all(holds(one, facts, stems) for one in conditions)


def _stands_in(phrase: Sequence[str], text: Sequence[str]) -> bool:
    size = len(phrase)
    return bool(size) and any(
        tuple(text[at : at + size]) == tuple(phrase) for at in range(len(text) - size + 1)
    )


def takes_all(earlier: Sequence[Condition], later: Sequence[Condition]) -> bool:
    """Whether whatever fulfils `later` surely fulfils `earlier` too. False also where that is not sure."""
    return all(any(_follows(wide, narrow) for narrow in later) for wide in earlier)


def _follows(wide: Condition, narrow: Condition) -> bool:
    """Whether `wide` holds wherever `narrow` does."""
    if wide.kind != narrow.kind:
        return False
    wanted, given = set(wide.values), set(narrow.values)
    match wide.op, narrow.op:
        case ("is", "is") | ("any", "any"):
            return given <= wanted
        case ("not", "not") | ("none", "none") | ("all", "all"):
            return wanted <= given
        case ("not", "is"):
            return wide.kind not in (*ANY_OF, *NAMED) and not wanted & given
        case ("any", "all"):
            return bool(wanted & given)
        case ("all", "any"):
            return len(given) == 1 and wanted <= given
        case ("min", "min"):
            return bool(narrow.values[0] >= wide.values[0])
        case ("max", "max"):
            return bool(narrow.values[0] <= wide.values[0])
    return False


def never(conditions: Sequence[Condition]) -> bool:
    """Whether nothing can fulfil all of them, since two of them exclude each other."""
    return any(
        _exclude(one, other) for place, one in enumerate(conditions) for other in conditions[place + 1 :]
    )


def _exclude(one: Condition, other: Condition) -> bool:
    if one.kind != other.kind:
        return False
    by = {one.op: set(one.values), other.op: set(other.values)}
    if {"min", "max"} == set(by):
        return bool(min(by["min"]) >= max(by["max"]))
    if {"is", "not"} == set(by):
        return by["is"] <= by["not"]
    if {"any", "none"} == set(by):
        return by["any"] <= by["none"]
    if {"all", "none"} == set(by):
        return bool(by["all"] & by["none"])
    return False
