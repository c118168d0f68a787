from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.models import Kpi
from process import queries
from process.forms import KeyResultForm, MilestoneForm, ReasonForm, RedefineForm
from process.formulas import okrs
from process.models import KeyResult, Kind, Milestone, Objective, Source
from process.services import agreement, key_results, objectives, shapes
from prodops.access import Can, access
from prodops.http import render_block, render_page, wants_partial
from prodops.jinja import day


def _form(request, **kwargs):
    """The form of what was sent, or of what is chosen so far: then only its fields are drawn again."""
    if request.method == "POST":
        return KeyResultForm(request.POST, user=request.user, **kwargs)
    chosen = {name: request.GET[name] for name in KeyResultForm.base_fields if name in request.GET}
    if "follows_text" in request.GET:
        chosen["follows"] = (request.GET.get("follows", ""), request.GET["follows_text"])
    kwargs["initial"] = kwargs.get("initial", {}) | chosen
    return KeyResultForm(user=request.user, **kwargs)


def _save(form, save, request):
    """Call `save` with what was typed; what the services refuse becomes the form's error."""
    try:
        return save(**form.said(), **form.shape(), by=request.user, at=timezone.now())
    except (
        okrs.NoDistance,
        okrs.ZeroWeights,
        shapes.Misshapen,
        agreement.NeedsReason,
        objectives.CycleClosed,
    ) as error:
        form.refuse(error)
    return None


def _show(request, form, objective, key_result=None):
    """The page or, where only the kind or the source was chosen anew, the fields that go with it."""
    context = {"form": form, "objective": objective, "key_result": key_result, "others": []}
    context["asks_why"] = agreement.asks_why(objective)
    if wants_partial(request) and request.method == "GET":
        return render_block(request, "process/key_result_form.html", "shape", context)
    if key_result is None:
        context["others"] = list(objective.key_results.order_by("position", "pk"))
    return render_page(request, "process/key_result_form.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def key_result_add(request, pk):
    """Add one after another: saving offers the next; one of milestones goes on to these."""
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    form = _form(request, initial={"owner": objective.owner_id}, agreed=agreement.asks_why(objective))
    if request.method == "POST" and form.is_valid():

        def save(**fields):
            return objectives.add_key_result(objective, **fields)

        if row := _save(form, save, request):
            messages.success(request, f"“{row}” is added.")
            if row.kind == Kind.MILESTONES and row.source == Source.HAND:
                return _to_milestones(row.pk, form.cleaned_data.get("reason"))
            more = "another" in request.POST
            return redirect("process:key_result_add", pk) if more else redirect(objective)
    return _show(request, form, objective)


def editable_key_result(request, pk):
    whole = ("objective__cycle", "objective__team", "kpi", "kpi_version", "follows")
    editable = KeyResult.objects.editable_by(request.user).select_related(*whole)
    return get_object_or_404(editable, pk=pk)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def key_result_edit(request, pk):
    row = editable_key_result(request, pk)
    form = _form(request, key_result=row)
    if request.method == "POST" and form.is_valid():

        def save(**fields):
            objectives.edit_key_result(row, **fields)
            return row

        if _save(form, save, request):
            messages.success(request, "Saved.")
            return redirect(row)
    return _show(request, form, row.objective, row)


@access(Can.OKR_EDIT)
@require_POST
def key_result_remove(request, pk):
    row = editable_key_result(request, pk)
    objective = row.objective
    try:
        reason = request.POST.get("reason", "")[:500]
        objectives.remove_key_result(row, reason=reason, by=request.user, at=timezone.now())
    except (objectives.HasHistory, objectives.CycleClosed, agreement.NeedsReason) as error:
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


@access(Can.OKR_EDIT)
@require_GET
def milestones(request, pk):
    """The milestones of a key result as rows, each saved alone; `?why=` is the reason that was said last."""
    return _milestones(request, editable_key_result(request, pk), why=request.GET.get("why", "")[:500])


def _milestones(request, row, *, why="", kept=(None, {})):
    """The page; `kept` is the milestone (None: a new one) that is not saved yet, and what was typed."""
    context = {
        "key_result": row,
        "objective": row.objective,
        "rows": list(row.milestones.select_related("done_by").order_by("position", "pk")),
        "form": MilestoneForm(initial={name: value for name, value in kept[1].items() if kept[0] is None}),
        "asks_why": agreement.asks_why(row.objective),
        "why": why,
        "kept": kept,
    }
    return render_page(request, "process/milestones.html", context)


@access(Can.OKR_EDIT)
@require_POST
def milestone_add(request, pk):
    row = editable_key_result(request, pk)
    form = MilestoneForm(request.POST)
    try:
        if form.is_valid():
            key_results.add_milestone(row, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to_milestones(pk, form.cleaned_data["reason"])
        messages.error(request, _errors(form))
    except (key_results.NothingToDo, objectives.CycleClosed, agreement.NeedsReason) as error:
        messages.error(request, str(error))
    return _milestones(request, row, kept=(None, request.POST.dict()))


def _to_milestones(pk, reason):
    """Back to the list, with the reason of this change at hand for the next one."""
    said = (reason or "").strip()[:500]
    query = f"?{urlencode({'why': said})}" if said else ""
    return redirect(f"{reverse('process:milestones', args=[pk])}{query}")


def _errors(form):
    return " ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items())


def _milestone(request, pk, rows):
    found = Milestone.objects.select_related("key_result__objective__cycle")
    return get_object_or_404(found, pk=pk, key_result__in=rows)


@access(Can.OKR_EDIT)
@require_POST
def milestone_edit(request, pk):
    """Save a row; the button pressed may also move it up or down, or remove it."""
    milestone = _milestone(request, pk, KeyResult.objects.editable_by(request.user))
    row = milestone.key_result
    form, to = MilestoneForm(request.POST), request.POST.get("to", "")
    reason = request.POST.get("reason", "")[:500]
    said = {"by": request.user, "at": timezone.now()}
    try:
        if to == "remove":
            key_results.remove_milestone(milestone, reason=reason, **said)
            messages.success(request, f"“{milestone}” is removed.")
            return _to_milestones(row.pk, "")
        if to in ("up", "down"):
            key_results.move_milestone(milestone, up=to == "up", **said)
        elif form.is_valid():
            key_results.edit_milestone(milestone, **form.cleaned_data, **said)
            messages.success(request, "Saved.")
        else:
            messages.error(request, f"“{milestone}” is not changed. {_errors(form)}")
            return _milestones(request, row, kept=(pk, request.POST.dict()))
    except (objectives.CycleClosed, agreement.NeedsReason) as error:
        messages.error(request, str(error))
        return _milestones(request, row, kept=(pk, request.POST.dict()))
    return _to_milestones(row.pk, "")


@access(Can.OKR_CHECK_IN)
@require_POST
def milestone_tick(request, pk):
    """Done, or not yet: each is the other's undo. Owners tick theirs, whatever their role."""
    milestone = _milestone(request, pk, KeyResult.objects.checkable_by(request.user))
    done = request.POST.get("done") == "1"
    try:
        key_results.tick(milestone, done, by=request.user, at=timezone.now())
    except objectives.CycleClosed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{milestone}” is {'done' if done else 'open again'}.")
    return redirect(milestone.key_result)


@access(Can.OKR_EDIT)
@require_POST
def key_result_waive(request, pk):
    """Let it be graded though its data are in doubt, with a reason; without one, take that back."""
    row = editable_key_result(request, pk)
    said = {"by": request.user, "at": timezone.now()}
    form = ReasonForm(request.POST)
    try:
        if "undo" in request.POST:
            key_results.unwaive(row, **said)
            messages.success(request, "The waiver is taken back.")
        elif not form.is_valid():
            messages.error(request, "Say why the data are good enough to grade this key result.")
        else:
            key_results.waive(row, reason=form.cleaned_data["reason"], **said)
            messages.success(request, "Waived: it can be graded without the days in doubt.")
    except (key_results.NothingToDo, objectives.CycleClosed) as error:
        messages.warning(request, str(error))
    return redirect(row)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def key_result_redefine(request, pk):
    """Take the KPI's new definition, with the baseline restated."""
    row, now = editable_key_result(request, pk), timezone.now()
    [standing] = queries.standings([row], at=now)
    if standing.changed is None:
        messages.info(request, "It follows the newest definition of its KPI already.")
        return redirect(row)
    form = RedefineForm(request.POST or None, key_result=row)
    if request.method == "POST" and form.is_valid():
        try:
            key_results.redefine(row, **form.said(), by=request.user, at=now)
        except (okrs.NoDistance, key_results.NothingToDo, objectives.CycleClosed, ValueError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"It follows version {standing.changed.number} of its KPI now.")
            return redirect(row)
    reading = queries.reading(row.kpi, until=queries.company_day(now), at=now)
    context = {"form": form, "key_result": row, "standing": standing, "reading": reading}
    return render_page(request, "process/key_result_redefine.html", context)
