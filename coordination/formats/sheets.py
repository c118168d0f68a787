"""CSV files and XLSX workbooks as rows of text, read as they go: a file may be larger than memory."""

import codecs
import csv
import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

LONGEST_CELL = 1_000_000  # characters; more is a quotation mark that was never closed
TOO_LONG = f"a cell has more than {LONGEST_CELL:,} characters: is a quotation mark not closed?"
MOST_COLUMNS = 500
PROBED = 64 * 1024  # bytes that delimiter and encoding are told from
UNPACKED, WORDS = 1_000_000_000, 100_000_000  # bytes that a workbook, and the part with its words, may have
PACKED = 200  # times that a part may be smaller in the archive; sheets come to 50, bombs to 1,000
DAMAGED = "The workbook is damaged{}. Save it again as XLSX, or as CSV."
DELIMITERS = ("\t", ";", "|", ",")


class Unreadable(ValueError):
    """The file as a whole can't be read. The message says why and what to do."""


class Row(NamedTuple):
    """`line` is where the row ends in the file, or its number in the sheet; `wrong` why it has no cells."""

    line: int
    cells: list[str]
    wrong: str = ""


@contextmanager
def open_table(path: Path) -> Iterator[Iterator[Row]]:
    """The file's rows, the header first; raises `Unreadable` for what is neither CSV nor XLSX."""
    with path.open("rb") as file:
        start = file.read(PROBED)
    if not start.strip():
        raise Unreadable("There is nothing in the file.")
    if start.startswith(b"PK\x03\x04"):
        with _workbook(path) as rows:
            yield rows
        return
    encoding = _encoding(start)
    delimiter = _delimiter(start.decode(encoding, "replace").partition("\n")[0])
    # Bytes that are no text of this encoding become U+FFFD; `drafts` says of which rows.
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        yield _csv_rows(text, delimiter)


def _encoding(start: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if start.startswith(mark):
            return encoding
    if start.count(b"\0") * 20 > len(start):  # a stray one is taken out of its cell
        raise Unreadable("This is not a text file. Save the sheet as CSV or XLSX and import that.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # which minds no character cut at the end
    except UnicodeDecodeError:
        return "cp1252"  # what spreadsheets on Windows write
    return "utf-8"


def _delimiter(head: str) -> str:
    counts = {one: head.count(one) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: (counts[one], one == ","))


def _csv_rows(text, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(reader.line_num, [], TOO_LONG)
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells):
            yield Row(reader.line_num, [], TOO_LONG)
        elif len(cells) > MOST_COLUMNS:
            yield Row(reader.line_num, [], f"it has {len(cells):,} columns; up to {MOST_COLUMNS} are read.")
        elif any(cell.strip() for cell in cells):
            yield Row(reader.line_num, cells)


@contextmanager
def _workbook(path: Path) -> Iterator[Iterator[Row]]:
    import openpyxl  # a tenth of a second to import, and few files need it

    try:
        _check_archive(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged archive makes the reader say
        raise Unreadable(DAMAGED.format("")) from error
    try:
        if not book.worksheets:
            raise Unreadable("The workbook has no sheet.")
        yield _sheet_rows(book.worksheets[0])
    finally:
        book.close()


def _check_archive(path: Path) -> None:
    """Refuse what unpacks to more than a sheet of requests has, before the reader holds it in memory."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        large = [part for part in parts if part.file_size > LONGEST_CELL]
        words = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
        if (
            sum(part.file_size for part in parts) > UNPACKED
            or words > WORDS
            or any(part.file_size > PACKED * part.compress_size for part in large)
        ):
            raise Unreadable("The workbook unpacks to far more than rows of requests. Save the sheet as CSV.")
        for part in large:
            if part.filename.endswith(".xml") and _has_long_text(archive, part):
                raise Unreadable(f"A cell has more than {LONGEST_CELL:,} characters. Shorten it.")


def _has_long_text(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether more than `LONGEST_CELL` characters stand between two tags: a cell holds 32,767."""
    since = 0
    with archive.open(part) as stream:
        while chunk := stream.read(PROBED):
            first = chunk.find(b"<")
            since += len(chunk) if first < 0 else first
            if since > 4 * LONGEST_CELL:
                return True
            if first >= 0:
                since = len(chunk) - chunk.rfind(b"<")
    return False


def _sheet_rows(sheet) -> Iterator[Row]:
    line, found = 0, sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    while True:
        try:
            values = next(found, None)
        except Exception as error:  # the reader unpacks as it goes
            raise Unreadable(DAMAGED.format(f" after row {line:,}")) from error
        if values is None:
            return
        line += 1
        cells = [_text(value) for value in values]
        if any(len(cell) > LONGEST_CELL for cell in cells):
            yield Row(line, [], f"a cell has more than {LONGEST_CELL:,} characters.")
        elif any(cell.strip() for cell in cells):
            yield Row(line, cells)


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # an id that the sheet keeps as a number
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value)
