from django.contrib import messages
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.filters import KpiFilter
from metrics.forms import KpiForm
from metrics.models import Kpi
from metrics.services import checks, kpis
from metrics.views import page
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page

LIST_HEADER = [
    *(
        "KPI",
        "Slug",
        "Tier",
        "Status",
        "Unit",
        "Owner",
        "Team",
        "Period",
        "Value",
        "Compared with",
        "Open incidents",
    ),
    *("Meaning", "Formula", "Source"),
]


@access(Can.KPI_READ)
@require_GET
def kpi_list(request):
    now = timezone.now()
    visible = Kpi.objects.visible_to(request.user).for_list()
    facets = queries.facets(Kpi.objects.visible_to(request.user).live())
    found = KpiFilter(request.GET, visible, facets=facets, at=now)
    if request.GET.get("format") == "csv":
        return csv_response("kpis", LIST_HEADER, _list_rows(found.qs[:10_000]))
    shown = paginate(request, found.qs)
    context = {
        **{"found": found, "page": shown, "facets": facets, "figures": queries.figures(shown), "now": now},
        "quarantine": queries.quarantine([kpi.pk for kpi in shown], at=now),
    }
    return render_page(request, "metrics/kpi_list.html", context, partial="rows")


def _list_rows(found):
    rows = list(found)
    figures = queries.figures(rows)
    for kpi in rows:
        one = figures[kpi.pk]
        yield (
            *(kpi.name, kpi.slug, kpi.get_tier_display(), kpi.get_status_display(), kpi.get_unit_display()),
            *(kpi.owner and kpi.owner.name, kpi.team.name, one.period and kpi.show_period(one.period)),
            *(one.value, one.before, one.incidents, kpi.meaning, kpi.formula, kpi.source),
        )


@access(Can.KPI_READ)
@require_GET
def kpi_detail(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).for_page(), slug=slug)
    context = page.context(request, kpi, at=timezone.now())
    return render_page(request, page.TEMPLATE, context, partial="series")


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def kpi_define(request):
    form = KpiForm(request.POST or None, editor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            kpi = kpis.define(**form.cleaned_data, by=request.user, at=timezone.now())
        except kpis.NorthStarTaken as error:
            form.add_error("tier", str(error))
        else:
            messages.success(request, "The KPI is defined, as a draft. Now bring in its values.")
            return redirect("metrics:series_upload", kpi.slug)
    status = 422 if form.errors else 200
    return render_page(request, "metrics/kpi_form.html", {"form": form, "kpi": None}, status=status)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def kpi_edit(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    form = KpiForm(request.POST or None, instance=kpi, editor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            changed = kpis.edit(kpi, **form.cleaned_data, by=request.user, at=timezone.now())
        except kpis.NorthStarTaken as error:
            form.add_error("tier", str(error))
        else:
            messages.success(request, "The KPI is saved." if changed else "Nothing was different.")
            return redirect(kpi)
    status = 422 if form.errors else 200
    return render_page(request, "metrics/kpi_form.html", {"form": form, "kpi": kpi}, status=status)


@access(Can.KPI_APPROVE)
@require_POST
def kpi_approve(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    try:
        kpis.approve(kpi, by=request.user, at=timezone.now())
    except (kpis.OwnDefinition, kpis.NotADraft) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"“{kpi}” is approved.")
    return redirect(kpi)


@access(Can.KPI_EDIT)
@require_POST
def kpi_retire(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    try:
        kpis.retire(kpi, by=request.user, at=timezone.now())
    except kpis.AlreadyRetired as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"“{kpi}” is retired. Its page and its values stay.")
    return redirect(kpi)


@access(Can.KPI_EDIT)
@require_POST
def kpi_check(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    raised = checks.check(kpi.pk, at=timezone.now())
    if raised:
        messages.warning(
            request, f"Checked: found {'one thing' if len(raised) == 1 else f'{len(raised)} things'} unusual."
        )
    else:
        messages.success(request, "Checked: nothing new.")
    return redirect(kpi)


@access(Can.KPI_READ)
@require_GET
def series_csv(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    points = kpi.points.main().order_by("period").annotate(file=F("load__file_name"))
    columns = ("period", "value", "low", "high", "loaded_at", "file")
    rows = (
        (page.iso(period, kpi.grain), *rest) for period, *rest in points.values_list(*columns).iterator(2_000)
    )
    header = ["period", "value", "expected_low", "expected_high", "loaded_at", "imported_from"]
    return csv_response(kpi.slug, header, rows)
