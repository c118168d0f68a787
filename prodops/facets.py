"""By what hits are counted and narrowed: tokens such as "study:12" that stand on each entry of the index.

A facet's values are things that stand in the index themselves (a study, a person), which then name them,
or a fixed list of choices. What is renamed needs no writing anew: a token holds the id. Nor does what is put
under another thing: a token holds the one that was said, and who asks for one asks for all below it.
"""

from typing import NamedTuple

from django.db.models import F, Func, Value
from django.db.models.expressions import Combinable

from prodops.models import SearchEntry

# The session that what was said belongs to: results are grouped by it, and it is no facet of its own.
GROUP = "session"


class Facet(NamedTuple):
    key: str  # in tokens and in the address: "study"
    label: str  # "Study"
    order: int
    kind: str  # of the entries that name its values; empty where `choices` do
    choices: dict[str, str]
    tree: str = ""  # the table of things that stand one under the other, by `parent_id`


_facets: dict[str, Facet] = {}


def register(key, label, *, order, kind="", choices=(), tree=""):
    """Offer `key` as a facet of the search page. Values are ids of things of `kind`, or of `choices`.

    Where its things form a tree, `tree` is the name of their table.
    """
    _facets[key] = Facet(key, label, order, kind, {str(value): str(name) for value, name in choices}, tree)


def facets():
    return sorted(_facets.values(), key=lambda facet: (facet.order, facet.key))


def facet(key):
    return _facets.get(key)


def tokens(**values):
    """["study:12", "tag:3", "tag:5"] of study=12, tag=[3, 5]; what is None or empty says nothing."""
    found = []
    for key, value in values.items():
        several = value if isinstance(value, list | tuple | set | frozenset) else [value]
        found += [f"{key}:{one}" for one in several if one not in (None, "")]
    return sorted(set(found))


def exchange(entries, old, new):
    """In these entries (a QuerySet) let the token `new` stand for `old`, once; either may be None.

    For what changes under much that hangs on it: a study's area, a tag merged into another.
    """
    left: Combinable = F("facets")
    for token in filter(None, (old, new)):
        left = Func(left, Value(token), function="array_remove", output_field=_field())
    if new:
        left = Func(left, Value(new), function="array_append", output_field=_field())
    return (entries.filter(facets__contains=[old]) if old else entries).update(facets=left)


def _field():
    return SearchEntry._meta.get_field("facets")
