"""Deciding requests: accept, decline, merge, and the ways back.

Every decision says which state the decider saw; the update is conditional on it, so that of two people
who decide at once one wins and the other is told who did.
"""

import calendar
import datetime as dt

from django.db import connection, transaction

from coordination.models import DECIDED, MOVES, STEPS, TAKEN_ON, Request, State, requester_state
from prodops import activity, search
from prodops.clock import company_day

from . import clocks, impact, outgoing
from .revisits import UNDECLINED, Revisit
from .together import alone_or_beside

ASKED_ANEW = {"revisited_at": None, "revisited_why": ""}


class CannotDecide(Exception):
    """The decision is not possible; the words say why."""


class AlreadyDecided(CannotDecide):
    """Somebody else decided meanwhile."""


class WouldCircle(CannotDecide):
    """The merge would join a request with itself."""


@transaction.atomic
def accept(request, *, by, at, note="", seen=State.NEW, override=""):
    """Take the request on. `note` is for the requester and may be empty.

    What those who asked read is checked here and below: see `outgoing.ensure_fit` for `override`.
    """
    outgoing.ensure_fit(note, [request], override=override)
    alone_or_beside()
    slept = _decide(request, State.ACCEPTED, by=by, at=at, seen=seen, decision_reason=note, **ASKED_ANEW)
    activity.record("request.accepted", on=request, by=by, at=at, data={"reason": note, "slept": slept})
    search.index(request)


@transaction.atomic
def advance(request, *, to, by, at, note="", override="", message=None):
    """Say how far a request that was taken on has come: planned, in progress, shipped, or a step back.

    Those who asked hear of it, and read `note`, only if it is another state in their words. Where a
    `message` tells them already, that is all they hear.
    """
    outgoing.ensure_fit(note, [request], override=override)
    to, seen = State(to), State(request.state)
    if to not in STEPS or seen not in TAKEN_ON:
        raise CannotDecide(
            f"{request.ref} is {seen.label.lower()}: only what is accepted can be {to.label.lower()}."
        )
    if to == seen:
        raise CannotDecide(f"{request.ref} is {seen.label.lower()} already.")
    alone_or_beside()
    told = requester_state(to) != requester_state(seen)
    changes = {"changed_at": at} if told else {}
    if note.strip():
        changes["decision_reason"] = note.strip()
    won = Request.objects.filter(pk=request.pk, state=seen).update(state=to, **changes)
    request.reload()
    if not won:
        raise AlreadyDecided(who_was_first(request))
    if told:
        _news(request, at)
    data = {
        "from": seen.label.lower(),
        "to": to.label.lower(),
        "words": requester_state(to).label.lower(),
        "reason": note.strip(),
        "message": message.pk if message else None,
    }
    activity.record("request.advanced" if told else "request.stepped", on=request, by=by, at=at, data=data)
    search.index(request)


@transaction.atomic
def decline(
    request,
    *,
    code,
    by,
    at,
    reason="",
    revisit=Revisit(),  # noqa: B008
    seen=State.NEW,
    override="",
):
    """Say no, with a reason code and words that the requester reads: the code's own where there are none.

    `revisit` says when the question is asked again; without it the code's own months count.
    """
    words = reason.strip() or (code.words.strip() if code else "")
    if not words:
        raise CannotDecide("Say why: the people who asked will read it.")
    if code is None:
        raise CannotDecide("Choose a reason.")
    outgoing.ensure_fit(words, [request], override=override)
    today = company_day(at)
    if not any(revisit):
        revisit = Revisit(on=months_later(today, code.revisit_months))
    _check_ahead(request, revisit, today)
    alone_or_beside()
    slept = _decide(
        request,
        State.DECLINED,
        by=by,
        at=at,
        seen=seen,
        decision_reason=words,
        decline_code=code,
        revisit_on=revisit.on,
        revisit_accounts=revisit.accounts,
        revisit_arr=revisit.arr,
        **ASKED_ANEW,
    )
    data = {"reason": words, "code": code.name, "revisit": _in_words(revisit), "slept": slept}
    activity.record("request.declined", on=request, by=by, at=at, data=data)
    search.index(request)


def months_later(day, months):
    """The same day so many months on, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _check_ahead(request, revisit, today):
    """What is reached already would ask the question again at once."""
    if revisit.on is not None and revisit.on <= today:
        raise CannotDecide("Choose a day that lies ahead to look at it again.")
    if revisit.accounts is not None and revisit.accounts <= request.accounts_count:
        raise CannotDecide(f"It has {request.accounts_count} already: choose a larger number of accounts.")
    if revisit.arr is not None and revisit.arr <= request.arr_sure:
        raise CannotDecide(f"It has {request.arr_sure:,.0f} of ARR already: choose a larger amount.")


def _in_words(revisit):
    """The same as JSON, for the history."""
    return {name: str(value) for name, value in revisit._asdict().items() if value is not None}


@transaction.atomic
def merge(request, *, into, by, at, seen=State.NEW):
    """Join the request with another, or with the one that other was joined with.

    It is a link: both keep their text and accounts, and the other's impact counts both.
    """
    alone_or_beside(alone=True)
    locked = _lock(request.pk, into.pk)
    into = locked[into.pk]
    root_id = into.root_id or into.pk
    if root_id == request.pk:
        raise WouldCircle(f"{into.ref} is this request, or was merged into it already.")
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
        snoozed_before_merge=before.snoozed_until,
        snoozed_for_before_merge=before.snoozed_for,
        decision_reason=before.decision_reason,
        **kept,
    )
    earlier = Request.objects.filter(root=request.pk)
    along = list(earlier.order_by("pk").values_list("pk", flat=True))
    earlier.update(root=root_id, changed_at=at)
    data = {"into": into.pk, "into_text": into.title, "root": root_id, "along": along}
    activity.record("request.merged", on=request, by=by, at=at, data=data)
    search.index(request)
    impact.recount(request.pk, root_id, at=at)


@transaction.atomic
def unmerge(request, *, by, at):
    """Take the request out again: it is what it was before, and what was joined with it comes along."""
    alone_or_beside(alone=True)
    request.refresh_from_db(from_queryset=Request.objects.select_for_update(of=("self",)))
    if request.state != State.MERGED:
        raise CannotDecide(f"{request.ref} is not merged into another request.")
    left, back = request.root_id, request.state_before_merge
    undecided = {}
    if back == State.NEW:  # it waits again, or stays put off as long as it was
        put_off = request.snoozed_before_merge
        undecided = {"decided_by": None, "decided_at": None, "decision_reason": ""}
        undecided |= {"snoozed_until": put_off, "snoozed_for": request.snoozed_for_before_merge}
    Request.objects.filter(pk=request.pk).update(
        state=back,
        merged_into=None,
        root=None,
        state_before_merge="",
        snoozed_before_merge=None,
        snoozed_for_before_merge="",
        changed_at=at,
        **undecided,
    )
    Request.objects.filter(pk__in=_merged_below(request)).update(root=request.pk, changed_at=at)
    if back == State.NEW:
        clocks.take_back(request, decided_at=request.decided_at, at=at)
        if put_off and put_off > at:
            clocks.pause(request, at=at, until=put_off)
    request.reload()
    activity.record("request.unmerged", on=request, by=by, at=at, data={"from": left})
    search.index(request)
    impact.recount(request.pk, left, at=at)
    request.reload()


@transaction.atomic
def reopen(request, *, by, at):
    """Take a decision back: the request waits for one again, put off as it was if `by` had decided."""
    alone_or_beside()
    request.refresh_from_db(from_queryset=Request.objects.select_for_update(of=("self",)))
    if request.state == State.MERGED:
        raise CannotDecide(f"{request.ref} is merged into another request; take it out there first.")
    if State.NEW not in MOVES[State(request.state)]:
        raise CannotDecide(f"{request.ref} waits for a decision already.")
    data = {"was": request.state, "reason": request.decision_reason}
    Request.objects.filter(pk=request.pk).update(
        state=State.NEW, decided_by=None, decided_at=None, decision_reason="", changed_at=at, **UNDECLINED
    )
    clocks.take_back(request, decided_at=request.decided_at, at=at)
    if request.decided_by_id == by.pk:
        decided = activity.history(request).filter(verb__in=["request.accepted", "request.declined"]).first()
        sleep_again(request, decided.data.get("slept") if decided else None, at=at)
    request.reload()
    _news(request, at)
    activity.record("request.reopened", on=request, by=by, at=at, data=data)
    search.index(request)


def _lock(*ids):
    """{id: request}, locked in one order whoever asks, so that two merges cannot wait for each other."""
    rows = Request.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in ids if pk])
    return {row.pk: row for row in rows.order_by("pk")}


def _decide(request, state, *, by, at, seen, **fields):
    """The conditional update; `request` is fresh afterwards, whether it won or lost. Returns how it was
    put off, as `sleep_again` takes it: nothing waits for that time any more, and no clock stands still."""
    if state not in MOVES[State(seen)]:
        raise CannotDecide(f"{request.ref} is {State(seen).label.lower()}: reopen it first.")
    changes = {"decided_by": by, "decided_at": at, "snoozed_until": None, "snoozed_for": "", "changed_at": at}
    before = _lock(request.pk).get(request.pk)
    slept = asleep(before, at) if before else None
    won = Request.objects.filter(pk=request.pk, state=seen).update(state=state, **changes | fields)
    if won:
        if slept:
            clocks.resume(request, at=at)
        clocks.decide(request, at=at)
    request.reload()
    if not won:
        raise AlreadyDecided(who_was_first(request))
    if state in DECIDED:
        _news(request, at)
    return slept


def asleep(request, at):
    """How a request is put off at `at`, for the history; None if it is not."""
    until = request.snoozed_until
    return {"until": until.isoformat(), "for": request.snoozed_for} if until and until > at else None


def sleep_again(request, slept, *, at):
    """Put the request off as it was before what is taken back, if that time still lies ahead."""
    until = dt.datetime.fromisoformat(slept["until"]) if slept else at
    if until <= at:
        return
    back = Request.objects.filter(pk=request.pk, state=State.NEW)
    if back.update(snoozed_until=until, snoozed_for=slept["for"]):
        clocks.pause(request, at=at, until=until)


def _news(request, at):
    """What was joined with the request follows its state: that is news to those who asked there too."""
    Request.objects.filter(root=request.pk).update(changed_at=at)


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
