"""Channels and types of requests: opened, changed, closed; nothing that came in is ever lost by it."""

from django.db import transaction
from django.db.models import Max

from coordination.models import Channel, RequestType
from prodops import activity
from prodops.services import slugs


class NotNow(Exception):
    """It is so already, or cannot be; the words say why."""


@transaction.atomic
def open_channel(*, name, kind, owner, by, at, team=None, area=None, type=None):
    """Open a door of `kind`. How it is reached is set up on its own page."""
    channel = Channel.objects.create(
        slug=slugs.unused(Channel, name),
        name=name,
        kind=kind,
        owner=owner,
        team=team,
        area=area,
        type=type,
        created_by=by,
        created_at=at,
    )
    activity.record("channel.opened", on=channel, by=by, at=at, data={"kind": channel.get_kind_display()})
    return channel


@transaction.atomic
def change(channel, *, by, at, **fields):
    """Change name, owner, team, area or type; what came in keeps what it has. False where nothing differs."""
    changed = [name for name, value in fields.items() if getattr(channel, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(channel, name, fields[name])
    channel.save(update_fields=changed)
    activity.record("channel.changed", on=channel, by=by, at=at, data={"what": ", ".join(changed)})
    return True


@transaction.atomic
def close(channel, *, by, at):
    """Take nothing more; what came in stays."""
    if not Channel.objects.filter(pk=channel.pk, closed_at=None).update(closed_at=at):
        raise NotNow("This channel is closed already.")
    channel.closed_at = at
    activity.record("channel.closed", on=channel, by=by, at=at)


@transaction.atomic
def reopen(channel, *, by, at):
    if not Channel.objects.filter(pk=channel.pk, closed_at__isnull=False).update(closed_at=None):
        raise NotNow("This channel is open already.")
    channel.closed_at = None
    activity.record("channel.reopened", on=channel, by=by, at=at)


@transaction.atomic
def add_type(name, *, by, at):
    """Add a type of requests, last in the list."""
    last = RequestType.objects.aggregate(last=Max("position"))["last"]
    kind = RequestType.objects.create(
        slug=slugs.unused(RequestType, name), name=name, position=0 if last is None else last + 1
    )
    activity.record("request_type.added", on=kind, by=by, at=at)
    return kind


@transaction.atomic
def rename_type(kind, name, *, by, at):
    if kind.name == name:
        return False
    before, kind.name = kind.name, name
    kind.save(update_fields=["name"])
    activity.record("request_type.renamed", on=kind, by=by, at=at, data={"before": before})
    return True


@transaction.atomic
def retire_type(kind, *, by, at):
    """Offer it no more; requests of this type keep it."""
    if not RequestType.objects.filter(pk=kind.pk, retired_at=None).update(retired_at=at):
        raise NotNow("This type is not offered any more already.")
    activity.record("request_type.retired", on=kind, by=by, at=at)


@transaction.atomic
def restore_type(kind, *, by, at):
    if not RequestType.objects.filter(pk=kind.pk, retired_at__isnull=False).update(retired_at=None):
        raise NotNow("This type is offered already.")
    activity.record("request_type.restored", on=kind, by=by, at=at)


@transaction.atomic
def raise_type(kind, *, by, at):
    """Move it one place up among the types on offer."""
    rows = list(RequestType.objects.select_for_update().live())
    places = [one.pk for one in rows]
    place = places.index(kind.pk) if kind.pk in places else 0
    if place == 0:
        raise NotNow("This type stands first already.")
    rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for position, one in enumerate(rows):
        one.position = position
    RequestType.objects.bulk_update(rows, ["position"])
    activity.record("request_type.raised", on=kind, by=by, at=at)
