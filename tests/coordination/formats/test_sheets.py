import io
import zipfile

import openpyxl
import pytest

from coordination.formats.sheets import Unreadable, open_table


def _workbook(path, cut=False, letters=4):
    book, raw = openpyxl.Workbook(), io.BytesIO()
    for row in (["Id", "Summary"], ["I-1", "LONG"]):
        book.active.append(row)
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).replace(b"LONG", b"a" * letters)
            if name.endswith("sheet1.xml") and cut:
                text = text[: text.rindex(b"</row>")]
            new.writestr(name, text)
    return path


@pytest.mark.parametrize(
    ("options", "why"),
    [({"cut": True}, "damaged after row 1"), ({"letters": 30_000_000}, "unpacks to far more")],
)
def test_a_damaged_or_swollen_workbook_is_told_as_such(tmp_path, options, why):
    with pytest.raises(Unreadable, match=why), open_table(_workbook(tmp_path / "a.xlsx", **options)) as rows:
        list(rows)
