"""Filters of a list that a person keeps under a name."""

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from prodops.models import SavedFilter

MOST = 50  # a page


class Refused(Exception):
    """It can't be kept; the words say why."""


def path_of(page):
    """The address of the list with this URL name, or None if there is no such list."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return None


def save(page, name, query, *, by):
    """Keep the list's `query` string under `name`; a name that is taken gets the new query."""
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise Refused("Give the view a name.")
    if len(name) > 80:
        raise Refused("A name has at most 80 characters.")
    query = tidy(query)
    if len(query) > 1000:
        raise Refused("These filters are too many to keep.")
    mine = SavedFilter.objects.filter(user=by, page=page)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(f"A list has at most {MOST} saved views. Delete one first.")
    view, _ = mine.update_or_create(user=by, page=page, name=name, defaults={"query": query})
    return view


def tidy(query):
    """The query string without what says nothing or only where one stood."""
    params = QueryDict(query.replace("\0", "").lstrip("?")[:4000], mutable=True)
    for key in [key for key in params if key == "page" or not any(params.getlist(key))]:
        del params[key]
    return params.urlencode()
