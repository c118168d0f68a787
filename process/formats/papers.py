"""A cycle set in type: data in, the bytes of a PDF out. The same data gives the same bytes."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("cycle.typ")


def pdf(cycle: dict[str, Any], *, at: dt.datetime) -> bytes:
    """The PDF of `cycle` (see cycle.typ for its shape), tagged for screen readers, dated `at`.

    All text travels as JSON beside the template and is never read as markup.
    """
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"cycle": json.dumps(cycle, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF.")
    return made
