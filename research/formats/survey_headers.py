"""Headers of survey exports made into one row: tools write questions, choices and codes below each other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .tables import Row, Table

MAX_HEADER = 480  # characters; the rest of a question is cut


def tidy(table: Table) -> Table:
    """The table with the several header rows of Qualtrics and SurveyMonkey made into one.

    No two columns have the same name then. Where a question of several choices was spread over one
    column for each, they are joined again.
    """
    return _named(_joined(_without_import_ids(table)))


def _named(table: Table) -> Table:
    seen: Counter[str] = Counter()
    header = []
    for number, name in enumerate(table.header, start=1):
        whole = name = " ".join(name.split())[:MAX_HEADER] or f"Column {number}"
        while seen[name]:
            seen[whole] += 1
            name = f"{whole} ({seen[whole]})"
        seen[name] += 1
        header.append(name)
    return replace(table, header=tuple(header))


def _without_import_ids(table: Table) -> Table:
    """Qualtrics: names, then questions, then {"ImportId": …}; the questions are the header."""
    for index, row in enumerate(table.rows[:2]):
        if any(cell.startswith('{"ImportId"') for cell in row.cells):
            asked = table.rows[0].cells if index == 1 else table.header
            header = tuple(text or name for text, name in zip(asked, table.header, strict=True))
            return replace(table, header=header, rows=table.rows[index + 1 :])
    return table


_UNSAYING = frozenset({"response", "open-ended response"})
_SUBHEADS = _UNSAYING | {"other (please specify)"}


def _joined(table: Table) -> Table:
    """SurveyMonkey: a question over its first column only, and the choices, or "Response", below it."""
    if len(table.rows) < 2 or not table.header[0] or table.rows[0].cells[0]:
        return table  # a respondent's row begins with their number, the row of choices with nothing
    below = table.rows[0].cells
    spread = "" in table.header and any(
        not name and under for name, under in zip(table.header, below, strict=True)
    )
    if not spread and not any(cell.casefold() in _SUBHEADS for cell in below):
        return table
    if any(len(cell) > 200 for cell in below):
        return table
    body = table.rows[1:]
    header: list[str] = []
    sources: list[list[int]] = []
    for start, end in _blocks(table.header):
        question, columns = table.header[start], list(range(start, end))
        choices = [at for at in columns if below[at].casefold() not in _SUBHEADS]
        if len(choices) > 1 and all(_is_choice(body, at, below[at]) for at in choices):
            header.append(question)
            sources.append(choices)
            columns = [at for at in columns if at not in choices]
        for at in columns:
            under = "" if below[at].casefold() in _UNSAYING else below[at]
            header.append(" – ".join(filter(None, [question, under])))
            sources.append([at])
    rows = tuple(
        Row(row.line, tuple("|".join(filter(None, (row.cells[at] for at in columns))) for columns in sources))
        for row in body
    )
    return replace(table, header=tuple(header), rows=rows)


def _blocks(header: Sequence[str]) -> list[tuple[int, int]]:
    """[(first, one past the last)] of a named column and the nameless ones after it."""
    starts = [index for index, name in enumerate(header) if name]
    return list(zip(starts, [*starts[1:], len(header)], strict=True))


def _is_choice(body: Sequence[Row], at: int, name: str) -> bool:
    """True if the column says nothing but its own name, for those who chose it."""
    return bool(name) and {row.cells[at] for row in body} <= {"", name}
