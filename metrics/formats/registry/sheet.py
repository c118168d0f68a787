"""The registry as a table: CSV, or the first sheet of an XLSX workbook."""

import csv
import io
import json
from typing import Any

from metrics.formats.tables import Unreadable as Unread
from metrics.formats.tables import text_of_sheet

from .entries import (
    FIELDS,
    LISTS,
    MOST_ENTRIES,
    NUMBERS,
    OBJECTS,
    RECORDS,
    Entry,
    Reading,
    Unreadable,
    folded,
    unique,
)
from .own import entry_of
from .writing import Writing

MAX_CELL = 20_000
MAX_COLUMNS = 60
HEADER = ["Slug", *FIELDS.values()]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What other tools call the columns, folded.
_NAMES = {
    "slug": "slug",
    "key": "slug",
    "id": "slug",
    "kpi": "name",
    "metric": "name",
    "title": "name",
    "description": "meaning",
    "what it means": "meaning",
    "calculation": "formula",
    "how it is counted": "formula",
    "data source": "source",
    "owner email": "owner",
    "synonyms": "aliases",
    "frequency": "grain",
    "product area": "area",
    **{folded(words): name for name, words in FIELDS.items()},
    **{folded(name): name for name in FIELDS},
}


def read_csv(text: str) -> Reading:
    """A CSV table with a header; raises `Unreadable`."""
    lines = text.removeprefix("\ufeff")
    try:
        sample = lines[:20_000]
        delimiter = max(",;\t|", key=lambda sign: (sample.splitlines() or [""])[0].count(sign))
        rows: list[tuple[int, list[str]]] = []
        for number, row in enumerate(
            csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter), start=1
        ):
            if len(row) > MAX_COLUMNS:
                raise Unreadable(f"Row {number} has {len(row)} columns; {MAX_COLUMNS} is the most.")
            if any(len(cell) > MAX_CELL for cell in row):
                raise Unreadable(f"Row {number} has a cell of more than {MAX_CELL:,} characters. Shorten it.")
            if len(rows) > MOST_ENTRIES:
                raise Unreadable(f"There are more than {MOST_ENTRIES:,} rows. Split the file.")
            rows.append((number, row))
    except csv.Error as error:
        raise Unreadable(f"The CSV cannot be read: {error}. Save it anew from the spreadsheet.") from error
    return _read(rows)


def csv_of_xlsx(data: bytes) -> str:
    """The first sheet of a workbook as CSV; raises `Unreadable`."""
    try:
        return text_of_sheet(data, ",")
    except Unread as error:
        raise Unreadable(str(error)) from error


def _read(rows: list[tuple[int, list[str]]]) -> Reading:
    reading = Reading()
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise Unreadable("There is nothing in it.")
    header = filled[0][1]
    columns = {place: _NAMES.get(folded(cell)) for place, cell in enumerate(header)}
    if "name" not in columns.values():
        raise Unreadable(
            "The first row should hold the columns' names, “Name” among them. It is: "
            + ", ".join(cell[:30] for cell in header[:8])
            + "."
        )
    for place, cell in enumerate(header):
        if columns[place] is None and cell.strip() and not cell.strip().upper().startswith("SQL:"):
            reading.note(f"The column “{cell.strip()[:60]}” is left out: Prodops has no such field.")
    entries = []
    for number, row in filled[1:]:
        data = _data(header, columns, row, f"row {number}", reading)
        if data is not None and (entry := entry_of(data, f"row {number}", reading)):
            entries.append(entry)
    reading.entries = unique(entries, reading)
    return reading


def _data(
    header: list[str], columns: dict[int, str | None], row: list[str], where: str, reading: Reading
) -> dict[str, Any] | None:
    data: dict[str, Any] = {}
    for place, cell in enumerate(row):
        text = _unguarded(cell).strip()
        name = columns.get(place)
        if not text or place >= len(header):
            continue
        if name is None:
            if header[place].strip().upper().startswith("SQL:"):
                data.setdefault("sql", {})[header[place].strip()[4:].strip().lower()] = text
            continue
        try:
            data[name] = _value(name, text)
        except ValueError:
            reading.refuse(
                data.get("name") or text[:60],
                where,
                f"{FIELDS.get(name, name)}: “{text[:60]}” cannot be read.",
            )
            return None
    return data


def _value(name: str, text: str) -> Any:
    if name in LISTS:
        if text.startswith("["):
            return json.loads(text)
        return [one.strip() for one in text.split(";") if one.strip()]
    if name in (*OBJECTS, *RECORDS):
        return json.loads(text)
    if name in NUMBERS:
        return int(float(text)) if float(text).is_integer() else _no(text)
    return text


def _no(text: str) -> int:
    raise ValueError(text)


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


def rows_of(entries: list[Entry]) -> list[list[Any]]:
    """The table's rows, under `HEADER`."""
    return [
        [entry.slug or entry.key, *(_cell(name, getattr(entry, name)) for name in FIELDS)]
        for entry in entries
    ]


def write_csv(entries: list[Entry]) -> Writing:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows_of(entries):
        writer.writerow([_guarded(cell) for cell in row])
    return Writing("\ufeff" + out.getvalue())


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name == "history":
        return _recent(list(value))
    if name in (*OBJECTS, *RECORDS):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    if name in LISTS:
        plain = all(";" not in one and one == one.strip() and not one.startswith("[") for one in value)
        return "; ".join(value) if plain else json.dumps(list(value), ensure_ascii=False)
    return value


def _recent(versions: list[dict[str, Any]]) -> str:
    """The newest versions that a cell has room for."""
    while versions:
        text = json.dumps(versions, ensure_ascii=False, sort_keys=True)
        if len(text) <= MAX_CELL:
            return text
        versions = versions[1:]
    return ""


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith((*_FORMULA, "'")) else cell
