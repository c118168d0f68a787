"""Bringing a file of definitions in: read it, look at what would change, choose, apply, take it back."""

from .applying import apply, start, work
from .common import NotStaged, NotUndoable
from .staging import choose, choose_all, discard, plan, stage
from .undoing import UNDONE_WITHIN, may_undo, undo

__all__ = [
    "UNDONE_WITHIN",
    "NotStaged",
    "NotUndoable",
    "apply",
    "choose",
    "choose_all",
    "discard",
    "may_undo",
    "plan",
    "stage",
    "start",
    "undo",
    "work",
]
