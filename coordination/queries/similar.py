"""Requests that ask for much the same, most likely first."""

from coordination.matching import best_of_each, enough, fuse, query_text
from coordination.models import Request

from .candidates import candidates

LOOKED_AT = 40  # of the likeliest hits, whose merged ones may lead to the same request


def similar_requests(title, body="", *, limit=5, apart_from=0):
    """Up to `limit` `Request`s that ask for much the same, most likely first; [] for too few words.

    A merged request stands for the one it was joined with, and each is there once. Requests of every team
    are found, since finding another team's is the point: who may read more than title, state and number of
    accounts is the caller's matter (`suggestions` says it). `apart_from` is the id of a request to leave
    out, with all that was joined with it.
    """
    title, body = query_text(title, body)
    if limit < 1 or not enough(title, body):
        return []
    found, roots = candidates(title, body, apart_from=apart_from)
    likeliest = fuse(found, limit=max(LOOKED_AT, limit * 4))
    shown = best_of_each(likeliest, roots, apart_from=apart_from, limit=limit)
    requests = Request.objects.for_list().in_bulk(shown)
    return [requests[pk] for pk in shown if pk in requests]


def suggestions(title, body="", *, user, limit=5, apart_from=0):
    """The same for showing to `user`: each has `readable`, whether they may read more than its title."""
    found = similar_requests(title, body, limit=limit, apart_from=apart_from)
    readable = Request.objects.visible_to(user).filter(pk__in=[request.pk for request in found])
    may_read = set(readable.values_list("pk", flat=True)) if found else set()
    for request in found:
        request.readable = request.pk in may_read
    return found


def merge_targets(request, words, *, user):
    """What `request` may be joined with: what `words` find (a number, or a text), else what is like it."""
    number = words.strip().upper().removeprefix("REQ-")
    others = Request.objects.visible_to(user).filter(merged_into=None).exclude(pk=request.pk).for_list()
    if number.isascii() and number.isdecimal() and len(number) < 10:
        return list(others.filter(pk=number))
    if not words.strip():
        return suggestions(request.title, request.problem, user=user, apart_from=request.pk)
    if found := suggestions(words, user=user, apart_from=request.pk, limit=8):
        return found
    return list(others.filter(title__icontains=words.strip()).order_by("-accounts_count", "-pk")[:8])
