"""A plan as our own CSV and Markdown, which read back without a difference."""

import json
import re
from collections.abc import Iterator

from . import lives
from .own import COLUMNS, KEY_RESULT, MARK, MILESTONE, OBJECTIVE, TYPE, records
from .plans import Plan

GUARD = re.compile(r"'*[=+\-@\t\r]")


def to_csv_rows(plan: Plan) -> Iterator[list[object]]:
    """The rows below a header of `COLUMNS`; what a spreadsheet would run has an apostrophe before it."""
    for record in records(plan):
        yield [_cell(record.get(name, "")) for name in COLUMNS]


def _cell(value: object) -> object:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{value}" if GUARD.match(value) else value
    return value


def to_markdown(plan: Plan, title: str) -> str:
    """Headings for objectives, key results and what became of them, fields as items, milestones as boxes."""
    lines = [MARK, f"# {' '.join(title.split())}"]
    for record in records(plan):
        kind, name = str(record.pop(TYPE)), words(record.pop("title", ""))
        if kind == OBJECTIVE:
            lines += ["", f"## Objective {record.pop('id', '')}: {name}", ""]
        elif kind == KEY_RESULT:
            lines += ["", f"### Key result {record.pop('id', '')}: {name}", ""]
        elif kind in lives.SHAPES:
            lines += ["", f"#### {kind.capitalize()}", ""]
        else:
            lines.append(f"- [{'x' if record.get('done_at') else ' '}] {name}")
        indent = "  " if kind == MILESTONE else ""
        lines += [f"{indent}- {field}: {words(value)}" for field, value in record.items()]
    return "\n".join(lines) + "\n"


def words(value: object) -> str:
    """A value on one line: as it is, or as JSON where it would not come back the same."""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    plain = text.isprintable() and text == text.strip() and text and not text.startswith('"')
    return text if plain else json.dumps(text, ensure_ascii=True)
