"""Deciding requests: accept, decline, merge, and the ways back.

Every decision says which state the decider saw; the update is conditional on it, so that of two people
who decide at once one wins and the other is told who did.
"""

from django.db import connection, transaction

from coordination.models import MOVES, Request, State
from prodops import activity, search

from . import clocks, impact


class CannotDecide(Exception):
    """The decision is not possible; the words say why."""


class AlreadyDecided(CannotDecide):
    """Somebody else decided meanwhile."""


class WouldCircle(CannotDecide):
    """The merge would join a request with itself."""


@transaction.atomic
def accept(request, *, by, at, note="", seen=State.NEW):
    """Take the request on. `note` is for the requester and may be empty."""
    _decide(request, State.ACCEPTED, by=by, at=at, seen=seen, decision_reason=note)
    activity.record("request.accepted", on=request, by=by, at=at, data={"reason": note})
    search.index(request)


@transaction.atomic
def decline(request, *, reason, by, at, seen=State.NEW):
    """Say no, with a reason that the requester reads."""
    if not reason.strip():
        raise CannotDecide("Say why: the people who asked will read it.")
    _decide(request, State.DECLINED, by=by, at=at, seen=seen, decision_reason=reason.strip())
    activity.record("request.declined", on=request, by=by, at=at, data={"reason": reason.strip()})
    search.index(request)


@transaction.atomic
def merge(request, *, into, by, at, seen=State.NEW):
    """Join the request with another, or with the one that other was joined with.

    It is a link: both keep their text and accounts, and the other's impact counts both.
    """
    locked = _lock(request.pk, into.pk, into.root_id)
    into = locked[into.pk]
    root_id = into.root_id or into.pk
    if root_id not in locked:  # the other was joined with a third one meanwhile
        root_id = _lock(root_id)[root_id].root_id or root_id
    if root_id == request.pk:
        raise WouldCircle(f"{into.ref} is this request, or was joined with it already.")
    before = locked[request.pk]
    kept = {"decided_by": before.decided_by_id, "decided_at": before.decided_at} if before.decided_at else {}
    _decide(
        request,
        State.MERGED,
        by=by,
        at=at,
        seen=seen,
        merged_into=into.pk,
        root=root_id,
        state_before_merge=before.state,
        decision_reason=before.decision_reason,
        **kept,
    )
    earlier = Request.objects.filter(root=request.pk)
    along = list(earlier.order_by("pk").values_list("pk", flat=True))
    earlier.update(root=root_id, changed_at=at)
    impact.recount(request.pk, root_id)
    data = {"into": into.pk, "into_text": into.title, "root": root_id, "along": along}
    activity.record("request.merged", on=request, by=by, at=at, data=data)
    search.index(request)


@transaction.atomic
def unmerge(request, *, by, at):
    """Take the request out again: it is what it was before, and what was joined with it comes along."""
    request.refresh_from_db(from_queryset=Request.objects.select_for_update(of=("self",)))
    if request.state != State.MERGED:
        raise CannotDecide(f"{request.ref} is not joined with another request.")
    left, back = request.root_id, request.state_before_merge
    undecided = {"decided_by": None, "decided_at": None, "decision_reason": ""} if back == State.NEW else {}
    Request.objects.filter(pk=request.pk).update(
        state=back, merged_into=None, root=None, state_before_merge="", changed_at=at, **undecided
    )
    Request.objects.filter(pk__in=_merged_below(request)).update(root=request.pk, changed_at=at)
    impact.recount(request.pk, left)
    if back == State.NEW:
        clocks.take_back(request, decided_at=request.decided_at, at=at)
    request.reload()
    activity.record("request.unmerged", on=request, by=by, at=at, data={"from": left})
    search.index(request)


@transaction.atomic
def reopen(request, *, by, at):
    """Take a decision back: the request waits for one again."""
    request.refresh_from_db(from_queryset=Request.objects.select_for_update(of=("self",)))
    if request.state == State.MERGED:
        raise CannotDecide(f"{request.ref} is joined with another request; take it out there first.")
    if State.NEW not in MOVES[State(request.state)]:
        raise CannotDecide(f"{request.ref} waits for a decision already.")
    data = {"was": request.state, "reason": request.decision_reason}
    Request.objects.filter(pk=request.pk).update(
        state=State.NEW, decided_by=None, decided_at=None, decision_reason="", changed_at=at
    )
    clocks.take_back(request, decided_at=request.decided_at, at=at)
    request.reload()
    activity.record("request.reopened", on=request, by=by, at=at, data=data)
    search.index(request)


def _lock(*ids):
    """{id: request}, locked in one order whoever asks, so that two merges cannot wait for each other."""
    rows = Request.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in ids if pk])
    return {row.pk: row for row in rows.order_by("pk")}


def _decide(request, state, *, by, at, seen, **fields):
    """The conditional update; `request` is fresh afterwards, whether it won or lost."""
    if state not in MOVES[State(seen)]:
        raise CannotDecide(f"{request.ref} is {State(seen).label.lower()}: reopen it first.")
    changes = {"decided_by": by, "decided_at": at, "snoozed_until": None, "snoozed_for": "", "changed_at": at}
    won = Request.objects.filter(pk=request.pk, state=seen).update(state=state, **changes | fields)
    if won:
        clocks.decide(request, at=at)
    request.reload()
    if not won:
        raise AlreadyDecided(who_was_first(request))


def who_was_first(request):
    """What happened to the request meanwhile, for whoever came second."""
    last = activity.history(request).first()
    who = f"{last.by.name} was quicker" if last and last.by else "It changed meanwhile"
    return f"{request.ref} is {request.get_state_display().lower()} now: {who}. Nothing of yours was changed."


def _merged_below(request):
    """Ids of the requests that were joined with this one, directly or through others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS ("
            " SELECT id FROM coordination_request WHERE merged_into_id = %s"
            " UNION SELECT r.id FROM coordination_request r JOIN below b ON r.merged_into_id = b.id)"
            " SELECT id FROM below",
            [request.pk],
        )
        return [pk for (pk,) in cursor.fetchall()]
