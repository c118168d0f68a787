"""Keeping the triage inbox in order: put off, take back up, give to an area or a person."""

from django.db import transaction

from coordination.models import Request, State, WakeOn
from prodops import activity, search, words

from . import clocks
from .decisions import AlreadyDecided, CannotDecide, asleep, sleep_again, who_was_first

MOVED = [
    f"request.{done}" for done in ("assigned", "returned", "let_go", "snoozed", "woken", "woken_by", "routed")
]


@transaction.atomic
def snooze(request, *, until, by, at, wake_on="", seen_at=None):
    """Put a new request off: it is not in the inbox before `until`, or before what it waits for (`WakeOn`).

    Its clocks stand still meanwhile. Where somebody else moved it after `seen_at`, nothing is changed and
    `CannotDecide` says what they did.
    """
    if until <= at:
        raise CannotDecide("Choose a time that lies ahead.")
    _still(request, by=by, seen_at=seen_at)
    _change(request, snoozed_until=until, snoozed_for=wake_on)
    clocks.pause(request, at=at, until=until)
    data = {"until": until.isoformat(), "for": wake_on}
    activity.record("request.snoozed", on=request, by=by, at=at, data=data)


@transaction.atomic
def wake(request, *, by, at):
    """Take a request back up before its time."""
    _change(request, snoozed_until=None, snoozed_for="")
    clocks.resume(request, at=at)
    activity.record("request.woken", on=request, by=by, at=at)


@transaction.atomic
def wake_on(event, request_id, *, at):
    """What a request was put off for has happened (`event` is a `WakeOn`): it is back. True if it was so."""
    asleep = Request.objects.filter(pk=request_id, state=State.NEW, snoozed_for=event, snoozed_until__gt=at)
    if not asleep.update(snoozed_until=None, snoozed_for=""):
        return False
    request = Request.objects.for_list().get(pk=request_id)
    clocks.resume(request, at=at)
    why = {"why": WakeOn(event).label.lower()}
    activity.record("request.woken_by", on=request, by=None, at=at, data=why)
    return True


@transaction.atomic
def assign(request, *, area, by, at, assignee=None, seen_at=None):
    """Give a new request to an area, and perhaps to a person; it waits there from now on.

    They are told by the event, the area's owner where no person is named. `seen_at` as for `snooze`.
    """
    _still(request, by=by, seen_at=seen_at)
    if (request.area_id, request.assignee_id) == (area.pk, assignee.pk if assignee else None):
        raise CannotDecide(f"{request.ref} is there already.")
    was = request.area.name if request.area_id else ""
    before = {"area": request.area_id, "assignee": request.assignee_id}
    slept = asleep(request, at)
    _change(request, area=area, assignee=assignee, snoozed_until=None, snoozed_for="")
    if slept:
        clocks.resume(request, at=at)
    person = assignee.name if assignee else ""
    data = {"from": was, "to": area.name, "person": person, "before": before, "slept": slept}
    activity.record("request.assigned", on=request, by=by, at=at, data=data)
    search.index(request)


@transaction.atomic
def let_go(request_id, *, at):
    """Take an undecided request from somebody who has left: those next in line decide it, and are told."""
    theirs = Request.objects.filter(pk=request_id, state=State.NEW, assignee__is_active=False)
    request = theirs.for_list().first()
    if request is None:
        return
    person = request.assignee.name
    if theirs.update(assignee=None):
        request.reload()
        activity.record("request.let_go", on=request, by=None, at=at, data={"person": person})


@transaction.atomic
def unassign(request, *, by, at):
    """Undo what the person did last: the request is where it was before they gave it away, put off as it
    was."""
    last = activity.history(request).filter(verb="request.assigned").first()
    if last is None or last.by_id != by.pk or "before" not in last.data:
        raise CannotDecide(f"{request.ref} was not given away by you last.")
    before = last.data["before"]
    if (request.area_id, request.assignee_id) == (before["area"], before["assignee"]):
        raise CannotDecide(f"{request.ref} is back there already.")
    _change(request, area_id=before["area"], assignee_id=before["assignee"])
    sleep_again(request, last.data.get("slept"), at=at)
    request.reload()
    data = {"to": request.area.name if request.area_id else "nobody yet"}
    activity.record("request.returned", on=request, by=by, at=at, data=data)
    search.index(request)


def _still(request, *, by, seen_at):
    """Hold the request, and see that nobody else moved it after `by` looked at it."""
    list(Request.objects.select_for_update(of=("self",)).filter(pk=request.pk).values_list("pk"))
    if seen_at is None:
        return
    since = activity.history(request).filter(verb__in=MOVED, at__gt=seen_at).exclude(by=by).first()
    if since is not None:
        request.reload()
        who = since.by.name if since.by else "Prodops"
        raise CannotDecide(
            f"{who} was quicker with {request.ref} and {words.of(since)}. Nothing of yours was changed: look "
            "again, and do it once more if it is still right."
        )


def _change(request, **fields):
    """An update on condition that nobody decided meanwhile."""
    won = Request.objects.filter(pk=request.pk, state=State.NEW).update(**fields)
    request.reload()
    if not won:
        raise AlreadyDecided(who_was_first(request))
