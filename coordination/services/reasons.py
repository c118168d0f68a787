"""The codes that requests are declined by: product ops adds, changes, orders and retires them."""

from django.db import transaction
from django.db.models import Max

from coordination.models import DeclineReason
from prodops import activity
from prodops.services import slugs


class NotNow(Exception):
    """The change makes no sense as things stand; the words say why."""


@transaction.atomic
def save(reason, *, by, at):
    """Add a reason, last in the list, or change one: what was declined for it keeps the words it had."""
    created = reason.pk is None
    if created:
        last = DeclineReason.objects.aggregate(last=Max("position"))["last"]
        reason.slug = slugs.unused(DeclineReason, reason.name)
        reason.position = 0 if last is None else last + 1
    reason.save()
    activity.record("decline_reason.added" if created else "decline_reason.changed", on=reason, by=by, at=at)
    return reason


@transaction.atomic
def retire(reason, *, by, at):
    """Offer it no more; requests keep it. The last one stays: declining needs one."""
    live = list(DeclineReason.objects.select_for_update().live())
    if reason.pk not in {one.pk for one in live}:
        raise NotNow(f"“{reason}” is not offered any more already.")
    if len(live) == 1:
        raise NotNow("Declining needs a reason: add another before you retire the last one.")
    DeclineReason.objects.filter(pk=reason.pk).update(retired_at=at)
    activity.record("decline_reason.retired", on=reason, by=by, at=at)


@transaction.atomic
def restore(reason, *, by, at):
    if not DeclineReason.objects.filter(pk=reason.pk, retired_at__isnull=False).update(retired_at=None):
        raise NotNow(f"“{reason}” is offered already.")
    activity.record("decline_reason.restored", on=reason, by=by, at=at)
