"""How far things are that an app above keeps: it says so here, and a key result can follow it."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from prodops.access import Can


class Step(NamedTuple):
    """A milestone of a thing, in order; `weight` is its share beside the others."""

    title: str
    done: bool
    due_on: dt.date | None = None
    weight: float = 1.0


class Thing(NamedTuple):
    """Something with milestones: a roadmap item. `as_of` is when it last moved."""

    pk: int
    title: str
    url: str
    steps: tuple[Step, ...]
    as_of: dt.date | None = None


class Provider(NamedTuple):
    """`search(user)` is the query set of things that `user` may choose; `read(ids)` gives {id: `Thing`}.

    Whoever may not `can` sees how far a thing is and not what it is.
    """

    label: str  # "coordination.roadmapitem"
    name: str  # "Roadmap item"
    can: Can
    search: Callable
    read: Callable


_providers: dict[str, Provider] = {}


def register(label, *, name, can, search, read):
    """Say how far things of `label` are. `read` costs one query, whatever the number of ids."""
    _providers[label] = Provider(label, name, can, search, read)


def providers():
    return [_providers[label] for label in sorted(_providers)]


def provider(label):
    return _providers.get(label)


def read(wanted):
    """{(label, id): `Thing`} of the (label, id) pairs, as far as they are there; a query a label."""
    by_label: dict[str, set[int]] = {}
    for label, pk in wanted:
        by_label.setdefault(label, set()).add(pk)
    return {
        (label, pk): thing
        for label, ids in by_label.items()
        if label in _providers
        for pk, thing in _providers[label].read(ids).items()
    }
