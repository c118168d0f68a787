"""Experiments as a list, a calendar, a programme and slides."""

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from metrics.filters.experiments import ExperimentFilter
from metrics.formats.experiment_slides import deck
from metrics.models import Experiment, ExperimentDecision, RulingState
from metrics.queries import calendar as days
from metrics.queries.experiments import rows_of, slides_of
from metrics.queries.programme import programme
from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import csv_response, paginate, render_page
from prodops.models import Team

HEADER = [
    *("Experiment", "Key", "State", "Owner", "Team", "Area", "Surfaces", "Audience", "Primary KPI"),
    *("Method", "First day", "Last day", "Recommended", "Decision", "Rationale", "Decided by", "Lift"),
    *("Learnings", "Plan hash", "Changes of the plan"),
]
SLIDES = 30
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_list(request):
    rows = Experiment.objects.visible_to(request.user).for_list()
    found = ExperimentFilter(request.GET, rows, user=request.user)
    if request.GET.get("format") == "csv":
        return csv_response("experiments", HEADER, rows_of(found.qs[:10_000]))
    shown = paginate(request, found.qs)
    waiting = ExperimentDecision.objects.filter(state=RulingState.WAITING)
    context = {
        "found": found,
        "page": shown,
        "facts": days.facts_of(shown.rows),
        "to_review": waiting.waiting_for(request.user).count(),
        "today": company_day(timezone.now()),
    }
    return render_page(request, "metrics/experiment_list.html", context, partial="rows")


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_calendar(request):
    """Running and planned tests by surface, with those that overlap."""
    today = company_day(timezone.now())
    try:
        first = dt.date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        first = today - dt.timedelta(days=28)
    first = min(max(first, dt.date(2000, 1, 1)), dt.date(2100, 1, 1))
    chosen = days.calendar(
        first - dt.timedelta(days=first.weekday()),
        surface=request.GET.get("surface", "")[:60].lower(),
        audience=request.GET.get("audience", "")[:120],
        today=today,
    )
    return render_page(request, "metrics/experiment_calendar.html", {"calendar": chosen, "today": today})


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_programme(request):
    """How many, how fast, how many won, and what winners are worth."""
    teams = list(Team.objects.order_by("name"))
    team = next((one for one in teams if one.slug == request.GET.get("team")), None)
    figures = programme(today=company_day(timezone.now()), team=team)
    if request.GET.get("format") == "csv":
        header = ["Winner", "Key", "Primary KPI", "Measured lift, %", "Believed lift, %"]
        rows = (
            (one.experiment.title, one.experiment.key, one.kpi, one.lift * 100, one.believed * 100)
            for one in figures.winners
        )
        return csv_response("experiment-programme", header, rows)
    context = {"figures": figures, "teams": teams, "team": team}
    return render_page(request, "metrics/experiment_programme.html", context)


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_slides(request):
    """The experiments that the list's filters find as slides for the review meeting, up to thirty."""
    rows = Experiment.objects.visible_to(request.user).for_list()
    found = ExperimentFilter(request.GET, rows, user=request.user)
    today = company_day(timezone.now())
    figures = programme(today=today)
    slides = slides_of(list(found.qs[:SLIDES]))
    response = HttpResponse(deck(slides, day=today, summary=_summary(figures)), content_type=PPTX)
    response["Content-Disposition"] = f'attachment; filename="experiments-{today.isoformat()}.pptx"'
    return response


def _summary(figures):
    """The programme in lines, for the first slide."""
    lines = [f"{figures.running} running, {figures.decided} decided in twelve months"]
    if figures.rate is not None:
        lines.append(f"{figures.shipped} shipped: {figures.rate:.0%} of what was decided")
    if figures.days_to_decide is not None:
        lines.append(f"Median time from start to decision: {figures.days_to_decide:g} days")
    if figures.winners:
        lines.append(
            f"Mean lift of winners: {figures.measured:+.1%} measured, {figures.believed:+.1%} believed"
        )
    return lines
