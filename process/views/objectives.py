from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.models import Kpi
from process import queries
from process.forms import KeyResultForm, ObjectiveForm
from process.formulas import charts, okrs
from process.models import KeyResult, Objective
from process.services import objectives
from process.views.cycles import cycle_of
from prodops import panels
from prodops.access import Can, access
from prodops.http import render_page
from prodops.jinja import day
from prodops.talk import talk_about


@access(Can.OKR_READ)
@require_GET
def objective_detail(request, pk):
    objective = get_object_or_404(Objective.objects.visible_to(request.user).for_list(), pk=pk)
    now = timezone.now()
    [standing] = queries.objective_standings([objective], at=now)
    said = queries.check_ins_of(objective)
    shown = [(one, said.get(one.key_result.pk, []), _chart(one, said, now)) for one in standing.key_results]
    context = {
        "objective": objective,
        "standing": standing,
        "shown": shown,
        "editable": Objective.objects.editable_by(request.user).filter(pk=pk).exists(),
        "panels": panels.render("process.objective", request, objective),
        "talk": talk_about(request, objective),
    }
    return render_page(request, "process/objective_detail.html", context)


def _chart(standing, said, now):
    """The last words of each week as a line; what follows a KPI ends where the KPI stands."""
    row, period = standing.key_result, standing.key_result.objective.cycle.period
    if row.start is None:
        return None
    weekly = {one.week: one for one in reversed(said.get(row.pk, []))}
    values = [(queries.company_day(one.at), one.value) for one in weekly.values()]
    if standing.reading and standing.reading.as_of and standing.reading.as_of >= period.first_day:
        values = [one for one in values if one[0] < standing.reading.as_of]
        values.append((standing.reading.as_of, standing.reading.value))
    return charts.trajectory(
        sorted(values),
        start=row.start,
        target=row.target,
        first=period.first_day,
        last=period.last_day,
        today=queries.company_day(now),
    )


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def objective_write(request, slug):
    cycle = cycle_of(request, slug)
    form = ObjectiveForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        try:
            objective = objectives.write(cycle, **form.cleaned_data, by=request.user, at=timezone.now())
        except objectives.CycleClosed as error:
            form.add_error(None, str(error))
        else:
            return redirect("process:key_result_add", objective.pk)
    context = {"form": form, "cycle": cycle, "objective": None}
    return render_page(request, "process/objective_form.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def objective_edit(request, pk):
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    form = ObjectiveForm(request.POST or None, instance=objective, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            objectives.edit(objective, **form.cleaned_data, by=request.user, at=timezone.now())
        except objectives.CycleClosed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved.")
            return redirect(objective)
    context = {"form": form, "cycle": objective.cycle, "objective": objective}
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


def _save_key_result(form, save, request):
    """Call `save` with what was typed; what the service refuses becomes the form's error."""
    try:
        return save(**form.cleaned_data, by=request.user, at=timezone.now())
    except okrs.NoDistance as error:
        form.add_error("start", str(error))
    except okrs.ZeroWeights as error:
        form.add_error("weight", str(error))
    except objectives.CycleClosed as error:
        form.add_error(None, str(error))
    return None


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def key_result_add(request, pk):
    """Add one after another: saving offers the next."""
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    initial = {"owner": objective.owner_id, "weight": 1}
    form = KeyResultForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():

        def save(**fields):
            return objectives.add_key_result(objective, **fields)

        if row := _save_key_result(form, save, request):
            messages.success(request, f"“{row}” is added.")
            more = "another" in request.POST
            return redirect("process:key_result_add", pk) if more else redirect(objective)
    context = {
        "form": form,
        "objective": objective,
        "key_result": None,
        "others": list(objective.key_results.order_by("position", "pk")),
    }
    return render_page(request, "process/key_result_form.html", context)


def _editable_key_result(request, pk):
    editable = KeyResult.objects.editable_by(request.user).select_related("objective__cycle")
    return get_object_or_404(editable, pk=pk)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def key_result_edit(request, pk):
    row = _editable_key_result(request, pk)
    form = KeyResultForm(request.POST or None, instance=row, user=request.user)
    if request.method == "POST" and form.is_valid():

        def save(**fields):
            objectives.edit_key_result(row, **fields)
            return row

        if _save_key_result(form, save, request):
            messages.success(request, "Saved.")
            return redirect(row)
    context = {"form": form, "objective": row.objective, "key_result": row, "others": []}
    return render_page(request, "process/key_result_form.html", context)


@access(Can.OKR_EDIT)
@require_POST
def key_result_remove(request, pk):
    row = _editable_key_result(request, pk)
    objective = row.objective
    try:
        objectives.remove_key_result(row, by=request.user, at=timezone.now())
    except (objectives.HasHistory, objectives.CycleClosed) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The key result is removed.")
    return redirect(objective)


@access(Can.OKR_EDIT)
@require_GET
def kpi_hint(request):
    """In words, where the chosen KPI stands: what a key result that follows it would start from."""
    chosen = request.GET.get("kpi", "")
    wanted = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else 0
    kpi = Kpi.objects.visible_to(request.user).filter(pk=wanted).first()
    if kpi is None:
        return HttpResponse("")
    now = timezone.now()
    reading = queries.reading(kpi, until=queries.company_day(now), at=now)
    if reading.value is None:
        return HttpResponse("This KPI has no value yet, so say where the key result starts.")
    return HttpResponse(f"It stands at {kpi.show(reading.value)}, as of {day(reading.as_of)}.")
