from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process import queries
from process.forms import ObjectiveForm
from process.models import Objective
from process.services import agreement, objectives
from process.views.cycles import cycle_of
from prodops import panels
from prodops.access import Can, access
from prodops.http import render_page
from prodops.talk import talk_about


@access(Can.OKR_READ)
@require_GET
def objective_detail(request, pk):
    whole = Objective.objects.visible_to(request.user).for_list()
    kin = whole.select_related(
        "team", "owner", "cycle", "carried_from__cycle", "reviewed_by", "retrospective"
    )
    objective = get_object_or_404(kin, pk=pk)
    now = timezone.now()
    said = queries.check_ins_of(objective)
    [standing] = queries.objective_standings([objective], at=now, said=said)
    drawn = queries.pictures(standing.key_results, said, at=now)
    shown = [(one, said.get(one.key_result.pk, []), drawn[one.key_result.pk]) for one in standing.key_results]
    context = {
        "objective": objective,
        "standing": standing,
        "shown": shown,
        "editable": objective.cycle.open and queries.writes(request.user, objective),
        "life": queries.life(objective, request.user, [one.key_result for one in standing.key_results]),
        "panels": panels.render("process.objective", request, objective),
        "talk": talk_about(request, objective),
    }
    return render_page(request, "process/objective_detail.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def objective_write(request, slug):
    cycle = cycle_of(request, slug)
    taught = queries.learnings_for(request.user.editor_team_ids, cycle)
    initial = {"owner": request.user.pk}
    if len({one.objective.team_id for one in taught}) == 1:
        initial["learned"] = "\n\n".join(map(queries.learned_text, taught))[:2000]
    form = ObjectiveForm(request.POST or None, user=request.user, cycle=cycle, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            objective = objectives.write(cycle, **form.cleaned_data, by=request.user, at=timezone.now())
        except (objectives.CycleClosed, objectives.LevelRefused, agreement.NeedsReason) as error:
            form.add_error(None, str(error))
        else:
            return redirect("process:key_result_add", objective.pk)
    context = {"form": form, "cycle": cycle, "objective": None, "taught": taught}
    return render_page(request, "process/objective_form.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def objective_edit(request, pk):
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    form = ObjectiveForm(request.POST or None, instance=objective, user=request.user, cycle=objective.cycle)
    if request.method == "POST" and form.is_valid():
        try:
            objectives.edit(objective, **form.cleaned_data, by=request.user, at=timezone.now())
        except (objectives.CycleClosed, objectives.LevelRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved.")
            return redirect(objective)
    taught = queries.learnings_for([objective.team_id], objective.cycle)
    context = {"form": form, "cycle": objective.cycle, "objective": objective, "taught": taught}
    return render_page(request, "process/objective_form.html", context)


@access(Can.OKR_EDIT)
@require_POST
def objective_remove(request, pk):
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    cycle = objective.cycle
    try:
        objectives.remove(objective, by=request.user, at=timezone.now())
    except (objectives.HasHistory, objectives.CycleClosed) as error:
        messages.warning(request, str(error))
        return redirect(objective)
    messages.success(request, "The objective is removed.")
    return redirect(cycle)
