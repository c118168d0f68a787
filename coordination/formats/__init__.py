"""Files that requests come in: what their rows say, no database, no clock."""

from .columns import FIELDS, GROUPS, PRESETS, Wrong, by_preset, columns_of, guess, read_map
from .moments import Order
from .rows import Draft, Refused, Said, drafts
from .sheets import Unreadable, open_table

__all__ = [
    "FIELDS",
    "GROUPS",
    "PRESETS",
    "Draft",
    "Order",
    "Refused",
    "Said",
    "Unreadable",
    "Wrong",
    "by_preset",
    "columns_of",
    "drafts",
    "guess",
    "open_table",
    "read_map",
]
