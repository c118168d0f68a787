"""Saved searches with a bell: their owner is told of what is new under them, once."""

import logging
from collections import Counter

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict
from django.urls import reverse

from prodops import activity, search
from prodops.models import SavedFilter, SearchEntry
from prodops.notifications import notify
from prodops.searching import sift
from prodops.searching.found import newer

log = logging.getLogger(__name__)
PAGE = "search"  # the URL name whose saved views are searches
MOST = 100  # hits that one notification counts


def _newest():
    return SearchEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0


def ring(view, *, on):
    """Tell the owner from now on, or no longer; what is there already is not news."""
    here = _newest()
    SavedFilter.objects.filter(pk=view.pk).update(bell=on, heard_to=here, heard_next=here, told=[])


def tell_all(*, at):
    """Look under every saved search with a bell. One that fails keeps none of the others back."""
    for pk in SavedFilter.objects.filter(bell=True, user__is_active=True).values_list("pk", flat=True):
        try:
            tell(pk, at=at)
        except Exception:
            log.exception("Saved search %s was not looked under", pk)


@transaction.atomic
def tell(pk, *, at):
    """Tell the owner of one saved search what is new under it and may be seen by them; once each."""
    free = SavedFilter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    view = free.filter(pk=pk, bell=True).first()
    if view is None:
        return
    here, params = _newest(), QueryDict(view.query)
    hits = newer(params.get("q", ""), user=view.user, sift=sift.read(params), than=view.heard_to, limit=MOST)
    fresh = [(entry, kind) for entry, kind in hits if entry not in set(view.told)]
    told = [entry for entry in {*view.told, *(entry for entry, _ in hits)} if entry > view.heard_next]
    SavedFilter.objects.filter(pk=pk).update(
        heard_to=view.heard_next, heard_next=max(here, view.heard_next), told=sorted(told)
    )
    if fresh:
        event = activity.record("search.heard", on=view, by=None, at=at, data={"hits": len(fresh)})
        url = f"{reverse(PAGE)}?{view.query}"
        notify([view.user], event=event, text=_in_words(view, fresh), url=url[:300])


def _in_words(view, fresh):
    """ "3 new results for “Fuel”: 2 highlights, 1 insight". No titles: who loses sight of them keeps none."""
    counts = Counter(kind for _, kind in fresh)
    parts = [f"{number} {_plural(kind)}" for kind, number in counts.most_common(4)]
    word = "result" if len(fresh) == 1 else "results"
    more = "+" if len(fresh) >= MOST else ""
    return f"{len(fresh)}{more} new {word} for “{view.name}”: {', '.join(parts)}"


def _plural(key):
    known = search.kind(key)
    name = known.plural if known else key
    return name if name[:2].isupper() else name.lower()
