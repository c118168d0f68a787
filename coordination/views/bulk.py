"""The verbs of triage on all ticked requests: each stands or falls alone, and the answer says which fell."""

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.forms import AssignForm, DeclineForm, MergeForm, SeenForm, SelectionForm, SnoozeForm
from coordination.models import Request
from coordination.services import decisions, inbox
from coordination.services.decisions import CannotDecide
from coordination.services.outgoing import CannotSend
from prodops.access import Can, access
from prodops.http import render_page

from .decisions import why
from .inbox import answer


def ticked(data):
    """Ids of the requests that are ticked."""
    form = SelectionForm(data)
    return form.cleaned_data["pk"] if form.is_valid() else []


def each(request, verb, past, *, undo="", rows=None, apart_from=0, refusals=(CannotDecide, CannotSend)):
    """Do `verb` to every ticked request that the person may decide; say how many, and why not the others.

    `rows` are the requests to choose from, where they are not those; `apart_from` is the one that the others
    are merged into. A verb that answers False had nothing to do.
    """
    wanted = [pk for pk in ticked(request.POST) if pk != apart_from]
    rows = Request.objects.triageable_by(request.user) if rows is None else rows
    mine = rows.for_list().filter(pk__in=wanted)
    done, failures = (
        [],
        [f"REQ-{pk} is not yours to decide." for pk in sorted(set(wanted) - {one.pk for one in mine})],
    )
    for item in mine:
        try:
            if verb(item) is not False:
                done.append(item.pk)
        except refusals as error:
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
    return each(
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
    return each(
        request,
        lambda item: decisions.decline(item, by=request.user, at=now, override=why(request), **said),
        "declined",
        undo="coordination:bulk_reopen",
    )


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_check(request):
    """For the dialog that declines several: who will read the words, and what was found in them."""
    rows = list(Request.objects.triageable_by(request.user).filter(pk__in=ticked(request.POST)))
    words = request.POST.get("reason", "")[:10_000].replace("\0", "")
    context = {"item": None, "preview": queries.preview(words, rows)}
    return render_page(request, "coordination/outgoing_check.html", context, partial="check")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_snooze(request):
    form, now = SnoozeForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose a day.", level="error")
    until = form.moment(now=now, time_zone=request.user.time_zone)
    how = {"until": until, "wake_on": form.wake_on, "seen_at": SeenForm(request.POST).moment()}
    return each(
        request,
        lambda item: inbox.snooze(item, by=request.user, at=now, **how),
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
            "ticked": ticked(request.GET),
            "now": timezone.now(),
        }
        return render_page(request, "coordination/bulk_assign.html", context, partial="choices")
    form, now = AssignForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose an area.", level="error")
    to, seen_at = form.cleaned_data, SeenForm(request.POST).moment()
    return each(
        request,
        lambda item: inbox.assign(item, by=request.user, at=now, seen_at=seen_at, **to),
        f"given to {to['assignee'] or to['area']}",
        undo="coordination:bulk_unassign",
    )


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def bulk_merge(request):
    """GET: what the ticked requests may be merged into, one of themselves or what the search finds."""
    if request.method == "GET":
        return _merge_choices(request)
    form, now = MergeForm(request.POST), timezone.now()
    if not form.is_valid():
        return answer(request, None, "Choose the request that they are to be merged into.", level="error")
    into = form.cleaned_data["into"]
    return each(
        request,
        lambda item: decisions.merge(item, into=into, by=request.user, at=now),
        f"merged into {into.ref}",
        undo="coordination:bulk_unmerge",
        apart_from=into.pk,
    )


def _merge_choices(request):
    chosen, words = ticked(request.GET), request.GET.get("find", "")[:400].replace("\0", "")
    rows = list(
        Request.objects.visible_to(request.user)
        .for_list()
        .filter(pk__in=chosen)
        .order_by("-stake_total", "pk")
    )
    found = rows
    if rows and words.strip():
        found = queries.merge_targets(rows[0], words, user=request.user)
    elif rows:
        likely = queries.merge_targets(rows[0], "", user=request.user)
        found = rows + [one for one in likely if one.pk not in chosen]
    context = {"found": found, "ticked": chosen, "words": words, "query": _without_ticks(request)}
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
    return each(request, lambda item: decisions.reopen(item, by=request.user, at=now), "back in the inbox")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_wake(request):
    now = timezone.now()
    return each(request, lambda item: inbox.wake(item, by=request.user, at=now), "back in the inbox")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_unmerge(request):
    now = timezone.now()
    return each(request, lambda item: decisions.unmerge(item, by=request.user, at=now), "on their own again")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_unassign(request):
    """Undo of giving away: it is open to who gave, also where the request is not theirs any more."""
    now = timezone.now()
    return each(
        request,
        lambda item: inbox.unassign(item, by=request.user, at=now),
        "back where they were",
        rows=Request.objects.visible_to(request.user),
    )
