"""Reads of the kernel that span models."""

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

from prodops.models import SearchEntry, User

SHOWN = 50


def search(text, *, user, kind=""):
    """The entries `user` may find for `text`, best first."""
    if not text.strip():
        return []
    query = SearchQuery(text, config="english", search_type="websearch")
    found = SearchEntry.objects.visible_to(user).filter(document=query)
    if kind:
        found = found.filter(kind=kind)
    return list(
        found.annotate(rank=SearchRank(F("document"), query)).order_by("-rank", "-happened_at", "-pk")[:SHOWN]
    )


def people_named(start, limit=8):
    """Active people with a word of their name that begins with `start`, without regard to accents."""
    start = start.strip()
    if not start:
        return []
    begins = Q(name__unaccent__istartswith=start) | Q(name__unaccent__icontains=f" {start}")
    return list(User.objects.active().filter(begins).order_by("name", "pk")[:limit])
