"""Deciding experiments, looking at decisions as second reviewer, closing, and answering doubts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from metrics.forms.experiments import AnswerForm, CloseForm, DecideForm, SecondForm
from metrics.models import Experiment, ExperimentDecision, ExperimentDoubt, RulingState
from metrics.queries.advice import advice_on
from metrics.queries.experiments import learnings_for
from metrics.services import doubts, rulings
from prodops.access import Can, access, allowed
from prodops.http import render_page

from .plan import REFUSED, editable


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_decide(request, key):
    """Record what is done, beside what the rule recommends."""
    experiment = editable(request, key)
    waiting = experiment.decisions.filter(state=RulingState.WAITING).first()
    if waiting and request.method == "GET":
        messages.info(
            request, "It was decided. That goes against the rule, so a second reviewer looks at it."
        )
        return redirect("metrics:ruling_review", waiting.pk)
    advice = advice_on(experiment)
    initial = {"ruling": advice.ruling if advice.ruling != "review" else ""}
    if advice.variant:
        initial["variant"] = experiment.variants.filter(key=advice.variant).first()
    now = timezone.now()
    held = rulings.held_back(experiment, at=now) if experiment.is_started else ""
    form = DecideForm(request.POST or None, initial=initial, experiment=experiment, held=held)
    if request.method == "POST" and form.is_valid():
        try:
            made = rulings.decide(experiment, **form.cleaned_data, by=request.user, at=now)
        except rulings.InQuarantine as error:
            form.add_error("override_reason" if held else None, str(error))
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(made))
            return redirect(experiment)
    context = {"form": form, "experiment": experiment, "advice": advice}
    return render_page(request, "metrics/experiment_decide.html", context, status=422 if form.errors else 200)


def _said(made):
    if made.state == RulingState.WAITING:
        return "It goes against the rule, so a second reviewer looks at it. Anybody but you can."
    if made.ruling == "keep_running":
        return "It runs on."
    return "The decision stands. Close the experiment with what was learned."


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def ruling_review(request, pk):
    """As second reviewer look at a decision that goes against the rule. Anybody but the decider may."""
    decision = get_object_or_404(ExperimentDecision.objects.visible_to(request.user).for_list(), pk=pk)
    form = SecondForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rulings.review(decision, **form.cleaned_data, by=request.user, at=timezone.now())
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Thank you. It stands with the decision.")
            return redirect(decision.experiment)
    context = {"form": form, "decision": decision, "experiment": decision.experiment}
    return render_page(request, "metrics/ruling_review.html", context, status=422 if form.errors else 200)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def experiment_close(request, key):
    """Close a decided experiment with what was learned."""
    experiment = editable(request, key)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rulings.close(experiment, **form.cleaned_data, by=request.user, at=timezone.now())
        except rulings.NothingLearned as error:
            form.add_error("title", str(error))
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Closed. What was learned stands in the library.")
            return redirect(experiment)
    decision = ExperimentDecision.objects.filter(experiment=experiment).standing().for_list()
    context = {
        "form": form,
        "experiment": experiment,
        "decision": decision.exclude(ruling="keep_running").first(),
        "learnings": learnings_for(experiment),
    }
    return render_page(request, "metrics/experiment_close.html", context, status=422 if form.errors else 200)


@access(Can.EXPERIMENT_READ)
@require_http_methods(["GET", "POST"])
def experiment_doubt(request, pk):
    """Why a decided experiment's question is open again; whoever may change it answers."""
    doubt = get_object_or_404(ExperimentDoubt.objects.visible_to(request.user).for_list(), pk=pk)
    mine = Experiment.objects.editable_by(request.user).filter(pk=doubt.experiment_id)
    may_answer = allowed(request.user, Can.EXPERIMENT_EDIT) and doubt.is_open and mine.exists()
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        get_object_or_404(ExperimentDoubt.objects.editable_by(request.user), pk=pk)
        if not allowed(request.user, Can.EXPERIMENT_EDIT):
            messages.warning(request, "Whoever plans experiments answers.")
            return redirect(doubt.experiment)
        if form.is_valid():
            try:
                doubts.answer(doubt, **form.cleaned_data, by=request.user, at=timezone.now())
            except REFUSED as error:
                messages.warning(request, str(error))
            else:
                messages.success(request, "Thank you. The answer stands with the experiment.")
            return redirect(doubt.experiment)
    context = {"doubt": doubt, "experiment": doubt.experiment, "form": form, "may_answer": may_answer}
    return render_page(request, "metrics/experiment_doubt.html", context, status=422 if form.errors else 200)
