"""What narrows a search, read from the address: kind, facets, days, order, and where the page begins."""

import datetime as dt
import re
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, Q, TextField
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone

from prodops import facets, search

MOST_VALUES = 20  # of one facet
_VALUE = re.compile(r"[\w-]{1,40}")
ORDERS = {"": "Best first", "newest": "Newest first"}


class Sift(NamedTuple):
    """`chosen` is {facet's key: values}: any of a facet's values, and one of each facet that has some."""

    kind: str = ""
    chosen: dict[str, tuple[str, ...]] = {}
    since: dt.date | None = None
    until: dt.date | None = None
    order: str = ""
    after: str = ""

    def __bool__(self):
        return bool(self.chosen or self.since or self.until)

    def narrow(self, entries, *, but=""):
        """The entries (a QuerySet) that fit, the kind apart; `but` leaves one facet out of account.

        `entries` are all that the person may find: a facet's value that is not among them has nothing, as
        one that was never there, or its number would tell what stands on a thing that they do not see.
        """
        everything = entries
        for key, values in self.chosen.items():
            if key != but:
                facet = facets.facet(key)
                entries = entries.filter(_borne(key, values, facet))
                if facet:
                    entries = entries.filter(_seen(facet, values, everything))
        if self.since:
            entries = entries.filter(happened_at__gte=_midnight(self.since))
        if self.until:
            entries = entries.filter(happened_at__lt=_midnight(self.until + dt.timedelta(days=1)))
        return entries

    def query(self, text="", **changes):
        """The address of this search after `changes`: a facet's values, or a field; it begins at page one."""
        params = QueryDict(mutable=True)
        if text:
            params["q"] = text
        for name in ("kind", "since", "until", "order", "after"):
            value = changes.get(name, getattr(self, name) if name != "after" else "")
            if value:
                params[name] = value.isoformat() if isinstance(value, dt.date) else value
        for facet in facets.facets():
            params.setlist(facet.key, changes.get(facet.key, self.chosen.get(facet.key, ())))
        return params.urlencode()

    def toggled(self, text, key, value):
        """The address with the facet's value chosen, or let go where it was."""
        values = self.chosen.get(key, ())
        left = tuple(one for one in values if one != value)
        return self.query(text, **{key: left if value in values else (*values, value)})


# Asked for once a statement, so that the index on tokens is used for what it gives.
_BELOW = """(
WITH RECURSIVE below (id) AS (
  SELECT id FROM {tree} WHERE id = ANY (%s::bigint[])
  UNION SELECT one.id FROM {tree} one JOIN below ON one.parent_id = below.id)
SELECT coalesce(array_agg(%s || id), '{{}}') FROM below)"""


def _borne(key, values, facet):
    """The condition that an entry has one of the values, or one that stands under it."""
    tokens = [f"{key}:{value}" for value in values]
    if facet and facet.tree:
        ids = [int(value) for value in values if _is_id(value)]
        sql = _BELOW.format(tree=facet.tree)
        below = RawSQL(sql, [ids, f"{key}:"], output_field=ArrayField(TextField()))  # noqa: S611
        return Q(facets__overlap=below)
    return Q(facets__contains=tokens) if len(tokens) == 1 else Q(facets__overlap=tokens)


def _is_id(value):
    return value.isascii() and value.isdecimal() and len(value) < 18


def _seen(facet, values, entries):
    """The condition that an entry has one of the values that stand among `entries` themselves."""
    if not facet.kind:
        return Q()
    seen = Q(pk=0)  # nothing; said so that the database may be asked
    for value in values:
        if _is_id(value):
            thing = entries.filter(kind=facet.kind, object_id=int(value))
            seen |= _borne(facet.key, [value], facet) & Q(Exists(thing))
    return seen


def read(params):
    """`Sift` of a query string's `QueryDict`; what makes no sense is left out."""
    kind = params.get("kind", "")
    order = params.get("order", "")
    chosen = {}
    for facet in facets.facets():
        values = dict.fromkeys(value for value in params.getlist(facet.key) if _VALUE.fullmatch(value))
        if values:
            chosen[facet.key] = tuple(values)[:MOST_VALUES]
    return Sift(
        kind=kind if search.kind(kind) else "",
        chosen=chosen,
        since=_day(params.get("since", "")),
        until=_day(params.get("until", "")),
        order=order if order in ORDERS else "",
        after=params.get("after", "")[:80],
    )


def _day(text):
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None


def _midnight(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
