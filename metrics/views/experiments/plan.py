"""Writing experiments down and planning them."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.experiments import (
    CalculatorForm,
    DesignForm,
    IdeaForm,
    KpiRows,
    PictureForm,
    VariantRows,
)
from metrics.models import (
    ChecklistItem,
    Experiment,
    ExperimentInsight,
    Lineage,
    Variant,
    VariantPicture,
)
from metrics.queries import sizing
from metrics.services import experiments
from prodops import files
from prodops.access import Can, access
from prodops.http import render_page
from research.models import Insight

IDEA: tuple[str, ...] = (
    "title",
    "because",
    "change",
    "audience",
    "wanted",
    "size",
    "know_when",
    "team",
    "owner",
    "area",
)
IDEA += ("surfaces", "exclusion_group")
DESIGN: tuple[str, ...] = (
    "unit",
    "method",
    "correction",
    "alpha",
    "power",
    "mde",
    "baseline",
    "spread",
    "daily_units",
)
DESIGN += ("sample_size", "min_days", "planned_from", "planned_to")
REFUSED = (
    experiments.WrongState,
    experiments.NotPossible,
    experiments.FixedAtStart,
    experiments.ReasonMissing,
)


def editable(request, key):
    """The experiment as a page shows it, if the person may change it; else 404."""
    return get_object_or_404(Experiment.objects.editable_by(request.user).for_page(), key=key)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_new(request):
    """Write an idea down; `?insight=` begins from an insight."""
    initial = {"owner": request.user.pk, "wanted": "up", "insights": _asked_insight(request)}
    initial |= {"team": next(iter(request.user.editor_team_ids), None)}
    form = IdeaForm(request.POST or None, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = experiments.create(**form.cleaned_data, by=request.user, at=timezone.now())
        except experiments.KeyTaken as error:
            form.add_error("key", str(error))
        else:
            messages.success(request, "The idea is written down as a draft. Now say how it is tried.")
            return redirect("metrics:experiment_design", made.key)
    context = {"form": form, "experiment": None}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_form.html", context, status=status)


def _asked_insight(request):
    asked = request.GET.get("insight", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else 0
    return [number] if number else []


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_edit(request, key):
    """The hypothesis, and who answers for it."""
    experiment = editable(request, key)
    seen = Insight.objects.visible_to(request.user)
    linked = ExperimentInsight.objects.filter(experiment=experiment)
    initial = {name: getattr(experiment, name) for name in IDEA}
    initial |= {"team": experiment.team_id, "owner": experiment.owner_id, "area": experiment.area_id}
    initial |= {"surfaces": ", ".join(experiment.surfaces)}
    initial["insights"] = list(linked.values_list("insight_id", flat=True))
    form = IdeaForm(request.POST or None, initial=initial, user=request.user, experiment=experiment)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hidden = Insight.objects.filter(pk__in=initial["insights"]).exclude(pk__in=seen.values("pk"))
        try:
            found = experiments.revise(
                experiment,
                fields={name: data[name] for name in IDEA},
                insights=[*data["insights"], *hidden],
                reason=data.get("reason", ""),
                by=request.user,
                at=timezone.now(),
            )
        except REFUSED as error:
            form.add_error("reason" if "reason" in form.fields else None, str(error))
        else:
            messages.success(request, _changed(experiment, found))
            return redirect(experiment)
    context = {"form": form, "experiment": experiment}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_form.html", context, status=status)


def _changed(experiment, found):
    if experiment.is_started and found:
        count = "One change" if len(found) == 1 else f"{len(found)} changes"
        return f"Saved. {count} of the plan will be shown on the read-out."
    return "Saved."


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_design(request, key):
    """Unit, method, errors, sizes, days, variants and KPIs, with the calculator beside them."""
    experiment = editable(request, key)
    posted = request.POST if request.method == "POST" else None
    initial = {name: getattr(experiment, name) for name in DESIGN}
    form = DesignForm(posted, initial=initial, experiment=experiment)
    variants = VariantRows(posted, prefix="variants", initial=_variants(experiment))
    kpis = KpiRows(posted, prefix="kpis", initial=_kpis(experiment), user=request.user)
    faults = []
    if posted is not None and _valid(form, variants, kpis):
        try:
            found = _save(request, experiment, form.cleaned_data, variants.rows, kpis.rows)
        except REFUSED as error:
            faults = [str(error)]
        else:
            messages.success(request, _changed(experiment, found))
            return redirect(
                experiment if "done" in posted else "metrics:experiment_design",
                *(() if "done" in posted else (experiment.key,)),
            )
    faults += [*variants.errors_in_words(), *kpis.errors_in_words()] if posted is not None else []
    context = {
        "experiment": experiment,
        "form": form,
        "variants": variants,
        "kpis": kpis,
        "faults": faults,
        "sized": sizing.size_of(experiment),
    }
    status = 422 if posted is not None else 200
    return render_page(request, "metrics/experiment_design.html", context, status=status)


def _valid(*forms):
    return all([one.is_valid() for one in forms])


def _variants(experiment):
    return list(experiment.variants.values("key", "name", "description", "ratio", "is_control"))


def _kpis(experiment):
    return [
        {name: getattr(one, name) for name in ("kpi", "role", "measured", "direction", "margin")}
        for one in experiment.kpis.for_list()
    ]


def _save(request, experiment, data, variants, kpis):
    """Save the plan; what the calculator can reckon and nobody typed is filled in before the start."""
    now = timezone.now()
    found = experiments.revise(
        experiment,
        fields={name: data[name] for name in DESIGN},
        variants=variants,
        kpis=kpis,
        reason=data.get("reason", ""),
        by=request.user,
        at=now,
    )
    if not experiment.is_started and (data["sample_size"] is None or data["baseline"] is None):
        fresh = Experiment.objects.get(pk=experiment.pk)
        sized = sizing.size_of(fresh)
        told = {"baseline": sized.baseline, "spread": sized.spread, "sample_size": sized.per_variant}
        empty = {name: value for name, value in told.items() if data[name] is None and value is not None}
        if empty:
            experiments.revise(fresh, fields=empty, by=request.user, at=now)
    return found


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_calculator(request):
    """How many units and days a test needs, for any KPI, before there is an experiment."""
    form = CalculatorForm(request.GET or None, user=request.user)
    sized = None
    if form.is_valid():
        data = form.cleaned_data
        sized = sizing.size(
            kpi=data["kpi"],
            proportion=data["measured"] != "mean",
            baseline=data["baseline"],
            spread=data["spread"],
            mde=data["mde"],
            alpha=data["alpha"] or 0.05,
            power=data["power"] or 0.8,
            variants=data["variants"] or 2,
            daily_units=data["daily_units"],
        )
    context = {"form": form, "sized": sized}
    return render_page(request, "metrics/experiment_calculator.html", context, partial="result")


@access(Can.EXPERIMENT_EDIT)
@require_POST
def experiment_again(request, key, lineage):
    """Plan a rerun or a follow-up of an experiment that anybody may read."""
    experiment = get_object_or_404(Experiment.objects.visible_to(request.user), key=key)
    if lineage not in Lineage.values:
        messages.warning(request, "An experiment is run again or followed up.")
        return redirect(experiment)
    try:
        made = experiments.again(experiment, lineage=lineage, by=request.user, at=timezone.now())
    except experiments.WrongState as error:
        messages.warning(request, str(error))
        return redirect(experiment)
    messages.success(request, "A draft with the same plan. Change what should differ.")
    return redirect("metrics:experiment_edit", made.key)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def experiment_check(request, pk):
    """Tick or untick a check before the start."""
    editable_ones = Experiment.objects.editable_by(request.user)
    items = ChecklistItem.objects.select_related("experiment").filter(experiment__in=editable_ones)
    item = get_object_or_404(items, pk=pk)
    verb = experiments.untick if item.is_done else experiments.tick
    try:
        verb(item, by=request.user, at=timezone.now())
    except experiments.WrongState as error:
        messages.warning(request, str(error))
    return redirect(f"{item.experiment.get_absolute_url()}#launch")


@access(Can.EXPERIMENT_EDIT)
@require_POST
def picture_add(request, pk):
    """Add a screenshot to a variant."""
    mine = Experiment.objects.editable_by(request.user)
    variant = get_object_or_404(
        Variant.objects.select_related("experiment").filter(experiment__in=mine), pk=pk
    )
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.warning(request, "Choose a picture: PNG, JPEG, GIF or WebP.")
        return redirect(variant.experiment)
    try:
        data = form.cleaned_data
        now = timezone.now()
        experiments.add_picture(variant, data["file"], caption=data["caption"], by=request.user, at=now)
    except files.Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The screenshot is added.")
    return redirect(f"{variant.experiment.get_absolute_url()}#variants")


@access(Can.EXPERIMENT_READ)
@require_GET
def picture(request, pk):
    """The picture itself, as an image of the kind that was found in it."""
    shown = get_object_or_404(VariantPicture.objects.visible_to(request.user), pk=pk)
    try:
        file = shown.file.open("rb")
    except FileNotFoundError:
        return render_page(request, "404.html", status=404)
    response = FileResponse(file, content_type=shown.content_type)
    response["Cache-Control"] = "private, max-age=86400"
    return response


@access(Can.EXPERIMENT_EDIT)
@require_POST
def picture_remove(request, pk):
    rows = VariantPicture.objects.editable_by(request.user).select_related("variant__experiment")
    shown = get_object_or_404(rows, pk=pk)
    experiments.remove_picture(shown, by=request.user, at=timezone.now())
    messages.success(request, "The screenshot is removed.")
    return redirect(f"{shown.variant.experiment.get_absolute_url()}#variants")
