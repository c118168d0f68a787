"""Telling people in time that a clock runs out, and those above them that it has."""

import logging

from django.db import transaction

from coordination.models import Clock, Request, State
from prodops import activity

from . import clocks

log = logging.getLogger(__name__)
VERBS = {
    clocks.WARNED: "request.due_soon",
    clocks.OVERDUE: "request.overdue",
    clocks.ESCALATED: "request.escalated",
}
MOST = 500  # clocks in one round


def remind(*, at):
    """Take every clock on whose next step has come. Each step is told once; returns how many were.

    After a time without workers only the gravest step that has come is told: a warning that the time is
    nearly over says nothing once it is.
    """
    due = Clock.objects.filter(met_at=None, next_step_at__lte=at, request__state=State.NEW)
    ids = due.order_by("next_step_at", "pk").values_list("pk", flat=True)[:MOST]
    return sum(_alone(pk, at) for pk in list(ids))


def _alone(pk, at):
    """One step; what fails with one clock, as an unusable calendar, keeps no other from its own."""
    try:
        return _step(pk, at)
    except Exception:
        log.exception("Clock %s was not taken on", pk)
        return False


@transaction.atomic
def _step(clock_id, at):
    free = Clock.objects.select_for_update(of=("self",), skip_locked=True).select_related("policy__calendar")
    clock = free.filter(pk=clock_id, met_at=None, next_step_at__lte=at).first()
    if clock is None:  # met or told meanwhile
        return False
    told, step_at = clock.told, clock.next_step_at
    while step_at and step_at <= at:
        told += 1
        step_at = clocks.next_step(clock, clock.policy, told)
    Clock.objects.filter(pk=clock.pk).update(told=told, next_step_at=step_at)
    request = Request.objects.get(pk=clock.request_id)
    data = {"what": clock.get_kind_display().lower(), "due": clock.due_at.isoformat(), "from": clock.told}
    activity.record(VERBS[told], on=request, by=None, at=at, data=data)
    return True
