"""Keeping the triage inbox in order: put off, take back up, give to an area or a person."""

from django.db import transaction

from coordination.models import Request, State
from prodops import activity, search

from .decisions import AlreadyDecided, CannotDecide, who_was_first


@transaction.atomic
def snooze(request, *, until, by, at):
    """Put a new request off: it is not in the inbox before `until`."""
    if until <= at:
        raise CannotDecide("Choose a time that lies ahead.")
    _change(request, snoozed_until=until)
    activity.record("request.snoozed", on=request, by=by, at=at, data={"until": until.isoformat()})


@transaction.atomic
def wake(request, *, by, at):
    """Take a request back up before its time."""
    _change(request, snoozed_until=None)
    activity.record("request.woken", on=request, by=by, at=at)


@transaction.atomic
def assign(request, *, area, by, at, assignee=None):
    """Give a new request to an area, and perhaps to a person; it waits there from now on.

    They are told by the event, the area's owner where no person is named.
    """
    if (request.area_id, request.assignee_id) == (area.pk, assignee.pk if assignee else None):
        raise CannotDecide(f"{request.ref} is there already.")
    was = request.area.name if request.area_id else ""
    _change(request, area=area, assignee=assignee, snoozed_until=None)
    data = {"from": was, "to": area.name, "person": assignee.name if assignee else ""}
    activity.record("request.assigned", on=request, by=by, at=at, data=data)
    search.index(request)


def _change(request, **fields):
    """An update on condition that nobody decided meanwhile."""
    won = Request.objects.filter(pk=request.pk, state=State.NEW).update(**fields)
    request.reload()
    if not won:
        raise AlreadyDecided(who_was_first(request))
