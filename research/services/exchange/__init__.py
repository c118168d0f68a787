"""Bringing in what other tools and other workspaces hold: preview, job, result, undo."""

from .opening import Unreadable
from .running import NoStudy, NotStaged, discard, stage, start, work
from .undoing import Overtaken, undo

__all__ = ["NoStudy", "NotStaged", "Overtaken", "Unreadable", "discard", "stage", "start", "undo", "work"]
