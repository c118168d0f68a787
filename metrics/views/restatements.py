from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from metrics.models import Kpi, Restatement
from metrics.views.charts import iso
from prodops.access import Can, access
from prodops.clock import company_zone
from prodops.http import csv_response, paginate, render_page

HEADER = ["period", "dimensions", "version", "before", "after", "changed_at", "by", "from", "undone"]


@access(Can.KPI_READ)
@require_GET
def restatement_list(request, slug):
    """Every value of a KPI that is not what it was, newest change first."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    changed = Restatement.objects.filter(kpi=kpi).for_list().order_by("-load_id", "-period", "-pk")
    if request.GET.get("format") == "csv":
        zone = company_zone()
        rows = (
            (
                *(iso(one.period, kpi.grain, zone), one.slice and one.slice.label, one.version.number),
                *(one.before, one.after, one.load.at.isoformat(timespec="minutes"), one.load.by.name),
                *(one.load.file_name, "yes" if one.load.undone_at else ""),
            )
            for one in changed[:10_000]
        )
        return csv_response(f"{kpi.slug}-restatements", HEADER, rows)
    page = paginate(request, changed)
    return render_page(request, "metrics/restatement_list.html", {"kpi": kpi, "page": page})
