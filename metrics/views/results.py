"""Results of an experiment: the read-out, how results come in, and all that came in before."""

from django.contrib import messages
from django.db.models import F
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.results import NumbersForm, ResultsFileForm, ResultsQueryForm
from metrics.models import Experiment, ExperimentPull, ExperimentSnapshot, MeasuredAs
from metrics.queries import results as found
from metrics.services import results
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import render_page


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_results(request, key):
    """The read-out of the newest results."""
    experiment = _with_plan(Experiment.objects.visible_to(request.user), key)
    return _read_out(request, experiment, found.newest(experiment), newest=True)


@access(Can.EXPERIMENT_READ)
@require_GET
def snapshot_detail(request, pk):
    """The read-out of earlier results, as it was given then."""
    seen = ExperimentSnapshot.objects.visible_to(request.user).for_list().annotate(key=F("experiment__key"))
    snapshot = get_object_or_404(seen, pk=pk)
    experiment = _with_plan(Experiment.objects.visible_to(request.user), snapshot.key)
    return _read_out(request, experiment, snapshot, newest=False)


def _read_out(request, experiment, snapshot, *, newest):
    now = timezone.now()
    today = company_day(now)
    if snapshot:
        results.peek(experiment, snapshot, by=request.user, at=now)
    until = experiment.stopped_on or today
    context = {
        "experiment": experiment,
        "snapshot": snapshot,
        "readout": snapshot.readout if snapshot else None,
        "newest": newest,
        "chart": found.chart_of(snapshot.readout) if snapshot else "",
        "history": found.history(experiment),
        "peeks": list(experiment.peeks.select_related("by").order_by("at", "pk")),
        "is_early": found.is_early(experiment, today=today),
        "incidents": found.incidents_in(experiment, until),
        "changes": list(experiment.changes.all()),
        "pull": ExperimentPull.objects.filter(experiment=experiment).select_related("source").first(),
        "may_edit": allowed(request.user, Can.EXPERIMENT_EDIT) and experiment.is_editable_by(request.user),
        "takes": experiment.state in results.TAKING,
        "sources": results.SOURCES,
    }
    return render_page(request, "metrics/experiment_results.html", context)


@access(Can.EXPERIMENT_READ)
@require_GET
def snapshot_json(request, pk):
    """A read-out as the command prints it."""
    snapshot = get_object_or_404(ExperimentSnapshot.objects.visible_to(request.user), pk=pk)
    return JsonResponse(snapshot.readout, json_dumps_params={"indent": 2, "ensure_ascii": False})


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def results_add(request, key):
    """Results by hand, or of a file."""
    experiment = _with_plan(Experiment.objects.editable_by(request.user), key)
    by_file = "by_file" in request.POST
    former = found.newest(experiment)
    typed = request.POST if request.method == "POST" and not by_file else None
    numbers = NumbersForm(typed, experiment=experiment, former=former)
    upload = ResultsFileForm(request.POST if by_file else None, request.FILES if by_file else None)
    form = upload if by_file else numbers
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            if by_file:
                taken = results.from_text(experiment, form.cleaned_data["text"], by=request.user, at=now)
            else:
                numbers_given = form.cleaned_data["results"]
                taken = results.take(experiment, numbers_given, source="hand", by=request.user, at=now)
        except (results.Unreadable, results.NotTaken) as error:
            form.add_error(None, str(error))
        else:
            return _taken(request, experiment, *taken)
    context = {
        "experiment": experiment,
        "numbers": numbers,
        "upload": upload,
        "pull": ExperimentPull.objects.filter(experiment=experiment).select_related("source").first(),
        "api": request.build_absolute_uri(reverse("metrics:api_results", args=[experiment.key])),
        "takes": experiment.state in results.TAKING,
    }
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_results_add.html", context, status=status)


def _taken(request, experiment, snapshot, is_new):
    if is_new:
        messages.success(request, "The results are in. What came in before can be seen again below.")
    else:
        messages.info(request, "These are the results that were here already: nothing is new.")
    return redirect("metrics:experiment_results", experiment.key)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def results_query(request, key):
    """A query that fetches results: asked once as it is kept, then every morning while the test runs."""
    experiment = _with_plan(Experiment.objects.editable_by(request.user), key)
    pull = ExperimentPull.objects.filter(experiment=experiment).for_list().first()
    form = ResultsQueryForm(request.POST or None, editor=request.user, pull=pull)
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("source", "sql")}
        try:
            data = results.ask(experiment, asked["source"], asked["sql"])
            taken = results.keep_query(experiment, **asked, data=data, by=request.user, at=timezone.now())
        except (*results.FAILURES, results.NotTaken) as error:
            form.add_error("sql", str(error))
        else:
            return _taken(request, experiment, *taken)
    asked_of = next(iter(experiment.kpis.all()), None)
    context = {
        "experiment": experiment,
        "form": form,
        "pull": pull,
        "kpi": asked_of.kpi.slug if asked_of else "",
        "proportion": asked_of is None or asked_of.measured == MeasuredAs.PROPORTION,
    }
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_results_query.html", context, status=status)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def results_query_drop(request, key):
    experiment = get_object_or_404(Experiment.objects.editable_by(request.user), key=key)
    if results.drop_query(experiment, by=request.user, at=timezone.now()):
        messages.success(request, "The query is gone. Results that it brought stay.")
    return redirect("metrics:results_add", experiment.key)


def _with_plan(experiments, key):
    """An experiment with what its read-out and its forms show of the plan."""
    rows = found.with_plan(experiments).prefetch_related("changes")
    return get_object_or_404(rows.select_related("owner", "team"), key=key)
