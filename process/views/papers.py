"""A cycle as a PDF."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from process.formats.papers import pdf
from process.queries.papers import paper
from process.views.cycles import cycle_of
from prodops.access import Can, access
from prodops.models import Team


@access(Can.OKR_READ)
@require_GET
def cycle_pdf(request, slug):
    """The whole cycle on paper or, by `?team=`, what one team has in it."""
    cycle, now, team = cycle_of(request, slug), timezone.now(), None
    if wanted := request.GET.get("team", "").replace("\0", ""):
        team = get_object_or_404(Team.objects.visible_to(request.user), slug=wanted)
    made = pdf(paper(cycle, at=now, team=team), at=now)
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"okrs-{cycle.slug}" + (f"-{team.slug}" if team else "")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
