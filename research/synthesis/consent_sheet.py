"""What somebody signed, set in type: data in, the bytes of a PDF out. The same data gives the same bytes."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("consent.typ")


def pdf(sheet: dict[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `sheet` (see consent.typ for its shape), dated `at`. Text is never read as markup."""
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF.")
    return made
