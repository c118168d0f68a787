"""What apps above add to the quarterly insight report: counts, never their things themselves.

The report lives in research; what customers asked for and what was decided live above it. They say here how
they count, so that research needs to know none of them.
"""

from collections.abc import Callable
from typing import NamedTuple


class Feedback(NamedTuple):
    """`count(slugs, since, until) -> {slug of a tag: number}` of what came in on the days from `since` to
    `until`, both included; `total(since, until)` of all that came in, with a theme or without one."""

    key: str
    title: str  # in the plural, at the start of a sentence: "Product requests"
    explanation: str  # when one counts for a theme
    count: Callable
    total: Callable


class Reuse(NamedTuple):
    """`find(since, until) -> [(insight id, what was decided, how many)]` of decisions of those days that
    rest on an insight, however old it is."""

    key: str
    title: str
    find: Callable


_feedback: dict[str, Feedback] = {}
_reuse: dict[str, Reuse] = {}


def register_feedback(source):
    _feedback[source.key] = source


def register_reuse(source):
    _reuse[source.key] = source


def feedback():
    return [_feedback[key] for key in sorted(_feedback)]


def reuse():
    return [_reuse[key] for key in sorted(_reuse)]
