"""Reads of the kernel that span models."""

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from prodops.models import SearchEntry

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
