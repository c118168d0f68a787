"""The verbs of triage on all ticked requests: each stands or falls alone, and the answer says which fell."""

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.forms import DeclineForm, SelectionForm, SnoozeForm
from coordination.models import Request
from coordination.services import decisions, inbox
from coordination.services.decisions import CannotDecide
from prodops.access import Can, access

from .inbox import answer


def _each(request, verb, past, *, undo=""):
    """Do `verb` to every ticked request that the person may decide; say how many, and why not the others."""
    form = SelectionForm(request.POST)
    wanted = form.cleaned_data["pk"] if form.is_valid() else []
    mine = Request.objects.triageable_by(request.user).for_list().filter(pk__in=wanted)
    done, failures = (
        [],
        [f"REQ-{pk} is not yours to decide." for pk in set(wanted) - {one.pk for one in mine}],
    )
    for item in mine:
        try:
            verb(item)
            done.append(item.pk)
        except CannotDecide as error:
            failures.append(str(error))
    if not wanted:
        failures = ["Tick the requests first."]
    words = " ".join([f"{len(done)} {'request' if len(done) == 1 else 'requests'} {past}.", *failures])
    undo_url = reverse(undo) if undo and done else ""
    return answer(request, None, words, undo=undo_url, ids=done, level="warning" if failures else "success")


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
    return _each(request, lambda item: inbox.snooze(item, until=until, by=request.user, at=now), "put off")


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_reopen(request):
    """What the toast's undo calls."""
    now = timezone.now()
    return _each(request, lambda item: decisions.reopen(item, by=request.user, at=now), "back in the inbox")
