"""What Fernway means to build, what it told those who asked, and what it promised."""

import datetime as dt

from django.conf import settings

from coordination.models import (
    Addressee,
    Audience,
    BlockedTerm,
    DueBy,
    ItemState,
    Message,
    MessageKind,
    Promise,
    Request,
    RequestComment,
    RoadmapItem,
    RoadmapLink,
    State,
    Voice,
)
from coordination.queries import recipients
from process.models import CycleState, KeyResult, Kind, Objective, Source
from prodops import search
from prodops.models import Role, User
from prodops.quarters import Quarter

# title, words for those who asked, state, quarters from now; the words of the requests it answers
ITEMS = [
    (
        "Project Heron: any date",
        "Imports read dates as you write them",
        "in_progress",
        0,
        "date",
    ),
    ("Plan versions", "Two plans side by side, before you commit", "planned", 1, "plan"),
    ("E-invoicing, second country", "Structured e-invoices for more countries", "planned", 2, "invoice"),
    ("Driver app: offline board", "The driver app works without a signal", "considering", None, "driver"),
    ("Proof of delivery, faster", "Proof of delivery reaches you within a minute", "shipped", -1, "delivery"),
]
TERMS = [("Project Heron", "the new import"), ("Sunset list", ""), ("Tier C", "your plan")]


def build(world):
    ops = User.objects.active().filter(role=Role.PRODUCT_OPS).order_by("pk").first()
    at = world.moment(20, 10)
    BlockedTerm.objects.bulk_create(
        BlockedTerm(term=term, instead=instead, added_by=ops, added_at=at) for term, instead in TERMS
    )
    items = [_item(world, *one) for one in ITEMS]
    search.index_many(items)
    _follow(items[0])
    _talk(world, ops)
    _promises(world, items)


def _follow(item):
    """A key result of the running cycle whose milestones are those of an item."""
    running = Objective.objects.filter(cycle__state=CycleState.ACTIVE, key_results__isnull=False)
    objective = running.order_by("pk").first()
    if objective is not None:
        KeyResult.objects.create(
            objective=objective,
            title="Dates are read as people write them, everywhere",
            kind=Kind.MILESTONES,
            source=Source.ROADMAP,
            start=None,
            target=None,
            item_label="coordination.roadmapitem",
            item_id=item.pk,
            owner=objective.owner,
            position=objective.key_results.count(),
        )


def _item(world, title, words, state, ahead, about):
    found = Request.objects.filter(title__icontains=about, state__in=[State.NEW, State.ACCEPTED])
    asked = list(found.select_related("area__owner").order_by("-arr_total", "pk")[:4])
    area = asked[0].area if asked else next(iter(world.areas.values()))
    owner = (area and area.owner) or next(iter(world.people.values()))
    moved = world.moment(9, 11)
    item = RoadmapItem.objects.create(
        title=title,
        public_words=words,
        state=state,
        area=area,
        owner=owner,
        created_by=owner,
        created_at=world.moment(60, 9),
        changed_at=moved,
        shipped_at=moved if state == ItemState.SHIPPED else None,
        **_due(world.today, ahead),
    )
    RoadmapLink.objects.bulk_create(
        RoadmapLink(request=one, item=item, linked_by=owner, linked_at=moved) for one in asked
    )
    return item


def _due(today, ahead):
    if ahead is None:
        return {}
    quarter = Quarter.of(today, settings.FISCAL_YEAR_START_MONTH)
    for _ in range(abs(ahead)):
        quarter = quarter.next if ahead > 0 else quarter.previous
    return {"due_on": quarter.last_day, "due_by": DueBy.QUARTER}


def _talk(world, ops):
    """A note among ourselves, an answer to those who asked, and what one of them replied."""
    asked = Request.objects.filter(state=State.NEW, submitted_at__lt=world.moment(3, 5))
    for place, request in enumerate(asked.order_by("-arr_total", "pk")[:3]):
        at = world.moment(3, 9 + place)
        message = Message.objects.create(
            kind=MessageKind.COMMENT,
            request=request,
            key=f"demo:{request.pk}",
            sent_by=ops,
            sent_at=at,
            words="Thank you, we are looking into it. Could you send us one example from this week?",
        )
        message.requests.set([request])
        Addressee.objects.bulk_create(
            Addressee(message=message, request=one.request, user=one.user, email=one.email, name=one.name)
            for one in recipients([request])
        )
        said = {"request": request, "body": "Their renewal hangs on this. Keep it among us for now."}
        RequestComment.objects.bulk_create(
            [
                RequestComment(**said, author=ops, audience=Audience.INTERNAL, at=at - dt.timedelta(hours=2)),
                RequestComment(
                    request=request,
                    body=message.words,
                    author=ops,
                    audience=Audience.PUBLIC,
                    message=message,
                    at=at,
                ),
                RequestComment(
                    request=request,
                    body="I have one from this morning and attach it.",
                    author=request.submitter,
                    audience=Audience.PUBLIC,
                    at=at + dt.timedelta(hours=3),
                ),
            ]
        )


def _promises(world, items):
    """Some open, one of them past its day, one kept."""
    asked = Voice.objects.filter(request__roadmap_links__item__in=items)
    voices = asked.select_related("account", "added_by", "request").order_by("pk")[:5]
    for place, voice in enumerate(voices):
        item = next(one for one in items if one.links.filter(request=voice.request_id).exists())
        kept = {"state": "kept", "closed_by": voice.added_by, "closed_at": world.moment(2, 15)}
        Promise.objects.create(
            account=voice.account,
            request=voice.request,
            item=item,
            words=f"{item.public_words}: you will have it in time for your peak season.",
            made_by=voice.added_by,
            made_on=world.today - dt.timedelta(40 - 5 * place),
            due_on=world.today + dt.timedelta(30 * place - 12),
            created_at=world.moment(40 - 5 * place, 14),
            **(kept if place == 4 else {}),
        )
