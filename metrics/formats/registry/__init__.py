"""Definitions of metrics in the files of other tools, read and written.

    reading = read("dbt_yaml", text)      # .entries, .refused, .notes; raises Unreadable
    writing = write("osi", entries)       # .text, .left_out
    told("orders.view.lkml", text)        # "lookml"

Each reader takes text from strangers: sizes, depths, aliases and tags are limited, and what is wrong is said
with its place. What a format cannot hold rides along in the place it has for others' data, so that a registry
that was exported imports again without a difference.
"""

import re
from collections.abc import Callable

from . import records
from .dbt import read_manifest, read_yaml
from .dbt_writing import write_manifest, write_yaml
from .entries import FIELDS, Entry, Reading, Refused, Unreadable, clean, folded, slug_of
from .lookml import read_lookml
from .lookml_writing import write_lookml
from .metric_hub import read_metric_hub, write_metric_hub
from .osi import read_osi, write_osi
from .own import MARK, read_own, write_own
from .safe import MAX_BYTES, decode
from .sheet import HEADER, csv_of_xlsx, read_csv, rows_of, write_csv
from .writing import Writing

READERS: dict[str, Callable[[str], Reading]] = {
    "table": read_csv,
    "prodops": read_own,
    "dbt_manifest": read_manifest,
    "dbt_yaml": read_yaml,
    "osi": read_osi,
    "lookml": read_lookml,
    "metric_hub": read_metric_hub,
}
WRITERS: dict[str, Callable[[list[Entry]], Writing]] = {
    "table": write_csv,
    "prodops": write_own,
    "dbt_manifest": write_manifest,
    "dbt_yaml": write_yaml,
    "osi": write_osi,
    "lookml": write_lookml,
    "metric_hub": write_metric_hub,
}
_ENDINGS = {
    "json": "dbt_manifest",
    "toml": "metric_hub",
    "lkml": "lookml",
    "lookml": "lookml",
    "csv": "table",
    "tsv": "table",
    "xlsx": "table",
}


def read(format: str, text: str) -> Reading:
    """What a file holds; raises `Unreadable`."""
    if not text.strip():
        raise Unreadable("There is nothing in the file.")
    return READERS[format](text)


def write(format: str, entries: list[Entry]) -> Writing:
    return WRITERS[format](entries)


def told(file_name: str, text: str) -> str:
    """The format that a file is most likely in."""
    ending = file_name.lower().rsplit(".", 1)[-1]
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    start = text[:200_000]
    if re.search(rf"^{MARK}\s*:", start, re.MULTILINE):
        return "prodops"
    if re.search(r"^\s*-?\s*semantic_model\s*:\s*$", start, re.MULTILINE) and re.search(
        r"^\s*datasets\s*:", start, re.MULTILINE
    ):
        return "osi"
    if re.search(r"^(metrics|semantic_models|models)\s*:", start, re.MULTILINE):
        return "dbt_yaml"
    if start.lstrip().startswith("{"):
        return "dbt_manifest"
    if re.search(r"^\s*\[(metrics|data_sources)", start, re.MULTILINE):
        return "metric_hub"
    if re.search(r"^\s*view\s*:\s*\+?\w+\s*\{", start, re.MULTILINE):
        return "lookml"
    return "table" if ending not in ("yml", "yaml") else "dbt_yaml"


__all__ = [
    "FIELDS",
    "HEADER",
    "MAX_BYTES",
    "READERS",
    "WRITERS",
    "Entry",
    "Reading",
    "Refused",
    "Unreadable",
    "Writing",
    "clean",
    "csv_of_xlsx",
    "decode",
    "folded",
    "read",
    "records",
    "rows_of",
    "slug_of",
    "told",
    "write",
]
