from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.forms import JoinForm, RequestForm
from coordination.models import Request
from coordination.services import requests, voices
from prodops.access import Can, access
from prodops.http import render_page


@access(Can.REQUEST_SUBMIT)
@require_http_methods(["GET", "POST"])
def request_new(request):
    form = RequestForm(request.POST or None, user=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        sent = requests.submit(by=request.user, at=timezone.now(), **form.request(), **form.voice())
        return redirect("coordination:request_sent", sent.pk)
    return _form_page(request, form)


@access(Can.REQUEST_SUBMIT)
@require_POST
def join(request, pk):
    """Add an account to a request that exists, with what was typed so far as its words.

    Any request can be joined, other teams' too: of those, one sees the state and one's own account.
    """
    target = get_object_or_404(Request.objects.for_list(), pk=pk)
    form = JoinForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form_page(request, form, joining=target)
    voice, new = voices.add(target, by=request.user, at=timezone.now(), words=form.words(), **form.voice())
    name = form.cleaned_data["account"].name
    messages.success(
        request,
        f"{name} was added to {voice.request.ref}. You will hear what is decided."
        if new
        else f"{name} was in {voice.request.ref} already; your words were added.",
    )
    return redirect(voice.request)


@access(Can.REQUEST_SUBMIT)
@require_GET
def request_sent(request, pk):
    """What happens next, and who decides."""
    sent = get_object_or_404(
        Request.objects.visible_to(request.user).select_related("area__owner", "area__team"), pk=pk
    )
    return render_page(
        request, "coordination/request_sent.html", {"sent": sent, "deciders": queries.deciders(sent)}
    )


def _initial(request):
    wanted = {name: request.GET.get(name, "")[:160] for name in ("title",)}
    return {name: value for name, value in wanted.items() if value}


def _form_page(request, form, joining=None):
    context = {"form": form, "joining": joining}
    return render_page(request, "coordination/request_new.html", context, status=422 if form.errors else 200)
