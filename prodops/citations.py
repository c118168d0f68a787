"""What cites a thing: apps above say it, so that who is to change the thing sees whom that touches."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Citation(NamedTuple):
    """Something that relies on a thing. `version_id` is the version of the thing that it pins, or None.

    `note` says more in a few words: "Q4 2026". `team` and `owner`, loaded, are who to talk to.
    """

    thing_id: int
    title: str
    url: str
    version_id: int | None = None
    owner: Any = None
    team: Any = None
    note: str = ""
    current: bool = True  # False for what is over, such as a key result of a closed cycle


class Kind(NamedTuple):
    """`find(ids, user)` gives, in one query, the `Citation`s of things by id that `user` may see."""

    name: str  # "Key result"
    plural: str
    find: Callable
    order: int


_kinds: dict[str, dict[str, Kind]] = {}


def register(label, *, kind, plural, find, order=100):
    """Say what cites things of `label` ("metrics.kpi"). `find(ids, user)` yields `Citation`s."""
    _kinds.setdefault(label, {})[kind] = Kind(kind, plural, find, order)


def kinds(label):
    return sorted(_kinds.get(label, {}).values(), key=lambda kind: (kind.order, kind.name))


def of(label, ids, user):
    """[(kind, its citations)] of what cites the things with these ids, as far as `user` may see it.

    Kinds without any are left out. It costs one query a kind.
    """
    ids = list(ids)
    found = [(kind, list(kind.find(ids, user))) for kind in kinds(label)] if ids else []
    return [(kind, citations) for kind, citations in found if citations]
