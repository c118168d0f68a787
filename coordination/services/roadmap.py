"""What is to be built: written down, moved, linked to what was asked, and told when it is there."""

from contextlib import suppress

from django.db import transaction
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Coalesce

from coordination import queries
from coordination.models import (
    ITEM_MOVES,
    STEPS,
    ItemState,
    Message,
    MessageKind,
    Request,
    RoadmapItem,
    RoadmapLink,
    State,
    WakeOn,
    due_in_words,
)
from prodops import activity, search

from . import decisions, inbox, outgoing
from .together import alone_or_beside


class CannotMove(Exception):
    """The item cannot go there, or somebody else moved it meanwhile."""


class Changed(Exception):
    """Somebody else saved the item while one wrote."""


@transaction.atomic
def create(*, by, at, owner=None, request=None, override="", **fields):
    """A new item, linked to `request` if it came from one; its public words are checked as in `edit`."""
    alone_or_beside()
    if fields.get("public_words"):
        outgoing.ensure_fit(fields["public_words"], [request] if request else [], override=override)
    item = RoadmapItem.objects.create(
        owner=owner or by, created_by=by, created_at=at, changed_at=at, **fields
    )
    activity.record("roadmapitem.created", on=item, by=by, at=at)
    search.index(item)
    if request:
        link(request, item, by=by, at=at)
    return item


@transaction.atomic
def edit(item, *, version, by, at, override="", **fields):
    """Save an item that is still at `version`; raises `Changed`. A new date is news to those who asked.

    New `public_words` are read by all who asked: raises `outgoing.Blocked` where something in them should
    not leave the house and no `override` says why it may.
    """
    alone_or_beside()
    before = RoadmapItem.objects.select_for_update().get(pk=item.pk)
    if fields["public_words"] not in ("", before.public_words):
        asked = list(Request.objects.filter(roadmap_links__item=item))
        outgoing.ensure_fit(fields["public_words"], asked, override=override)
    if before.version != version:
        raise Changed("Somebody saved this item while you wrote. Look at it again, then save yours.")
    was, moved = before.due_words, (before.due_on, before.due_by) != (fields["due_on"], fields["due_by"])
    RoadmapItem.objects.filter(pk=item.pk).update(version=F("version") + 1, **fields)
    if moved:
        data = {
            "was": was or "no date",
            "to": due_in_words(fields["due_on"], fields["due_by"]) or "no date",
            "was_on": before.due_on.isoformat() if before.due_on else None,
        }
        activity.record("roadmapitem.rescheduled", on=before, by=by, at=at, data=data)
        _is_news(item, at)
    if any(getattr(before, name) != value for name, value in fields.items() if not name.startswith("due_")):
        activity.record("roadmapitem.edited", on=before, by=by, at=at)
    item.refresh_from_db()
    search.index(item)


@transaction.atomic
def move(item, *, to, seen, by, at):
    """Bring the item from the state that one saw to another; raises `CannotMove`."""
    if to not in ITEM_MOVES[ItemState(seen)]:
        raise CannotMove(f"From “{ItemState(seen).label}” it cannot become “{ItemState(to).label}”.")
    alone_or_beside()
    shipped = {"shipped_at": at if to == ItemState.SHIPPED else None}
    won = RoadmapItem.objects.filter(pk=item.pk, state=seen).update(
        state=to, version=F("version") + 1, **shipped
    )
    item.refresh_from_db()
    if not won:
        raise CannotMove(f"Somebody was quicker: it is “{item.get_state_display()}” now.")
    data = {"was": ItemState(seen).label, "to": ItemState(to).label, "state": to, "from": seen}
    activity.record("roadmapitem.moved", on=item, by=by, at=at, data=data)
    search.index(item)
    _is_news(item, at)
    for request in Request.objects.for_list().filter(roadmap_links__item=item).order_by("pk"):
        if to == ItemState.SHIPPED:
            inbox.wake_on(WakeOn.SHIPPED, request.pk, at=at)
        else:
            follow(request, by=by, at=at)


def _is_news(item, at):
    """The item changed for those who asked: it stands among what changed in "My requests"."""
    RoadmapItem.objects.filter(pk=item.pk).update(changed_at=at)
    linked = Request.objects.filter(roadmap_links__item=item)
    roots = list(
        linked.order_by().values_list(Coalesce("root", "pk", output_field=BigIntegerField()), flat=True)
    )
    Request.objects.filter(Q(pk__in=roots) | Q(root__in=roots)).update(changed_at=at)


@transaction.atomic
def link(request, item, *, by, at):
    """Say that the item answers the request; once. Returns whether it is new."""
    alone_or_beside()
    _, new = RoadmapLink.objects.get_or_create(
        request=request, item=item, defaults={"linked_by": by, "linked_at": at}
    )
    if new:
        data = {"item": item.pk, "title": item.title}
        activity.record("request.linked", on=request, by=by, at=at, data=data)
        Request.objects.filter(Q(pk=request.pk) | Q(root=request.pk)).update(changed_at=at)
        follow(request, by=by, at=at)
    return new


@transaction.atomic
def unlink(request, item, *, by, at):
    """Take the link back: the request stands where the items that are left stand."""
    alone_or_beside()
    gone, _ = RoadmapLink.objects.filter(request=request, item=item).delete()
    if gone:
        data = {"item": item.pk, "title": item.title}
        activity.record("request.unlinked", on=request, by=by, at=at, data=data)
        follow(Request.objects.for_list().get(pk=request.pk), by=by, at=at, unlinked=True)


# How far a request has come by how far its items have; one that is dropped says nothing.
_STEP_OF = {
    ItemState.CONSIDERING: State.ACCEPTED,
    ItemState.PLANNED: State.PLANNED,
    ItemState.IN_PROGRESS: State.PROGRESS,
    ItemState.SHIPPED: State.SHIPPED,
}


@transaction.atomic
def follow(request, *, by, at, message=None, unlinked=False):
    """Bring a request that was taken on to where the least advanced of its items is: its own, and those of
    all that was merged into the same one. Without any it stays, unless the last was just `unlinked`.

    That all has shipped is said by sending the `message` which tells them so, and by nothing else; who asks
    for it when everybody in it has heard already finds it shipped.
    """
    target = request.root or request
    if target.state not in STEPS:
        return
    tree = Q(links__request=target.pk) | Q(links__request__root=target.pk)
    items = list(RoadmapItem.objects.filter(tree).distinct())
    if not items and (not unlinked or target.state == State.SHIPPED):
        return
    steps = {_STEP_OF.get(ItemState(item.state)) for item in items} - {None}
    step = min(steps, key=STEPS.index, default=State.ACCEPTED)
    if step == State.SHIPPED and message is None:
        message = _heard_by_all(target, items)
    if step == target.state or (step == State.SHIPPED and message is None):
        return
    target = Request.objects.for_list().get(pk=target.pk)
    # Somebody who decided meanwhile was first: then there is nothing to follow.
    with suppress(decisions.CannotDecide):
        decisions.advance(target, to=step, by=by, at=at, message=message)


def _heard_by_all(target, items):
    """The `Message` that said last that these items are there, if all who asked for `target` have heard of
    one; else None."""
    topics = [topic_of(item) for item in items if item.state == ItemState.SHIPPED]
    told = queries.told_of(*topics)
    people = queries.recipients(queries.tree_of([target]))
    if not people or any(one.who not in told for one in people):
        return None
    return Message.objects.filter(addressees__topic__in=topics).order_by("-sent_at", "-pk").first()


def topic_of(item):
    """What nobody hears twice of: that this item is there since it shipped last."""
    since = item.shipped_at.isoformat() if item.shipped_at else "not yet"
    return f"shipped:{item.pk}:{since}"


@transaction.atomic
def tell_shipped(item, words, *, by, at, key, override=""):
    """Tell all who asked, and who looks after their accounts, that the item is there; each once.

    However often and by how many people at once it is sent, nobody hears of it twice; who asked later is
    reached by a later sending. Raises as `outgoing.send` does, and `CannotSend` before it has shipped.
    """
    alone_or_beside()
    locked = RoadmapItem.objects.select_for_update().get(pk=item.pk)
    if locked.state != ItemState.SHIPPED:
        raise outgoing.CannotSend("It has not shipped: nobody can be told that it is there.")
    about = list(Request.objects.filter(roadmap_links__item=item).order_by("pk"))
    if not about:
        raise outgoing.CannotSend("No request is linked to it, so there is nobody to tell.")
    message = outgoing.send(
        words,
        kind=MessageKind.SHIPPED,
        key=f"shipped:{key}",
        item=item,
        about=about,
        topic=topic_of(locked),
        owners=True,
        by=by,
        at=at,
        override=override,
    )
    for request in Request.objects.for_list().filter(pk__in=[one.pk for one in about]).order_by("pk"):
        follow(request, by=by, at=at, message=message)
    return message
