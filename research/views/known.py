"""Do we already know this?"""

from django.utils import timezone
from django.views.decorators.http import require_GET

from prodops import panels
from prodops.access import Can, access
from prodops.disclosure import disclosed
from prodops.http import render_page
from research.queries import standing
from research.queries.known import known

LONGEST = 400


@access(Can.RESEARCH_READ)
@require_GET
def ask(request):
    text = request.GET.get("q", "")[:LONGEST]
    found = known(text, user=request.user, limit=8)
    disclosed(request.user, "found", found.restricted, at=timezone.now())
    insights = [one.insight for one in found.insights]
    context = {
        "found": found,
        "badges": standing.badges_of(insights, timezone.localdate()),
        "panels": panels.render("research.known", request, found) if found.text else [],
    }
    return render_page(request, "research/known.html", context, partial="answer")
