"""Experiments from the idea to the end of the run: written down, planned, started, changed with reasons."""

from .drafting import (
    FixedAtStart,
    KeyTaken,
    NotPossible,
    ReasonMissing,
    WrongState,
    again,
    create,
    revise,
    tick,
    untick,
)
from .pictures import add_picture, remove_picture
from .running import back_to_draft, drop, extend, make_ready, start, stop, take_up
from .templates import retire, save_template

__all__ = [
    "FixedAtStart",
    "KeyTaken",
    "NotPossible",
    "ReasonMissing",
    "WrongState",
    "add_picture",
    "again",
    "back_to_draft",
    "create",
    "drop",
    "extend",
    "make_ready",
    "remove_picture",
    "retire",
    "revise",
    "save_template",
    "start",
    "stop",
    "take_up",
    "tick",
    "untick",
]
