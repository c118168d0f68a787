"""What is linked to requests, and what requests hang on an item of the roadmap."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coordination.models import (
    Addressee,
    ItemState,
    Request,
    RequestEvidence,
    RequestLink,
    RoadmapItem,
    RoadmapLink,
)
from process.models import Document
from prodops import progress
from prodops.clock import company_day
from research.models import Highlight, Insight

FOUND = 6  # of each kind, while one types


class Links(NamedTuple):
    """What a request's card shows: `items` are (link, item), `others` links, `evidence` quotes."""

    items: list[RoadmapLink]
    others: list[RequestLink]
    evidence: list[RequestEvidence]


def links_of(request, *, user):
    """All that hangs on a request and on all that was merged into the same one, as far as the member may read
    it."""
    tree = _tree(request.root_id or request.pk)
    items = RoadmapLink.objects.filter(request__in=tree).select_related("item", "linked_by", "request")
    readable = Q(insight=None) | Q(insight__in=Insight.objects.visible_to(user))
    others = RequestLink.objects.filter(readable, request__in=tree)
    quotes = RequestEvidence.objects.filter(
        request__in=tree, highlight__in=Highlight.objects.visible_to(user)
    )
    return Links(
        list(items.order_by("linked_at", "pk")),
        list(others.select_related("insight", "document", "linked_by").order_by("linked_at", "pk")),
        list(quotes.select_related("highlight__session__study", "made_by", "voice").order_by("pk")),
    )


def becoming_of(requests):
    """{request id: [item]}: what will answer each request, or any that was merged into the same one."""
    roots = {one.root_id or one.pk for one in requests}
    links = RoadmapLink.objects.filter(Q(request__in=roots) | Q(request__root__in=roots))
    links = links.annotate(hangs_on=Coalesce("request__root", "request"))
    by_root: dict[int, dict[int, RoadmapItem]] = defaultdict(dict)
    for link in links.select_related("item").order_by("pk"):
        by_root[link.hangs_on].setdefault(link.item_id, link.item)
    return {one.pk: list(by_root[one.root_id or one.pk].values()) for one in requests}


def _tree(root):
    """Ids of a request and of all that was merged into it."""
    return Request.objects.filter(Q(pk=root) | Q(root=root)).order_by().values("pk")


class Targets(NamedTuple):
    items: list[RoadmapItem]
    insights: list[Insight]
    documents: list[Document]

    @property
    def anything(self):
        return bool(self.items or self.insights or self.documents)


def link_targets(request, words, *, user):
    """What the request may be linked to: what has all of `words` in its title, else what is of its area."""
    said = Q()
    for word in words.split()[:8]:
        said &= Q(title__icontains=word)
    near: Any = said if words.strip() else Q(area=request.area_id) if request.area_id else Q()
    taken = links_of(request, user=user)
    items = (
        RoadmapItem.objects.visible_to(user).filter(near).exclude(pk__in=[one.item_id for one in taken.items])
    )
    insights = (
        Insight.objects.visible_to(user)
        .filter(near)
        .exclude(pk__in=[one.insight_id for one in taken.others if one.insight_id])
    )
    documents = (
        Document.objects.visible_to(user)
        .filter(near)
        .exclude(pk__in=[one.document_id for one in taken.others if one.document_id])
    )
    return Targets(
        list(items.for_list().order_by("-changed_at", "-pk")[:FOUND]),
        list(insights.for_list().order_by("-updated_at", "-pk")[:FOUND]),
        list(documents.for_list().order_by("-pk")[:FOUND]),
    )


def requests_of(item, *, user):
    """The requests that an item answers, with who linked them."""
    readable = Request.objects.visible_to(user)
    links = RoadmapLink.objects.filter(item=item, request__in=readable)
    related = ("request__area", "request__submitter", "request__root", "linked_by")
    return list(links.select_related(*related).order_by("-request__arr_total", "pk"))


def asked_by(item, *, user):
    """The requests of `user` and their team that an item answers, also through a merge."""
    linked = Request.objects.filter(roadmap_links__item=item).order_by()
    roots = linked.values(whole=Coalesce("root", "pk", output_field=BigIntegerField()))
    return Request.objects.mine(user).filter(Q(pk__in=roots) | Q(root__in=roots))


def told_of(*topics):
    """Who heard of one of these topics already, as `Recipient.who` names them."""
    rows = Addressee.objects.filter(topic__in=topics).values_list("user_id", "email")
    return {user or email for user, email in rows}


def with_requests(items):
    """Annotates `asked`: how many requests an item answers."""
    linked = RoadmapLink.objects.filter(item=OuterRef("pk")).order_by().values("item")
    return items.annotate(asked=Coalesce(Subquery(linked.annotate(n=Count("pk")).values("n")), 0))


# step: the states in which it is done
STEPS = {
    "Planned": (ItemState.PLANNED, ItemState.IN_PROGRESS, ItemState.SHIPPED),
    "In progress": (ItemState.IN_PROGRESS, ItemState.SHIPPED),
    "Shipped": (ItemState.SHIPPED,),
}


def items_for_key_results(user):
    """What a key result can follow, of what the person may see: not what was dropped."""
    going = RoadmapItem.objects.visible_to(user).exclude(state=ItemState.DROPPED)
    return going.order_by("-changed_at", "-pk")


def progress_of(ids):
    """{item id: `progress.Thing`}: the way from plan to shipped as three milestones."""
    return {
        item.pk: progress.Thing(
            item.pk,
            item.title,
            item.get_absolute_url(),
            tuple(
                progress.Step(name, item.state in states, item.due_on if name == "Shipped" else None)
                for name, states in STEPS.items()
            ),
            company_day(item.changed_at),
        )
        for item in RoadmapItem.objects.filter(pk__in=ids)
    }
