"""Tables that stand in Markdown between pipes: which columns they have, and their rows by those."""

import re
from typing import NamedTuple

from .columns import guess
from .grades import plain

MOST_COLUMNS = 40
_RULE = re.compile(r":?-+:?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BEHIND = re.compile(r"\s*[(\[].{0,60}[)\]]\s*$")  # "Key result (KR)"
# What published pages call columns, beside the names that tools give them
_CALLED = {
    "kr": "key result",
    "key result description": "key result",
    "result": "key result",
    "measure": "key result",
    "dri": "owner",
    "who": "owner",
    "final score": "score",
    "final grade": "grade",
    "status": "score",
    "outcome": "score",
}


class Row(NamedTuple):
    """One row: its line, and {field of `columns.FIELDS`: what its cell says}; a cell's lines end in \\n."""

    line: int
    cells: dict[str, str]


class Table(NamedTuple):
    """A table: the line it begins on, how many lines it takes, its known columns' rows."""

    line: int
    lines: int
    rows: list[Row]
    known: bool  # it has a column that says what is aimed at


def begins(lines: list[str], number: int) -> bool:
    """Whether the line of this number (from 1) is the head of a table: the next one rules it off."""
    if "|" not in lines[number - 1] or number >= len(lines) or "|" not in lines[number]:
        return False
    rules = lines[number].strip().strip("|").split("|")
    return len(rules) <= MOST_COLUMNS and all(_RULE.fullmatch(one.strip()) for one in rules)


def table_at(lines: list[str], number: int) -> Table:
    """The table that begins on the line of this number (from 1)."""
    header = [_named(cell) for cell in _cells(lines[number - 1])][:MOST_COLUMNS]
    chosen, _ = guess(header)
    if "key_result" in chosen and chosen.get("title") == chosen["key_result"]:
        del chosen["title"]
    places = {field: header.index(name) for field, name in chosen.items()}
    rows, last = [], number + 1
    for at in range(number + 1, len(lines)):
        if "|" not in lines[at] or not lines[at].strip():
            break
        last = at + 1
        cells = _cells(lines[at])
        said = {field: cells[place] for field, place in places.items() if place < len(cells)}
        if any(said.values()):
            rows.append(Row(at + 1, said))
    known = bool(places.keys() & {"title", "key_result"})
    return Table(number, last - number + 1, rows, known)


def _cells(line: str) -> list[str]:
    """What stands between the pipes; a pipe behind a backslash is one of the text."""
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|"))
    if parts and not parts[-1].strip():
        parts.pop()
    return [
        "\n".join(one.strip() for one in _BREAK.split(part.replace("\\|", "|"))).strip() for part in parts
    ]


def _named(cell: str) -> str:
    name = _BEHIND.sub("", " ".join(plain(cell).split())).casefold().rstrip(":")
    return _CALLED.get(name, name)
