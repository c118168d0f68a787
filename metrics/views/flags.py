from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from metrics import queries
from metrics.filters import FlagFilter
from metrics.models import Flag, Kpi
from metrics.services import flags
from metrics.views import page
from prodops.access import Can, access
from prodops.http import csv_response, next_url, paginate, render_block, render_page, wants_partial


@access(Can.KPI_READ)
@require_GET
def flag_list(request):
    facets = queries.facets(Kpi.objects.visible_to(request.user).live())
    found = FlagFilter(request.GET, Flag.objects.visible_to(request.user).for_list(), facets=facets)
    if request.GET.get("format") == "csv":
        header = ["KPI", "Period", "Kind", "Value", "Low", "High", "State", "Answered by", "Reason"]
        return csv_response("flags", header, _rows(found.qs[:10_000]))
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "metrics/flag_list.html", context, partial="rows")


def _rows(found):
    for flag in found:
        yield (
            *(flag.kpi.name, page.iso(flag.period, flag.kpi.grain), flag.get_kind_display()),
            *(flag.value, flag.low, flag.high, flag.get_state_display()),
            *(flag.answered_by and flag.answered_by.name, flag.reason),
        )


@access(Can.KPI_EDIT)
@require_POST
def flag_acknowledge(request, pk):
    flag = get_object_or_404(_answerable(request), pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "")
    return _answer(
        request, flag, lambda: flags.acknowledge(flag, reason=reason, by=request.user, at=timezone.now())
    )


@access(Can.KPI_EDIT)
@require_POST
def flag_dismiss(request, pk):
    flag = get_object_or_404(_answerable(request), pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "")
    return _answer(
        request, flag, lambda: flags.dismiss(flag, reason=reason, by=request.user, at=timezone.now())
    )


@access(Can.KPI_EDIT)
@require_POST
def flag_reopen(request, pk):
    flag = get_object_or_404(_answerable(request), pk=pk)
    return _answer(request, flag, lambda: flags.reopen(flag, by=request.user, at=timezone.now()))


def _answerable(request):
    return Flag.objects.editable_by(request.user).select_related("kpi__owner", "kpi__team")


def _answer(request, flag, act):
    """Do it, and show the KPI's chart and flags as they are then; without htmx, go back."""
    complaint = None
    try:
        act()
    except (flags.AlreadyAnswered, flags.ReasonMissing) as error:
        complaint = (flag.pk, str(error))
    if wants_partial(request):
        figures = queries.figures([flag.kpi])[flag.kpi_id]
        context = page.series_context(request, flag.kpi, figures, may_edit=True, complaint=complaint)
        return render_block(request, page.TEMPLATE, "series", context, status=422 if complaint else 200)
    if complaint:
        messages.warning(request, complaint[1])
    return redirect(next_url(request, flag.get_absolute_url()))
