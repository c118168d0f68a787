"""The verbs of triage on all ticked requests: each stands or falls alone, and the answer says which fell."""

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.forms import AssignForm, DeclineForm, MergeForm, SelectionForm, SnoozeForm
from coordination.models import Request
from coordination.services import decisions, inbox
from coordination.services.decisions import CannotDecide
from coordination.services.outgoing import CannotSend
from prodops.access import Can, access
from prodops.http import render_page

from .inbox import answer


def _ticked(data):
    form = SelectionForm(data)
    return form.cleaned_data["pk"] if form.is_valid() else []


def _each(request, verb, past, *, undo="", rows=None, apart_from=0):
    """Do `verb` to every ticked request that the person may decide; say how many, and why not the others.

    `rows` are the requests to choose from, where they are not those; `apart_from` is the one that the others
    are joined with.
    """
    wanted = [pk for pk in _ticked(request.POST) if pk != apart_from]
    rows = Request.objects.triageable_by(request.user) if rows is None else rows
    mine = rows.for_list().filter(pk__in=wanted)
    done, failures = (
        [],
        [f"REQ-{pk} is not yours to decide." for pk in sorted(set(wanted) - {one.pk for one in mine})],
    )
    for item in mine:
        try:
            verb(item)
            done.append(item.pk)
        except (CannotDecide, CannotSend) as error:
            failures.append(str(error))
    if not wanted:
        failures = ["Tick the requests first."]
    words = f"{len(done)} {'request' if len(done) == 1 else 'requests'} {past}."
    undo_url = reverse(undo) if undo and done else ""
    level = "warning" if failures else "success"
    return answer(request, None, words, undo=undo_url, ids=done, level=level, failures=failures)


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_accept(request):
    now = timezone.now()
    return _each(
        request,
        lambda item: decisions.accept(item, by=request.user, at=now),
        "accepted",
        undo="coordination:bulk_reopen",
    )


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_decline(request):
    form, now = DeclineForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, str(next(iter(form.errors.values()))[0]), level="error")
    said = form.decision()
    return _each(
        request,
        lambda item: decisions.decline(item, by=request.user, at=now, **said),
        "declined",
        undo="coordination:bulk_reopen",
    )


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_snooze(request):
    form, now = SnoozeForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose a day.", level="error")
    until = form.moment(now=now, time_zone=request.user.time_zone)
    return _each(
        request,
        lambda item: inbox.snooze(item, until=until, by=request.user, at=now, wake_on=form.wake_on),
        "put off",
        undo="coordination:bulk_wake",
    )


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def bulk_assign(request):
    """GET: the areas and people to choose from. POST: give them all to one."""
    if request.method == "GET":
        context = {
            "form": AssignForm(auto_id="give_%s"),
            "query": _without_ticks(request),
            "ticked": _ticked(request.GET),
        }
        return render_page(request, "coordination/bulk_assign.html", context, partial="choices")
    form, now = AssignForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose an area.", level="error")
    to = form.cleaned_data
    return _each(
        request,
        lambda item: inbox.assign(item, by=request.user, at=now, **to),
        f"given to {to['assignee'] or to['area']}",
        undo="coordination:bulk_unassign",
    )


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def bulk_merge(request):
    """GET: what the ticked requests may be joined with, one of themselves or what the search finds."""
    if request.method == "GET":
        return _merge_choices(request)
    form, now = MergeForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose the request that they are to be joined with.", level="error")
    into = form.cleaned_data["into"]
    return _each(
        request,
        lambda item: decisions.merge(item, into=into, by=request.user, at=now),
        f"joined with {into.ref}",
        undo="coordination:bulk_unmerge",
        apart_from=into.pk,
    )


def _merge_choices(request):
    ticked, words = _ticked(request.GET), request.GET.get("find", "")[:400].replace("\0", "")
    rows = list(
        Request.objects.visible_to(request.user)
        .for_list()
        .filter(pk__in=ticked)
        .order_by("-stake_total", "pk")
    )
    found = rows
    if rows and words.strip():
        found = queries.merge_targets(rows[0], words, user=request.user)
    elif rows:
        likely = queries.merge_targets(rows[0], "", user=request.user)
        found = rows + [one for one in likely if one.pk not in ticked]
    context = {"found": found, "ticked": ticked, "words": words, "query": _without_ticks(request)}
    return render_page(request, "coordination/bulk_merge.html", context, partial="targets")


def _without_ticks(request):
    query = request.GET.copy()
    for name in ("pk", "find"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_reopen(request):
    """What the toast's undo calls."""
    now = timezone.now()
    return _each(request, lambda item: decisions.reopen(item, by=request.user, at=now), "back in the inbox")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_wake(request):
    now = timezone.now()
    return _each(request, lambda item: inbox.wake(item, by=request.user, at=now), "back in the inbox")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_unmerge(request):
    now = timezone.now()
    return _each(request, lambda item: decisions.unmerge(item, by=request.user, at=now), "on their own again")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_unassign(request):
    """Undo of giving away: it is open to who gave, also where the request is not theirs any more."""
    now = timezone.now()
    return _each(
        request,
        lambda item: inbox.unassign(item, by=request.user, at=now),
        "back where they were",
        rows=Request.objects.visible_to(request.user),
    )
