"""What became of a plan, as records of words: check-ins, grades, what objectives taught."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from .plans import Left, Lived, Plan, cut

CHECK_IN, GRADE, RETROSPECTIVE = "check-in", "grade", "retrospective"
SIGNED = ("by", "at")  # who said it (an address), and when (ISO time)
TAUGHT = ("went_well", "went_badly", "learned", "differently", "postmortem")


class Shape(NamedTuple):
    """The fields of a record by what they hold; `needed` are those without which it says nothing."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


SHAPES = {
    CHECK_IN: Shape(
        ("week", "note", "next", *SIGNED), ("value", "confidence"), ("by_hand",), ("week", "value", "at")
    ),
    GRADE: Shape(("why", *SIGNED), ("value", "proposed", "proposed_edited"), ("on_time",), ("value", "at")),
    RETROSPECTIVE: Shape((*TAUGHT, *SIGNED), needed=("at",)),
}
COLUMNS = (
    *("week", "value", "confidence", "note", "next", "by_hand"),
    *("proposed", "proposed_edited", "on_time"),
    *("went_well", "went_badly", "differently", "postmortem", *SIGNED),
)


def record(kind: str, said: Lived) -> dict[str, object]:
    """`said` as cells: flags are yes or no, what is not said is not in it."""
    flags = SHAPES[kind].flags
    cells = {
        name: ("yes" if value else "no") if name in flags else value for name, value in said.fields.items()
    }
    return {name: value for name, value in cells.items() if value not in (None, "")}


def lived(
    kind: str, line: int, record: Mapping[str, str], plan: Plan, number: Callable[[str], float | None]
) -> Lived | None:
    """What a record says; what makes no sense is left with why, and the record with it."""
    shape = SHAPES[kind]
    fields: dict[str, object] = {name: record[name] for name in shape.texts if record.get(name)}
    for name in shape.numbers:
        if text := record.get(name, ""):
            value = number(text)
            if value is None:
                plan.left.append(Left(line, kind, f"its {name} “{text[:40]}” is no number."))
                return None
            fields[name] = value
    fields |= {
        name: record[name].casefold() in ("yes", "true", "1") for name in shape.flags if record.get(name)
    }
    if lacking := [name for name in shape.needed if name not in fields]:
        plan.left.append(Left(line, cut(kind, 80), f"it has no {lacking[0]}."))
        return None
    return Lived(line, fields)
