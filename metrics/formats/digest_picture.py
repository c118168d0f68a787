"""A board as one picture, set by typst: data in, the bytes of a PNG out."""

import json
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("digest.typ")
SHARPNESS = 130.0  # points an inch; twice what a mail shows


def png(board: dict[str, Any]) -> bytes:
    """The picture of `board` (see digest.typ for its shape). All text travels as JSON, never as markup."""
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="png",
        ppi=SHARPNESS,
        sys_inputs={"board": json.dumps(board, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single picture.")
    return made
