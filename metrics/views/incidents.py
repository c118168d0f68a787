from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from metrics.models import Incident
from prodops.access import Can, access
from prodops.http import render_page
from prodops.talk import talk_about


@access(Can.KPI_READ)
@require_GET
def incident_detail(request, pk):
    incident = get_object_or_404(Incident.objects.visible_to(request.user).for_list(), pk=pk)
    flags = list(incident.flags.order_by("period"))
    for flag in flags:
        flag.kpi = incident.kpi
    context = {"incident": incident, "flags": flags, "talk": talk_about(request, incident)}
    return render_page(request, "metrics/incident_detail.html", context)
