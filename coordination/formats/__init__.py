"""Files that requests come in: what their rows say, no database, no clock."""

from .columns import FIELDS, Wrong, columns_of, read_map
from .rows import Draft, Refused, drafts
from .sheets import Unreadable, open_table

__all__ = [
    "FIELDS",
    "Draft",
    "Refused",
    "Unreadable",
    "Wrong",
    "columns_of",
    "drafts",
    "open_table",
    "read_map",
]
