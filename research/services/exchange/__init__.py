"""Bringing in what other tools and other workspaces hold: preview, job, result, undo."""

from .opening import Unreadable
from .running import start, work
from .staging import NoStudy, NotStaged, discard, read, remap, stage
from .sweeping import sweep
from .undoing import UNDONE_WITHIN, Overtaken, may_undo, undo

__all__ = [
    "UNDONE_WITHIN",
    "NoStudy",
    "NotStaged",
    "Overtaken",
    "Unreadable",
    "discard",
    "may_undo",
    "read",
    "remap",
    "stage",
    "start",
    "sweep",
    "undo",
    "work",
]
