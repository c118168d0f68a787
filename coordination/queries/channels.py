"""What the pages of channels and types show."""

from typing import NamedTuple

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coordination.models import Request

SHOWN = 8


class ChannelPage(NamedTuple):
    latest: list[Request]
    total: int
    recent: int
    waiting: int


def with_traffic(channels, *, since):
    """Channels with `recent`, the requests by each after `since`, and `last_at`; open ones first."""
    mine = Request.objects.filter(channel=OuterRef("pk")).order_by().values("channel")
    recent = mine.filter(submitted_at__gte=since).values(n=Count("pk"))
    last = mine.values(at=Max("submitted_at"))
    counted = channels.annotate(recent=Coalesce(Subquery(recent), 0), last_at=Subquery(last))
    return counted.order_by(F("closed_at").asc(nulls_first=True), "name", "pk")


def channel_page(channel, *, user, since):
    """What came in by `channel`: the latest that `user` may read, and how many there are."""
    came = Request.objects.visible_to(user).filter(channel=channel)
    counts = came.aggregate(
        total=Count("pk"),
        recent=Count("pk", filter=Q(submitted_at__gte=since)),
        waiting=Count("pk", filter=Q(state="new")),
    )
    return ChannelPage(list(came.for_list().order_by("-submitted_at", "-pk")[:SHOWN]), **counts)


def types_with_counts(types):
    """Types with the number of requests of each; those on offer first, as people order them."""
    mine = Request.objects.filter(type=OuterRef("pk")).order_by().values("type").values(n=Count("pk"))
    counted = types.annotate(requests=Coalesce(Subquery(mine), 0))
    return counted.order_by(F("retired_at").asc(nulls_first=True), "position", "name")
