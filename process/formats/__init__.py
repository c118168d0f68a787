"""Objectives and key results as files: other tools' tables, lists in Markdown, and our own of both."""

from .columns import FIELDS, PRESETS, guess
from .own import COLUMNS
from .plans import KeyResultSaid, Left, Lived, MilestoneSaid, ObjectiveSaid, Plan, Unreadable
from .reading import header_of, read, shape_of
from .writing import to_csv_rows, to_markdown

__all__ = [
    "COLUMNS",
    "FIELDS",
    "PRESETS",
    "KeyResultSaid",
    "Left",
    "Lived",
    "MilestoneSaid",
    "ObjectiveSaid",
    "Plan",
    "Unreadable",
    "guess",
    "header_of",
    "read",
    "shape_of",
    "to_csv_rows",
    "to_markdown",
]
