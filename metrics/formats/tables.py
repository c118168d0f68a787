"""Delimited text as rows of cells: any encoding, any usual delimiter, within limits."""

import csv
import io
from dataclasses import dataclass

from research.formats import tables as spreadsheets
from research.formats.sniffing import is_zip

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_LINE = 10_000  # characters; a file of values has no use for more, and a reader of it suffers
DELIMITERS = ("\t", ";", "|", ",")  # a comma last: it also stands inside numbers
PROBED = 30  # lines that the delimiter is told from


class Unreadable(ValueError):
    """The file as a whole cannot be read. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the line of the file that the row begins on, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    delimiter: str

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


def text_of(raw: bytes) -> str:
    """The text of an upload, of a spreadsheet its first sheet as delimited text; raises `Unreadable`."""
    if not is_zip(raw):
        return decode(raw)
    if len(raw) > MAX_BYTES:
        raise Unreadable("The file is larger than 5 MB. Split it by year and import the parts.")
    return text_of_sheet(raw)


def text_of_sheet(raw: bytes, delimiter: str = "\t") -> str:
    """The first sheet of an XLSX workbook as delimited text, line for line; raises `Unreadable`.

    Formulas are not worked out: the values that the file holds for them are taken.
    """
    try:
        table = spreadsheets.read(raw)
    except spreadsheets.TableError as error:
        raise Unreadable(str(error)) from error
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    lines = {row.line: row.cells for row in table.rows}
    first = min(lines) - 1
    writer.writerows([] for _ in range(1, first))  # so that lines keep their numbers
    writer.writerow(table.header)
    writer.writerows(lines.get(line, ()) for line in range(first + 1, max(lines) + 1))
    return out.getvalue()


def decode(raw: bytes) -> str:
    """The text of an upload, whatever it was saved as; raises `Unreadable` for what is no text."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("The file is larger than 5 MB. Split it by year and import the parts.")
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if raw.startswith(mark):
            return _decoded(raw, encoding)
    if is_zip(raw):
        raise Unreadable("This is a spreadsheet, not a CSV file. Save the sheet as CSV and upload that.")
    if b"\0" in raw:
        raise Unreadable("This is not a text file. Save the sheet as CSV and upload that.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # What spreadsheets on Windows write; it reads any byte but five.
        return _decoded(raw, "cp1252")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("The text is damaged. Save the file again as CSV in UTF-8.") from error
    if "\0" in text:
        raise Unreadable("This is not a text file. Save the sheet as CSV and upload that.")
    return text


def read_table(text: str, *, longest: int = MAX_LINE) -> Table:
    """The rows of `text` that hold anything; raises `Unreadable` where it is no table of two columns, or has
    a line of more than `longest` characters."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise Unreadable("This is not a text file. Save the sheet as CSV and upload that.")
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise Unreadable("There is nothing in it.")
    for number, line in enumerate(lines, start=1):
        if len(line) > longest:
            raise Unreadable(f"Line {number} is {len(line):,} characters long. Is this the right file?")
    delimiter = _delimiter([line for line in lines if line.strip()][:PROBED])
    rows = _rows(text, delimiter)
    table = Table(tuple(rows), delimiter)
    if table.width < 2:
        raise Unreadable(
            "There is only one column. At least two are needed, with a comma, semicolon or tab between."
        )
    return table


def _rows(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise Unreadable(f"Line {line} has {len(cells)} columns; {MAX_COLUMNS} is the most.")
            if any(cell.strip() for cell in cells):
                if len(rows) > MAX_ROWS:  # one more than that for the header
                    raise Unreadable(f"There are more than {MAX_ROWS:,} rows. Split the file by year.")
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"Line {line} cannot be read: {error}.") from error
    return rows


def _delimiter(lines: list[str]) -> str:
    """The delimiter that cuts the lines into the same number of cells most often."""
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=lambda count: (counts.count(count), count))
        share = counts.count(usual) / len(counts) if usual > 1 else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best
