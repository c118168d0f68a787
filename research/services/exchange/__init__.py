"""Bringing in what other tools and other workspaces hold: preview, job, result, undo."""

from .opening import Unreadable
from .running import NoStudy, NotStaged, discard, remap, stage, start, work
from .sweeping import sweep
from .undoing import Overtaken, undo

__all__ = [
    "NoStudy",
    "NotStaged",
    "Overtaken",
    "Unreadable",
    "discard",
    "remap",
    "stage",
    "start",
    "sweep",
    "undo",
    "work",
]
