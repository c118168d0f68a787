"""How a KPI's data stand to their checks, and what the checks have learnt from answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.forms.quality import QualityForm
from metrics.models import Kpi, Rule, Watch
from metrics.services import quality, sensitivity
from prodops.access import Can, access, allowed
from prodops.http import render_page

PAGE = "metrics/quality.html"
LESSONS = 10


@access(Can.KPI_READ)
@require_GET
def quality_detail(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).for_list(), slug=slug)
    return render_page(request, PAGE, _context(request, kpi), partial="checks")


def _context(request, kpi):
    """What the checks found last; freshness is reckoned now, since it changes by itself."""
    now = timezone.now()
    last = queries.last_periods([kpi.pk]).get(kpi.pk)
    held = queries.results_of([kpi.pk])[kpi.pk]
    watch = Watch.objects.filter(kpi=kpi).first()
    return {
        "kpi": kpi,
        "fresh": quality.freshness_of(kpi, last, now),
        "due": kpi.due_after(last) if last else None,
        "badly": kpi.fails_after(last) if last else None,
        "results": [held[rule] for rule in Rule if rule in held and rule != Rule.FRESHNESS],
        "factor": watch.factor if watch else 1,
        "checked_at": watch and watch.checked_at,
        "lessons": list(kpi.sensitivity_changes.select_related("by", "incident")[:LESSONS]),
        "may_edit": allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user),
        "now": now,
    }


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def quality_edit(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_list(), slug=slug)
    form = QualityForm(request.POST or None, settings=queries.settings_of([kpi.pk])[kpi.pk])
    if request.method == "POST" and form.is_valid():
        try:
            quality.configure(kpi, form.wanted(), by=request.user, at=timezone.now())
        except quality.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The checks are set, and the data were held against them.")
            return redirect("metrics:quality_detail", kpi.slug)
    context = {"kpi": kpi, "form": form}
    return render_page(request, "metrics/quality_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_POST
def sensitivity_reset(request, slug):
    """Forget what false alarms have taught the checks of a KPI."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    try:
        sensitivity.reset(kpi, by=request.user, at=timezone.now())
    except sensitivity.NothingLearnt as error:
        messages.info(request, str(error))
    else:
        messages.success(request, "Reset: the checks judge this KPI as they judge a new one.")
    return redirect("metrics:quality_detail", kpi.slug)
