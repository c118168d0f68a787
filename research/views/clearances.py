"""What owners of accounts are told and asked before their customers are invited to research."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import paginate, render_page
from research.forms.recruiting import ReasonForm
from research.models import Clearance
from research.queries import recruit_board
from research.services import clearances


@access(Can.ACCOUNT_READ)
@require_GET
def clearance_list(request):
    """What one was told and asked as the owner of accounts; what waits for an answer comes first."""
    rows = Clearance.objects.answerable_by(request.user).for_list()
    waiting = recruit_board.asked_of(request.user).for_list().order_by("asked_at", "pk")
    context = {"page": paginate(request, rows.order_by("-asked_at", "-pk")), "waiting": list(waiting[:50])}
    context["people"] = recruit_board.people_of(context["waiting"])
    return render_page(request, "research/clearance_list.html", context, partial="rows")


def _answer(request, pk, answer, words):
    clearance = get_object_or_404(
        Clearance.objects.answerable_by(request.user).select_related("study", "account"), pk=pk
    )
    try:
        answer(clearance)
    except clearances.Answered as error:
        messages.info(request, str(error))
    else:
        messages.success(request, words)
    return redirect("research:clearance_list")


@access(Can.ACCOUNT_READ)
@require_POST
def clearance_allow(request, pk):
    """Agree: those who were picked are invited now."""
    now = timezone.now()
    return _answer(
        request,
        pk,
        lambda one: clearances.allow(one, by=request.user, at=now),
        "Thank you. Whoever waits for it is invited now.",
    )


@access(Can.ACCOUNT_READ)
@require_POST
def clearance_refuse(request, pk):
    """Rather not: nobody of the account is invited to this study."""
    form, now = ReasonForm(request.POST), timezone.now()
    because = form.cleaned_data["because"] if form.is_valid() else ""
    return _answer(
        request,
        pk,
        lambda one: clearances.refuse(one, because=because, by=request.user, at=now),
        "Noted: nobody of this account is invited to it.",
    )
