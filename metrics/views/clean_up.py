"""The clean-up of the catalogue, and the hosts whose links are checked."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.dashboards import HostForm, ReassignForm
from metrics.models import CheckedHost, CleanUp, Dashboard
from metrics.models.dashboard import UNUSED_AFTER
from metrics.queries.dashboards import reasons_to_clean_up
from metrics.services import clean_up, links
from prodops.access import Can, access
from prodops.http import paginate, render_page

MOST_CHOSEN = 200


@access(Can.DASHBOARD_RUN)
@require_GET
def clean_up_list(request):
    """What is unused, broken, unowned or stale, longest unopened first."""
    now = timezone.now()
    rows = Dashboard.objects.to_clean_up(now).for_list().with_use(now).order_by("last_used", "name", "pk")
    page = paginate(request, rows)
    context = {
        "page": page,
        "reasons": {
            one.pk: reasons_to_clean_up(one, at=now, unused_since=now - UNUSED_AFTER) for one in page
        },
        "decided": CleanUp.objects.select_related("by", "undone_by")[:5],
        "form": ReassignForm(),
        "now": now,
        "undo_until": now - clean_up.UNDO_WITHIN,
    }
    return render_page(request, "metrics/clean_up.html", context, partial="rows")


def _chosen(request):
    ids = [int(pk) for pk in request.POST.getlist("pk")[:MOST_CHOSEN] if pk.isascii() and pk.isdecimal()]
    ids = [pk for pk in ids if pk < 2**63]
    return Dashboard.objects.editable_by(request.user).filter(pk__in=ids)


def _decide(request, verb, *arguments):
    chosen = list(_chosen(request))
    if not chosen:
        messages.info(request, "Tick the dashboards first, or press x on each.")
        return redirect("metrics:clean_up")
    try:
        made = verb(chosen, *arguments, by=request.user, at=timezone.now())
    except clean_up.NothingToDo as error:
        messages.info(request, str(error))
        return redirect("metrics:clean_up")
    messages.success(
        request,
        format_html(
            '{}. Press z to take it back, or use <a href="{}#decided">the list below</a>.',
            made.said,
            reverse("metrics:clean_up"),
        ),
    )
    return redirect("metrics:clean_up")


@access(Can.DASHBOARD_RUN)
@require_POST
def clean_up_keep(request):
    return _decide(request, clean_up.keep)


@access(Can.DASHBOARD_RUN)
@require_POST
def clean_up_archive(request):
    return _decide(request, clean_up.archive)


@access(Can.DASHBOARD_RUN)
@require_POST
def clean_up_reassign(request):
    form = ReassignForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Choose who shall own them.")
        return redirect("metrics:clean_up")
    return _decide(request, clean_up.reassign, form.cleaned_data["owner"])


@access(Can.DASHBOARD_RUN)
@require_POST
def clean_up_undo(request, pk):
    decision = get_object_or_404(CleanUp, pk=pk)
    try:
        back = clean_up.undo(decision, by=request.user, at=timezone.now())
    except clean_up.NothingToDo as error:
        messages.info(request, str(error))
        return redirect("metrics:clean_up")
    kept = len(decision.before) - back
    said = f"Taken back for {back}."
    if kept:
        said += f" {kept} had been changed since and stay as they are."
    messages.success(request, said)
    return redirect("metrics:clean_up")


@access(Can.DASHBOARD_RUN)
@require_http_methods(["GET", "POST"])
def checked_hosts(request):
    """Whose links are asked whether they answer."""
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = links.allow(form.cleaned_data["host"], by=request.user, at=timezone.now())
        except links.NotAHost as error:
            form.add_error("host", str(error))
        else:
            messages.success(request, f"Links of {row.host} are checked from now on.")
            return redirect("metrics:checked_hosts")
    context = {
        "form": form,
        "hosts": CheckedHost.objects.select_related("added_by"),
        "fixed": settings.LINK_CHECK_HOSTS,
        "waiting": links.unlisted(),
    }
    return render_page(request, "metrics/checked_hosts.html", context, status=422 if form.errors else 200)


@access(Can.DASHBOARD_RUN)
@require_POST
def checked_host_remove(request, pk):
    row = get_object_or_404(CheckedHost, pk=pk)
    links.disallow(row, by=request.user, at=timezone.now())
    messages.success(request, f"Links of {row.host} are not checked any more.")
    return redirect("metrics:checked_hosts")
