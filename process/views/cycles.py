from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from process import queries
from process.filters import ObjectiveFilter
from process.forms.cycles import CycleForm
from process.models import KeyResult, Objective, OkrCycle
from process.services import cycles
from prodops import activity
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page, wants_partial
from prodops.quarters import Quarter, period_of


def cycle_of(request, slug):
    """The cycle at this address; 404 for none."""
    try:
        period = period_of(slug)
    except ValueError as error:
        raise Http404(str(error)) from error
    visible = OkrCycle.objects.visible_to(request.user)
    return get_object_or_404(visible, year=period.year, number=getattr(period, "number", None))


@access(Can.OKR_READ)
@require_GET
def okr_home(request):
    """The cycle people work in now; before there is one, what a cycle is and who opens it."""
    visible = OkrCycle.objects.visible_to(request.user)
    cycle = queries.running(visible, queries.company_day(timezone.now()))
    if cycle is None:
        return render_page(request, "process/okr_empty.html", {})
    return _show(request, cycle)


@access(Can.OKR_READ)
@require_GET
def cycle_detail(request, slug):
    return _show(request, cycle_of(request, slug))


def _show(request, cycle):
    now = timezone.now()
    objectives = Objective.objects.visible_to(request.user).for_list().filter(cycle=cycle)
    ordered = objectives.order_by("team__name", "team_id", "position", "pk")
    found = ObjectiveFilter(request.GET, ordered, request=request)
    page = paginate(request, found.qs, per_page=40)
    whole = None if wants_partial(request) else queries.cycle_standings(cycle, at=now)
    shown = queries.objective_standings(page, at=now, known=whole)
    context = {
        "cycle": cycle,
        "found": found,
        "page": page,
        "teams": queries.by_team(shown),
    }
    if whole is not None:
        context |= {
            "time": queries.time_gone(cycle, queries.company_day(now)),
            "summary": queries.summary(whole),
            "late": queries.late(whole),
            "plan": queries.plan(cycle),
            "beside": queries.beside(cycle),
            "history": activity.history(cycle)[:10],
        }
    return render_page(request, "process/cycle_detail.html", context, partial="rows")


@access(Can.OKR_READ)
@require_GET
def cycle_list(request):
    shown = queries.cycles_with_counts(OkrCycle.objects.visible_to(request.user))
    return render_page(request, "process/cycle_list.html", {"years": queries.by_year(shown)})


@access(Can.OKR_READ)
@require_GET
def cycle_csv(request, slug):
    """Every key result of the cycle with how it stands."""
    cycle = cycle_of(request, slug)
    rows = KeyResult.objects.visible_to(request.user).for_list().filter(objective__cycle=cycle)
    ordered = rows.select_related("objective__owner").order_by(
        "objective__team__name", "objective__position", "objective_id", "position", "pk"
    )
    standings = queries.standings(ordered, at=timezone.now())
    return csv_response(f"okrs-{cycle.slug}", queries.CSV_HEADER, map(queries.csv_row, standings))


@access(Can.OKR_RUN)
@require_http_methods(["GET", "POST"])
def cycle_open(request):
    current = Quarter.of(queries.company_day(timezone.now()), settings.FISCAL_YEAR_START_MONTH)
    form = CycleForm(request.POST or None, current=current)
    if request.method == "POST" and form.is_valid():
        try:
            cycle = cycles.open(form.cleaned_data["period"], by=request.user, at=timezone.now())
        except cycles.AlreadyOpened as error:
            form.add_error("period", str(error))
        else:
            messages.success(request, f"{cycle} is open: teams can write their objectives.")
            return redirect(cycle)
    return render_page(request, "process/cycle_form.html", {"form": form})
