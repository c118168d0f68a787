"""What product ops set: working hours, and how soon requests are answered and decided."""

from django.db import transaction
from django.db.models import Max

from coordination.models import Request, SlaPolicy, State
from prodops import activity, jobs

from . import clocks

BATCH = 500


@transaction.atomic
def save_calendar(calendar, *, by, at):
    """Keep a new or a changed calendar; running clocks that count by it are set again."""
    calendar.hours()  # what cannot be counted by is refused here at the latest
    new = calendar.pk is None
    calendar.save()
    activity.record(f"business_calendar.{'added' if new else 'changed'}", on=calendar, by=by, at=at)
    if not new:
        for policy in SlaPolicy.objects.filter(calendar=calendar):
            jobs.enqueue("coordination.tasks.follow_policy", policy_id=policy.pk)


@transaction.atomic
def save_policy(policy, *, by, at):
    """Keep a new or a changed policy; a new one stands last. Clocks that run under it are set again.

    Requests that wait already get clocks by `apply_to_waiting` only.
    """
    new = policy.pk is None
    if new:
        last = SlaPolicy.objects.aggregate(last=Max("position"))["last"]
        policy.position = 0 if last is None else last + 1
    policy.save()
    activity.record(f"sla_policy.{'added' if new else 'changed'}", on=policy, by=by, at=at)
    if not new:
        jobs.enqueue("coordination.tasks.follow_policy", policy_id=policy.pk)


@transaction.atomic
def retire_policy(policy, *, by, at):
    """No request comes under it any more. Those that are keep their clocks."""
    if SlaPolicy.objects.filter(pk=policy.pk, retired_at=None).update(retired_at=at):
        policy.refresh_from_db()
        activity.record("sla_policy.retired", on=policy, by=by, at=at)


@transaction.atomic
def restore_policy(policy, *, by, at):
    if SlaPolicy.objects.filter(pk=policy.pk).exclude(retired_at=None).update(retired_at=None):
        policy.refresh_from_db()
        activity.record("sla_policy.restored", on=policy, by=by, at=at)


@transaction.atomic
def raise_policy(policy, *, by, at):
    """Try it before the one above it."""
    rows = list(SlaPolicy.objects.live().select_for_update().order_by("position", "pk"))
    place = next((place for place, one in enumerate(rows) if one.pk == policy.pk), 0)
    if not place:
        return
    rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for position, one in enumerate(rows):
        one.position = position
    SlaPolicy.objects.bulk_update(rows, ["position"])
    activity.record("sla_policy.raised", on=policy, by=by, at=at)


def apply_to_waiting(*, at):
    """Choose the policy of every undecided request again; returns how many there were. Safe to run twice."""
    policies = list(SlaPolicy.objects.live().for_list())
    last, seen = 0, 0
    while True:
        rows = Request.objects.filter(state=State.NEW, pk__gt=last).order_by("pk")
        with transaction.atomic():
            batch = list(rows.select_for_update(of=("self",), no_key=True)[:BATCH])
            if not batch:
                return seen
            clocks.start(batch, at=at, policies=policies)
        last, seen = batch[-1].pk, seen + len(batch)


def follow(policy_id):
    """After a change of the policy or its calendar. Safe to run twice."""
    policy = SlaPolicy.objects.select_related("calendar").filter(pk=policy_id).first()
    if policy is not None:
        clocks.follow(policy)
