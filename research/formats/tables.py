"""Tables that people upload: CSV of any encoding and delimiter, and XLSX, as rows of text within limits."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from .archives import Archive
from .cues import TranscriptError
from .decoding import encoding_of
from .sniffing import foreign_type, is_zip

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 300
MAX_CELL = 20_000  # characters
MAX_CELLS = 1_000_000
DELIMITERS = (",", ";", "\t", "|")
PROBED = 200  # rows that the delimiter is told from

_END = "\x1eend"  # stands after the last line while CSV is read
_EXPORT = "Export the answers as CSV or XLSX and upload that."


class TableError(ValueError):
    """The file as a whole cannot be read. The message says where, why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the row's number in the file as a spreadsheet counts it, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` all have as many cells as `header`. `note` says what was left out, if anything."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    def column(self, index: int) -> list[str]:
        return [row.cells[index] for row in self.rows]


def read(data: bytes, filename: str = "") -> Table:
    """The table in a CSV or XLSX file; raises `TableError`.

    A spreadsheet's formulas are not worked out: the value that the file holds for them is taken.
    """
    if len(data) > MAX_BYTES:
        raise TableError(
            f"The file is larger than {MAX_BYTES // 1024**2} MB. Export fewer answers at a time."
        )
    if not data.strip():
        raise TableError("There is nothing in the file.")
    if is_zip(data):
        rows, note = _spreadsheet(data)
    else:
        if foreign := foreign_type(data):
            raise TableError(f"This is {foreign[0]}, not a table. {_EXPORT}")
        rows, note = list(_delimited(data)), ""
    return _table(rows, note)


def to_text(table: Table) -> str:
    """The table as CSV that `from_text` reads again, line numbers and all."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["", *table.header])
    writer.writerows([row.line, *row.cells] for row in table.rows)
    return out.getvalue()


def from_text(text: str) -> Table:
    """What `to_text` wrote."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    return Table(tuple(header[1:]), tuple(Row(int(cells[0]), tuple(cells[1:])) for cells in reader))


def _table(rows: Iterable[Row], note: str) -> Table:
    filled = [row for row in rows if any(row.cells)]
    if not filled:
        raise TableError("There is nothing in the file.")
    if len(filled) < 2:
        raise TableError("There is only one row. The first row names the columns, the answers follow below.")
    width = max(len(row.cells) for row in filled)
    if width < 2:
        raise TableError(f"There is only one column. Is this the right file? {_EXPORT}")
    if width * len(filled) > MAX_CELLS:
        raise TableError(
            f"The table has {width * len(filled):,} cells; {MAX_CELLS:,} is the most. Leave columns out or "
            "export the answers in parts."
        )
    full = [Row(row.line, row.cells + ("",) * (width - len(row.cells))) for row in filled]
    return Table(full[0].cells, tuple(full[1:]), note)


# --- CSV --------------------------------------------------------------------------------------------------


def _delimited(data: bytes) -> Iterator[Row]:
    try:
        encoding, _ = encoding_of(data)
        text = data.decode(encoding)
    except (TranscriptError, UnicodeDecodeError) as error:
        raise TableError(
            f"The text of the file cannot be read. Save it as CSV in UTF-8. ({error})"
        ) from error
    if "\0" in text:
        raise TableError(f"This is not a text file. {_EXPORT}")
    delimiter = _delimiter(text)
    reader = csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=delimiter)
    return _checked(_lines(reader))


def _lines(reader: Any) -> Iterator[Row]:
    """The rows with their numbers. A quote that is never closed swallows the rest of the file: so many
    answers would be lost without a word, if the end of the file were not looked for.
    """
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(
                f"Row {number} cannot be read: {error}. Look for a quotation mark that is not closed."
            ) from error
        if cells == [_END]:
            return
        if any(cell.endswith(_END) for cell in cells):
            raise TableError(
                f"Row {number} cannot be read: a quotation mark opens in it and is never closed. Close it "
                "or take it out, and upload the file again."
            )
        yield Row(number, tuple(cells))


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells most often."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        counts = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    counts.append(len(cells))
                if len(counts) == PROBED:
                    break
        except csv.Error:
            pass
        if not counts:
            continue
        usual = max(set(counts), key=lambda count: (counts.count(count), count))
        score = (counts.count(usual) / len(counts), usual) if usual > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _checked(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with their cells trimmed, within the limits."""
    kept = 0
    for row in rows:
        cells = tuple(cell.strip() for cell in row.cells)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if len(cells) > MAX_COLUMNS:
            raise TableError(
                f"Row {row.line} has more than {MAX_COLUMNS} columns. Leave some out and try again."
            )
        for index, cell in enumerate(cells, start=1):
            if len(cell) > MAX_CELL:
                raise TableError(
                    f"Row {row.line}, column {index} holds {len(cell):,} characters; {MAX_CELL:,} is the "
                    "most. Shorten it, or look for a quotation mark that is not closed."
                )
        kept += bool(cells)
        if kept > MAX_ROWS + 1:
            raise TableError(f"There are more than {MAX_ROWS:,} rows. Export the answers in parts.")
        yield Row(row.line, cells)


# --- XLSX -------------------------------------------------------------------------------------------------


def _spreadsheet(data: bytes) -> tuple[list[Row], str]:
    import openpyxl  # a tenth of a second to import, and few requests need it

    try:
        names = Archive(data).names
    except TranscriptError as error:
        raise TableError(
            "The spreadsheet is damaged, protected, or unpacks to far more than a table needs. "
            "Save it again, or as CSV, and upload that."
        ) from error
    if "xl/workbook.xml" not in names:
        raise TableError(f"This is an archive, but no XLSX spreadsheet. {_EXPORT}")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        with_rows = []
        for sheet in book.worksheets[:20]:
            rows = list(_checked(_sheet(sheet)))
            if any(row.cells for row in rows):
                with_rows.append((sheet.title, rows))
                if len(with_rows) == 2:
                    break
        book.close()
    except TableError:
        raise
    except Exception as error:  # whatever a broken file makes the reader stumble over
        raise TableError(
            "The spreadsheet cannot be read. Open it, save it again as XLSX or CSV, and upload that."
        ) from error
    if not with_rows:
        raise TableError("There is nothing in the spreadsheet.")
    note = ""
    if len(with_rows) > 1:
        note = f"Only the sheet “{with_rows[0][0]}” is read; the others are left out."
    return with_rows[0][1], note


def _sheet(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    rows = sheet.iter_rows(max_row=10 * MAX_ROWS, max_col=MAX_COLUMNS + 1, values_only=True)
    for number, values in enumerate(rows, start=1):
        yield Row(number, tuple(map(_text, values)))


def _text(value: Any) -> str:
    """A cell as people would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
