from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination import queries
from coordination.filters import RequestFilter
from coordination.forms import VoiceForm
from coordination.models import Request, Source
from coordination.services import looks, voices
from prodops.access import Can, access, allowed
from prodops.http import csv_response, paginate, render_page
from prodops.talk import talk_about

CSV_HEADER = [
    *(
        "Request",
        "Title",
        "State",
        "Urgency",
        "Area",
        "Accounts",
        "ARR",
        "At stake",
        "Sent by",
        "Team",
        "Sent on",
    ),
    *("Decided by", "Decided on", "Reason", "Joined with", "Problem", "Cost to them", "Form", "Answers"),
]


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_list(request):
    found = RequestFilter(request.GET, Request.objects.visible_to(request.user))
    page = paginate(request, found.qs, dress=lambda rows: rows.for_rows())
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "found": found,
        "page": page,
        "impacts": queries.impact_of(page.rows),
        "query": query,
        "now": timezone.now(),
    }
    return render_page(request, "coordination/request_list.html", context, partial="rows")


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_csv(request):
    """The filtered list, whole."""
    visible = Request.objects.visible_to(request.user).for_list()
    found = RequestFilter(request.GET, visible).qs
    return csv_response("requests", CSV_HEADER, queries.export_rows(found))


@access(Can.REQUEST_SUBMIT)
@require_GET
def request_detail(request, pk):
    """One request. Who may not read it in full follows its state and the accounts they added."""
    followed = Request.objects.followed_by(request.user).with_rights_of(request.user)
    followed = followed.with_root_known_to(request.user).for_list().with_clocks().with_answers()
    item = get_object_or_404(followed.with_claims_of_others(request.user, timezone.now()), pk=pk)
    looks.look(item, by=request.user, at=timezone.now())
    shown = queries.request_page(item, user=request.user)
    member = allowed(request.user, Can.REQUEST_TRIAGE)
    context = {
        "item": item,
        "now": timezone.now(),
        "full": item.readable,
        "shown": shown,
        "decline_reasons": queries.decline_reasons() if item.may_decide else [],
        "form": VoiceForm(user=request.user),
        "own_accounts": queries.own_accounts(item, shown.voices, user=request.user),
        "said": queries.thread_of(item, user=request.user),
        "becoming": [] if member else queries.becoming_of([item])[item.pk],
        "talk": talk_about(request, item) if item.readable else None,
    }
    return render_page(request, "coordination/request_detail.html", context)


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_ties(request, pk):
    """What it is linked to and which rules sent it where: beside the request, once the page stands."""
    item = get_object_or_404(Request.objects.visible_to(request.user).for_list(), pk=pk)
    context = {"item": item, "links": queries.links_of(item, user=request.user)}
    return render_page(request, "coordination/request_ties.html", context, partial="ties")


@access(Can.REQUEST_SUBMIT)
@require_POST
def voice_add(request, pk):
    """Add an account to a request that one reads."""
    item = get_object_or_404(Request.objects.followed_by(request.user).for_list(), pk=pk)
    form = VoiceForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(item)
    _, new = voices.add(
        item,
        by=request.user,
        at=timezone.now(),
        words=form.cleaned_data["words"],
        source=Source.TRIAGE if item.submitter_id != request.user.pk else Source.JOINED,
        **form.voice(),
    )
    name = form.cleaned_data["account"].name
    messages.success(
        request, f"{name} was added." if new else f"{name} was there already; what you wrote was added."
    )
    return redirect(item)
