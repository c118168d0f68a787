"""The verbs of triage on one request. In the inbox they answer with the inbox, elsewhere with a redirect."""

from functools import wraps

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.forms import (
    AcceptForm,
    AdvanceForm,
    AssignForm,
    DeclineForm,
    MergeForm,
    SeenForm,
    SnoozeForm,
)
from coordination.models import Request, WakeOn
from coordination.services import decisions, inbox
from coordination.services.decisions import CannotDecide
from coordination.services.outgoing import CannotSend
from prodops.access import Can, access
from prodops.http import render_page

from .inbox import answer


def explained(view):
    """A verb that cannot be done is answered with the words that say why; nothing was changed then."""

    @wraps(view)
    def guarded(request, pk):
        try:
            return view(request, pk)
        except (CannotDecide, CannotSend) as error:
            return answer(request, Request(pk=pk), str(error), level="error")

    return guarded


def why(request):
    """Why the words may go out although something was found in them, if somebody said so."""
    return request.POST.get("override", "")[:500].replace("\0", "")


def _mine(request, pk):
    return get_object_or_404(Request.objects.triageable_by(request.user).for_list(), pk=pk)


def _checked(form):
    """The form's data, or `CannotDecide` with its first error."""
    if not form.is_valid():
        raise CannotDecide(next(iter(form.errors.values()))[0])
    return form.cleaned_data


def _url(name, item):
    return reverse(f"coordination:{name}", args=[item.pk])


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def accept(request, pk):
    item, data = _mine(request, pk), _checked(AcceptForm(request.POST))
    decisions.accept(item, by=request.user, at=timezone.now(), note=data["note"], override=why(request))
    return answer(
        request, item, f"{item.ref} is accepted; those who asked are told.", undo=_url("reopen", item)
    )


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def decline(request, pk):
    item = _mine(request, pk)
    form = DeclineForm(request.POST)
    _checked(form)
    decisions.decline(item, by=request.user, at=timezone.now(), override=why(request), **form.decision())
    words = f"{item.ref} is declined; those who asked are told why."
    return answer(request, item, words, undo=_url("reopen", item))


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def advance(request, pk):
    """Say how far a request that was taken on has come."""
    item, data = _mine(request, pk), _checked(AdvanceForm(request.POST))
    before = item.requester_words
    decisions.advance(
        item, to=data["to"], by=request.user, at=timezone.now(), note=data["note"], override=why(request)
    )
    told = (
        "those who asked are told."
        if item.requester_words != before
        else "for those who asked nothing changes."
    )
    return answer(request, item, f"{item.ref} is {item.get_state_display().lower()}; {told}")


def _dialog(request, item, **more):
    """What a dialog's content needs: whether it stands in the inbox, and the inbox's own parameters."""
    query = request.GET.copy()
    inside = bool(query.pop("inbox", None))
    query.pop("find", None)
    return {
        "item": item,
        "inbox": inside,
        "query": f"?{query.urlencode()}" if inside and query else "",
        **more,
    }


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def merge(request, pk):
    """GET: what it may be merged into, likest first, or what the search box finds. POST: merge."""
    if request.method == "POST":
        return _merge(request, pk)
    item = _mine(request, pk)
    words = request.GET.get("find", "")[:400].replace("\0", "")
    found = queries.merge_targets(item, words, user=request.user)
    context = _dialog(request, item, found=found, words=words)
    return render_page(request, "coordination/request_merge.html", context, partial="targets")


@explained
def _merge(request, pk):
    item, data = _mine(request, pk), _checked(MergeForm(request.POST))
    seen = SeenForm(request.POST).state()
    decisions.merge(item, into=data["into"], by=request.user, at=timezone.now(), seen=seen)
    words = f"{item.ref} is merged into {data['into'].ref}; those who asked are told."
    return answer(request, item, words, undo=_url("unmerge", item))


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def unmerge(request, pk):
    item = _mine(request, pk)
    decisions.unmerge(item, by=request.user, at=timezone.now())
    return answer(request, item, f"{item.ref} stands on its own again.")


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def reopen(request, pk):
    item = _mine(request, pk)
    decisions.reopen(item, by=request.user, at=timezone.now())
    return answer(request, item, f"{item.ref} waits for a decision again.")


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def snooze(request, pk):
    item, form, now = _mine(request, pk), SnoozeForm(request.POST), timezone.now()
    _checked(form)
    until = form.moment(now=now, time_zone=request.user.time_zone)
    seen_at = SeenForm(request.POST).moment()
    inbox.snooze(item, until=until, by=request.user, at=now, wake_on=form.wake_on, seen_at=seen_at)
    back = f"{WakeOn(form.wake_on).label} brings {item.ref} back; else it" if form.wake_on else item.ref
    return answer(request, item, f"{back} is back on {until:%A, %d %B}.", undo=_url("wake", item))


@access(Can.REQUEST_TRIAGE)
@require_POST
@explained
def wake(request, pk):
    item = _mine(request, pk)
    inbox.wake(item, by=request.user, at=timezone.now())
    return answer(request, item, f"{item.ref} is back in the inbox.")


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def assign(request, pk):
    """GET: the areas and people to choose from. POST: give it to them."""
    if request.method == "POST":
        return _assign(request, pk)
    item = _mine(request, pk)
    form = AssignForm(auto_id="give_%s", initial={"area": item.area_id, "assignee": item.assignee_id})
    context = _dialog(request, item, form=form, now=timezone.now())
    return render_page(request, "coordination/request_assign.html", context, partial="choices")


@explained
def _assign(request, pk):
    item, data = _mine(request, pk), _checked(AssignForm(request.POST))
    seen_at = SeenForm(request.POST).moment()
    inbox.assign(item, by=request.user, at=timezone.now(), seen_at=seen_at, **data)
    words = f"{item.ref} was given to {data['assignee'] or data['area']}."
    # Who gives away what they decided may not decide it any more, but may take back what they did
    return answer(request, item, words, undo=reverse("coordination:bulk_unassign"), ids=[item.pk])
