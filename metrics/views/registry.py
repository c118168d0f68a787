"""Pages about how KPIs are looked after: what cites one, its targets, and the governance of all."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from metrics.forms.targets import TargetForm
from metrics.models import Kpi, KpiTarget
from metrics.queries import governance, registry
from metrics.services import targets
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, render_page

PROPOSALS = 20


@access(Can.KPI_READ)
@require_GET
def kpi_usage(request, slug):
    """Everything that cites a KPI, and which version it pins."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).for_page(), slug=slug)
    context = {"kpi": kpi, "impact": registry.impact(kpi, request.user)}
    return render_page(request, "metrics/kpi_usage.html", context)


@access(Can.KPI_READ)
@require_GET
def target_list(request, slug):
    """The dated targets and thresholds of a KPI."""
    now = timezone.now()
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).for_page(), slug=slug)
    form = TargetForm(kpi=kpi, initial={"effective_from": company_day(now)})
    return render_page(request, "metrics/target_list.html", _targets(request, kpi, form, now))


@access(Can.KPI_EDIT)
@require_POST
def target_set(request, slug):
    now = timezone.now()
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    form = TargetForm(request.POST, kpi=kpi)
    if not form.is_valid():
        context = _targets(request, kpi, form, now)
        return render_page(request, "metrics/target_list.html", context, status=422)
    target, new = targets.set_target(kpi, **form.cleaned_data, by=request.user, at=now)
    said = targets.in_words(kpi, target)
    messages.success(request, f"The target is {'set' if new else 'changed'}: {said}.")
    return redirect("metrics:target_list", kpi.slug)


def _targets(request, kpi, form, now):
    today = company_day(now)
    rows = list(kpi.targets.select_related("version", "set_by"))
    return {
        "kpi": kpi,
        "form": form,
        "rows": [(one, targets.in_words(kpi, one)) for one in rows],
        "in_force": next((one.pk for one in rows if one.effective_from <= today), None),
        "today": today,
        "may_edit": allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user),
    }


@access(Can.KPI_EDIT)
@require_POST
def target_remove(request, slug, pk):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    target = get_object_or_404(KpiTarget.objects.select_related("kpi"), kpi=kpi, pk=pk)
    try:
        targets.remove(target, by=request.user, at=timezone.now())
    except targets.NotThere as error:
        messages.info(request, str(error))
    else:
        messages.success(request, "The target is removed. The one before it holds on.")
    return redirect("metrics:target_list", kpi.slug)


@access(Can.KPI_READ)
@require_GET
def governance_page(request):
    """How well each team looks after its KPIs; each number leads to its rows."""
    now = timezone.now()
    teams, total = governance.by_team(Kpi.objects.visible_to(request.user), now)
    if request.GET.get("format") == "csv":
        header = ["Team", "KPIs", "Score", *(title for title, _ in governance.PROBLEMS.values())]
        rows = ((one.team, one.kpis, one.score, *one.counts.values()) for one in teams)
        return csv_response("kpi-governance", header, rows)
    waiting = registry.waiting_for_review(request.user).for_list().order_by("proposed_at", "pk")
    context = {
        "teams": teams,
        "total": total,
        "problems": governance.PROBLEMS,
        "waiting": list(waiting[:PROPOSALS]),
        "may_review": allowed(request.user, Can.KPI_APPROVE),
        "now": now,
    }
    return render_page(request, "metrics/governance.html", context)
