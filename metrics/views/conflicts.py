"""The page of pairs that may be one KPI, where they are settled."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from metrics.filters.conflicts import ConflictFilter
from metrics.models import Conflict, Ruling, Verdict
from metrics.queries import conflicts as reads
from metrics.services import conflicts, kpis, names
from prodops.access import Can, access
from prodops.http import next_url, paginate, render_page
from prodops.models import Team

KEYS = [
    ("j k", "Next and previous pair"),
    ("1", "Merge into the left one"),
    ("2", "Merge into the right one"),
    ("d", "Say why both are needed"),
]


@access(Can.KPI_READ)
@require_GET
def conflict_list(request):
    teams = list(Team.objects.order_by("name").values_list("pk", "name"))
    visible = Conflict.objects.visible_to(request.user).for_list()
    found = ConflictFilter(request.GET, visible, teams=teams, request=request)
    page = paginate(request, found.qs, reads.SHOWN)
    context = {
        "found": found,
        "page": page,
        "pairs": reads.shown(page.rows, request.user),
        "page_keys": KEYS,
    }
    return render_page(request, "metrics/conflict_list.html", context, partial="rows")


@access(Can.KPI_EDIT)
@require_POST
def conflict_settle(request, pk):
    """Settle a pair: `ruling`, `keep` (the slug of the KPI that stays) and `reason`."""
    visible = Conflict.objects.visible_to(request.user).select_related("first", "second")
    conflict = get_object_or_404(visible, pk=pk)
    back = next_url(request, "/")
    back = back if back != "/" else "metrics:conflict_list"
    ruling = request.POST.get("ruling", "")
    sides = {conflict.first.slug: conflict.first, conflict.second.slug: conflict.second}
    keep = sides.get(request.POST.get("keep", ""))
    reason = " ".join(request.POST.get("reason", "").replace("\0", "").split())[:500]
    if ruling not in Ruling.values or (ruling != Ruling.DIFFERENT and keep is None):
        messages.error(request, "Choose which of the two stays, or say why both are needed.")
        return redirect(back)
    try:
        conflicts.settle(
            conflict, ruling=ruling, keep=keep, reason=reason, by=request.user, at=timezone.now()
        )
    except (
        *(conflicts.NotYours, conflicts.Settled, conflicts.NoReason),
        *(kpis.WrongStatus, kpis.NoSuccessor, names.NameTaken, kpis.NeedsProposal),
    ) as error:
        messages.error(request, str(error))
    else:
        said = {
            Ruling.DIFFERENT: "Kept apart. The reason is remembered.",
            Ruling.MERGED: f"Merged into “{keep}”. The other is deprecated and points to it.",
            Ruling.ALIASED: f"Merged into “{keep}”, which has the other’s names too.",
        }
        messages.success(request, said[Ruling(ruling)])
    return redirect(back)


@access(Can.KPI_EDIT)
@require_POST
def verdict_undo(request, pk):
    verdict = get_object_or_404(Verdict.objects.visible_to(request.user), pk=pk)
    try:
        conflicts.undo(verdict, by=request.user, at=timezone.now())
    except (
        *(conflicts.NotYours, conflicts.Settled),
        *(kpis.WrongStatus, kpis.NorthStarTaken, names.NameTaken, kpis.NeedsProposal),
    ) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The verdict is taken back: the pair is open again.")
    return redirect("metrics:conflict_list")
