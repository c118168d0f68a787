"""The OKRs of a team, and those of the company."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from process.queries import pages
from process.views.cycles import cycle_of
from prodops.access import Can, access
from prodops.http import render_page
from prodops.models import Team


@access(Can.OKR_READ)
@require_GET
def team_okrs(request, slug, team):
    """A team's objectives of a cycle and its year, what is due, and its cycles before."""
    cycle, now = cycle_of(request, slug), timezone.now()
    ours = get_object_or_404(Team.objects.visible_to(request.user), slug=team)
    context = {
        "cycle": cycle,
        "team": ours,
        "found": pages.team_page(ours, cycle, at=now),
        "others": list(Team.objects.visible_to(request.user).order_by("name").values_list("slug", "name")),
    }
    return render_page(request, "process/team_okrs.html", context)


@access(Can.OKR_READ)
@require_GET
def company_okrs(request, slug):
    """The company's objectives, the year's beside the quarter's, with what teams do for them."""
    cycle, now = cycle_of(request, slug), timezone.now()
    found = pages.company_page(cycle, at=now)
    return render_page(request, "process/company_okrs.html", {"cycle": cycle, "found": found})
