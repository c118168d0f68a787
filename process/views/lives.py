from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process import queries
from process.forms import ReasonForm
from process.forms.copies import CopyForm
from process.models import KeyResult, Objective
from process.services import agreement, copies, lives
from process.views.cycles import cycle_of
from prodops.access import Can, access
from prodops.http import render_page


@access(Can.OKR_READ)
@require_GET
def cycle_lint(request, slug):
    """What could be better in the drafts of a cycle, by team."""
    cycle = cycle_of(request, slug)
    teams = queries.drafts_by_team(cycle, at=timezone.now())
    context = {"cycle": cycle, "teams": teams, "count": sum(team.count for team in teams)}
    return render_page(request, "process/cycle_lint.html", context)


@access(Can.OKR_READ)
@require_GET
def objective_lint(request, pk):
    """What could be better in one draft: a page, and a part of the objective's own."""
    objective = get_object_or_404(Objective.objects.visible_to(request.user).for_list(), pk=pk)
    teams = queries.drafts_by_team(objective.cycle, at=timezone.now(), teams=[objective.team_id])
    found = [hits for team in teams for one, hits in team.objectives if one.pk == pk]
    context = {
        "objective": objective,
        "findings": found[0] if found else [],
        "together": [one for team in teams for one in team.together],
    }
    return render_page(request, "process/objective_lint.html", context, partial="findings")


def _do(request, objective, verb, said, **fields):
    """Do one verb; tell what came of it."""
    try:
        verb(objective, **fields, by=request.user, at=timezone.now())
    except lives.NotNow as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return redirect(objective)


def _editable(request, pk):
    return get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)


@access(Can.OKR_EDIT)
@require_POST
def objective_review(request, pk):
    """Anybody who writes objectives may review others': a reader of another team sees most."""
    objective = get_object_or_404(Objective.objects.visible_to(request.user).for_list(), pk=pk)
    if request.POST.get("done") == "0":
        return _do(request, objective, lives.review_again, "It waits for a review again.")
    return _do(request, objective, lives.review, "It is reviewed.")


@access(Can.OKR_EDIT)
@require_POST
def objective_abandon(request, pk):
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    said = "It is abandoned, and counts nowhere any more. You can take it up again."
    return _do(request, _editable(request, pk), lives.abandon, said, reason=reason)


@access(Can.OKR_EDIT)
@require_POST
def objective_take_up(request, pk):
    return _do(request, _editable(request, pk), lives.take_up, "It is pursued again.")


@access(Can.OKR_EDIT)
@require_POST
def objective_archive(request, pk):
    said = "It is archived: out of sight and out of what is counted. You can restore it."
    return _do(request, _editable(request, pk), lives.archive, said)


@access(Can.OKR_EDIT)
@require_POST
def objective_restore(request, pk):
    return _do(request, _editable(request, pk), lives.restore, "It is back.")


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def objective_copy(request, pk):
    """Carry an objective forward into another cycle, or clone it, with the key results that are chosen."""
    mine = Objective.objects.visible_to(request.user).copyable_by(request.user)
    objective = get_object_or_404(mine.for_list(), pk=pk)
    rows = KeyResult.objects.filter(objective=objective).for_list()
    standings = queries.standings(rows.order_by("position", "pk"), at=timezone.now())
    form = CopyForm(request.POST or None, objective=objective, standings=standings)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        verb = copies.carry if data["how"] == "carry" else copies.clone
        try:
            chosen = {"only": data["key_results"], "reason": data["reason"]}
            copy = verb(objective, data["cycle"], **chosen, by=request.user, at=timezone.now())
        except copies.NotThere as error:
            form.add_error("cycle", str(error))
        except agreement.NeedsReason as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, f"It is in {copy.cycle} now. Look through it before others do.")
            return redirect(copy)
    return render_page(request, "process/objective_copy.html", {"form": form, "objective": objective})
