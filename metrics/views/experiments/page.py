"""The page of one experiment, and the verbs of its course."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.experiments import DropForm, ExtendForm, PictureForm, StopForm
from metrics.models import (
    Experiment,
    ExperimentDecision,
    ExperimentDoubt,
    ExperimentState,
    RulingState,
)
from metrics.queries import launching
from metrics.queries.advice import advice_on
from metrics.queries.experiments import learnings_for, linked_insights, with_plan
from metrics.queries.overlaps import overlaps_of
from metrics.services import experiments
from prodops import panels
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import render_page
from prodops.talk import talk_about

from .plan import REFUSED, editable


@access(Can.EXPERIMENT_READ)
@require_GET
def experiment_detail(request, key):
    now = timezone.now()
    rows = with_plan(Experiment.objects.visible_to(request.user).for_page())
    rows = rows.prefetch_related("variants__pictures")
    experiment = get_object_or_404(rows, key=key)
    before, started = experiment.is_before_start, experiment.is_started
    may_edit = allowed(request.user, Can.EXPERIMENT_EDIT) and experiment.is_editable_by(request.user)
    decisions = list(ExperimentDecision.objects.filter(experiment=experiment).for_list()) if started else []
    standing = next(
        (one for one in decisions if one.state == RulingState.STANDS and one.ruling != "keep_running"), None
    )
    meets = before or experiment.state == ExperimentState.RUNNING
    overlaps = overlaps_of(experiment) if meets else []
    context = {
        "experiment": experiment,
        "may_edit": may_edit,
        "kpis": list(experiment.kpis.all()),
        "insights": linked_insights(experiment, request.user),
        "checks": launching.of_plan(experiment, at=now, overlaps=overlaps) if before else [],
        "checklist": list(experiment.checklist.select_related("done_by")) if before else [],
        "overlaps": overlaps,
        "changes": list(experiment.changes.select_related("by")) if started else [],
        "children": list(experiment.children.all()) if started else [],
        "decisions": decisions,
        "decision": standing,
        "waiting": next((one for one in decisions if one.state == RulingState.WAITING), None),
        "advice": advice_on(experiment) if started and standing is None else None,
        "doubts": list(ExperimentDoubt.objects.filter(experiment=experiment).for_list()) if started else [],
        "learnings": learnings_for(experiment) if started else [],
        "picture_form": PictureForm(),
        "panels": panels.render("metrics.experiment", request, experiment),
        "today": company_day(now),
        "talk": talk_about(request, experiment),
    }
    return render_page(request, "metrics/experiment_detail.html", context)


def _move(request, key, verb, said, **options):
    """One step of the course by POST."""
    experiment = get_object_or_404(Experiment.objects.editable_by(request.user), key=key)
    try:
        verb(experiment, by=request.user, at=timezone.now(), **options)
    except REFUSED as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return redirect(experiment)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def experiment_ready(request, key):
    return _move(request, key, experiments.make_ready, "The plan is complete. It can be started.")


@access(Can.EXPERIMENT_EDIT)
@require_POST
def experiment_redraft(request, key):
    return _move(request, key, experiments.back_to_draft, "It is a draft again.")


@access(Can.EXPERIMENT_EDIT)
@require_POST
def experiment_start(request, key):
    said = "It runs. The plan is frozen; each later change is kept and shown."
    return _move(request, key, experiments.start, said)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_stop(request, key):
    return _ask(request, key, StopForm, experiments.stop, "stop", "It is stopped. Now decide what is done.")


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_extend(request, key):
    return _ask(request, key, ExtendForm, experiments.extend, "extend", "It runs on to the new last day.")


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_drop(request, key):
    said = "The idea is dropped. It stays to be found, and can be taken up again."
    return _ask(request, key, DropForm, experiments.drop, "drop", said)


def _ask(request, key, form_class, verb, name, said):
    """A step of the course that takes a reason: asked on a page of its own."""
    experiment = editable(request, key)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(experiment, **form.cleaned_data, by=request.user, at=timezone.now())
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect(experiment)
    context = {"form": form, "experiment": experiment, "verb": name, "today": company_day(timezone.now())}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_step.html", context, status=status)
