from django.utils import timezone
from django.views.decorators.http import require_GET

from process import queries
from process.formulas import charts
from prodops.access import Can, access
from prodops.http import render_page


@access(Can.OKR_READ)
@require_GET
def health(request):
    """How the practice of OKRs goes: over cycles for the company, and by team for one cycle."""
    now = timezone.now()
    over = queries.health_of_cycles(at=now)
    asked = request.GET.get("cycle")
    # A year and its quarters lie over one another: a line runs over cycles of one length
    quarters = [pair for pair in over if pair[0].number] or over
    cycle = next((one for one, _ in over if one.slug == asked), quarters[-1][0] if over else None)
    series = {
        "bound": [(str(one), found.bound.share) for one, found in quarters],
        "fresh": [(str(one), found.fresh.share) for one, found in quarters],
        "on_time": [(str(one), found.on_time.share) for one, found in quarters],
        "brier": [(str(one), found.brier) for one, found in quarters],
    }
    context = {
        "over": over,
        "cycle": cycle,
        "teams": queries.health_of_teams(cycle, at=now) if cycle else [],
        "charts": {name: charts.shares_over(pairs) for name, pairs in series.items()},
    }
    return render_page(request, "process/okr_health.html", context)
