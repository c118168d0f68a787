"""Reads of the kernel that span models: finding things by their words, and people by name."""

from django.db.models import Q

from prodops import subjects
from prodops.access import allowed
from prodops.models import Favourite, User
from prodops.searching.asked import MOST_WORDS
from prodops.searching.found import COUNTED, jump, search


def favourites_of(user, start="", limit=30):
    """The person's favourites with every word of `start` in their title.

    What the role no longer lets them read is not shown: title and address would tell of it.
    """
    readable = [label for label, can in subjects.registered().items() if allowed(user, can)]
    mine = Favourite.objects.filter(user=user, subject_type__in=readable)
    for word in start.split()[:MOST_WORDS]:
        mine = mine.filter(title__unaccent__icontains=word)
    return list(mine.order_by("-at")[:limit])


def people_named(start, limit=8):
    """Active people with a word of their name that begins with `start`, without regard to accents."""
    start = start.strip()
    if not start:
        return []
    begins = Q(name__unaccent__istartswith=start) | Q(name__unaccent__icontains=f" {start}")
    return list(User.objects.active().filter(begins).order_by("name", "pk")[:limit])


__all__ = ["COUNTED", "favourites_of", "jump", "people_named", "search"]
