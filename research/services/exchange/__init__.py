"""Bringing in what other tools and other workspaces hold: preview, job, result, undo."""

from .opening import Unreadable
from .running import NoStudy, NotStaged, discard, remap, stage, start, work
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
    "remap",
    "stage",
    "start",
    "sweep",
    "undo",
    "work",
]
