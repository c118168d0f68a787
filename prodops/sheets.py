"""Lists as XLSX workbooks, written row by row: memory does not grow with the list."""

import datetime as dt
import re
import tempfile

from django.http import FileResponse

MOST_IN_CELL = 32_767  # characters, says the format
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xlsx_response(name, header, rows):
    """A download of `rows` (iterables as long as `header`). Text stays text: none of it is a formula."""
    import openpyxl  # a tenth of a second to import, and few requests need it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"

    def cell(value):
        made = WriteOnlyCell(sheet, _value(value))
        if isinstance(value, str):
            made.data_type = "s"  # else "=…" would be a formula
        return made

    heads = [cell(text) for text in header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        book.save(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _value(value):
    if isinstance(value, str):
        text = _UNWRITABLE.sub("", value)
        return text if len(text) <= MOST_IN_CELL else f"{text[: MOST_IN_CELL - 1]}…"
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.isoformat(sep=" ", timespec="minutes")
    return value
