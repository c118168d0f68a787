"""Studies whose lead has left: product ops gives them another, also where they may not read them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import paginate, render_page
from research.forms import LeadForm
from research.models import Study
from research.queries.readers import left_behind
from research.services import studies


@access(Can.RESEARCH_RESTRICTED)
@require_GET
def left_behind_list(request):
    """What is kept to people named is listed by its team and lead alone, for others may not know of it."""
    rows = (
        left_behind()
        .for_list()
        .annotate(held=Count("sessions", filter=Q(sessions__withdrawn_at=None)))
        .order_by("team__name", "pk")
    )
    page = paginate(request, rows, 30)
    seen = Study.objects.visible_to(request.user).filter(pk__in=[one.pk for one in page])
    leads = list(LeadForm().fields["lead"].choices)  # type: ignore[attr-defined]
    context = {"page": page, "seen": set(seen.values_list("pk", flat=True)), "leads": leads}
    return render_page(request, "research/left_behind.html", context)


@access(Can.RESEARCH_RESTRICTED)
@require_POST
def study_hand_over(request, pk):
    study = get_object_or_404(Study, pk=pk)
    form = LeadForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose who shall lead the study.")
        return redirect("research:left_behind_list")
    lead = form.cleaned_data["lead"]
    try:
        studies.hand_over(study, lead, by=request.user, at=timezone.now())
    except studies.StillLed as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"{lead.name} leads the study now and sees it.")
    return redirect("research:left_behind_list")
