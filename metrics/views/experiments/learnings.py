"""The learning library."""

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.filters.experiments import LearningFilter
from metrics.forms.experiments import EvidenceForm, LearningForm, WithdrawForm
from metrics.models import Learning, LearningExperiment, LearningInsight
from metrics.queries.learnings import evidence_of
from metrics.services import learnings
from prodops.access import Can, access, allowed
from prodops.http import csv_response, paginate, render_page
from prodops.talk import talk_about

HEADER = ["Learning", "What follows", "Area", "Team", "For it", "Against it", "Written by", "On", "Withdrawn"]


@access(Can.EXPERIMENT_READ)
@require_GET
def learning_list(request):
    rows = Learning.objects.visible_to(request.user).with_evidence().for_list()
    found = LearningFilter(request.GET, rows)
    if request.GET.get("format") == "csv":
        return csv_response("learnings", HEADER, map(_row, found.qs[:10_000]))
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "metrics/learning_list.html", context, partial="rows")


def _row(one):
    area = one.area.name if one.area else ""
    counts = (one.supporting, one.contradicting)
    return (one.title, one.body, area, one.team.name, *counts, one.by.name, one.at.date(), one.withdrawal)


@access(Can.EXPERIMENT_READ)
@require_GET
def learning_detail(request, pk):
    learning = get_object_or_404(Learning.objects.visible_to(request.user).for_list(), pk=pk)
    may_edit = allowed(request.user, Can.EXPERIMENT_EDIT) and learning.is_editable_by(request.user)
    context = {
        "learning": learning,
        "evidence": evidence_of(learning, request.user),
        "may_edit": may_edit,
        "may_cite": allowed(request.user, Can.EXPERIMENT_EDIT),
        "form": EvidenceForm(user=request.user) if allowed(request.user, Can.EXPERIMENT_EDIT) else None,
        "withdraw_form": WithdrawForm(),
        "talk": talk_about(request, learning),
    }
    return render_page(request, "metrics/learning_detail.html", context)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def learning_write(request):
    """Write a learning of one's own, such as from before there was a registry."""
    initial = {"team": next(iter(request.user.editor_team_ids), None)}
    form = LearningForm(request.POST or None, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = learnings.write(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "Written. Now add what speaks for it and against it.")
        return redirect(made)
    context = {"form": form, "learning": None}
    return render_page(request, "metrics/learning_form.html", context, status=422 if form.errors else 200)


@access(Can.EXPERIMENT_EDIT)
@require_http_methods(["GET", "POST"])
def learning_edit(request, pk):
    learning = get_object_or_404(Learning.objects.editable_by(request.user), pk=pk)
    initial = {"title": learning.title, "body": learning.body, "team": learning.team_id}
    initial |= {"area": learning.area_id}
    form = LearningForm(request.POST or None, initial=initial, user=request.user, team_id=learning.team_id)
    if request.method == "POST" and form.is_valid():
        changed = learnings.edit(learning, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "Saved." if changed else "Nothing was different.")
        return redirect(learning)
    context = {"form": form, "learning": learning}
    return render_page(request, "metrics/learning_form.html", context, status=422 if form.errors else 200)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def learning_cite(request, pk):
    """Say what speaks for it or against it: anybody who plans experiments may, on any learning."""
    learning = get_object_or_404(Learning.objects.visible_to(request.user), pk=pk)
    form = EvidenceForm(request.POST, user=request.user)
    if not form.is_valid():
        words = [str(error) for errors in form.errors.values() for error in errors]
        messages.warning(request, f"Nothing was added. {words[0]}")
        return redirect(learning)
    learnings.cite(learning, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, "Added.")
    return redirect(learning)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def learning_uncite(request, pk, kind, link):
    """Take a piece of evidence away."""
    learning = get_object_or_404(Learning.objects.editable_by(request.user), pk=pk)
    found: Any
    if kind == "experiment":
        tests = LearningExperiment.objects.select_related("learning", "experiment")
        found = get_object_or_404(tests.filter(learning=learning), pk=link)
    else:
        insights = LearningInsight.objects.select_related("learning")
        found = get_object_or_404(insights.filter(learning=learning), pk=link)
    try:
        learnings.uncite(found, by=request.user, at=timezone.now())
    except learnings.NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Taken away.")
    return redirect(learning)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def learning_withdraw(request, pk):
    learning = get_object_or_404(Learning.objects.editable_by(request.user), pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Say in up to 1,000 signs why it no longer holds.")
        return redirect(learning)
    learnings.withdraw(learning, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, "Withdrawn. It stays to be read, with the reason.")
    return redirect(learning)


@access(Can.EXPERIMENT_EDIT)
@require_POST
def learning_restore(request, pk):
    learning = get_object_or_404(Learning.objects.editable_by(request.user), pk=pk)
    learnings.restore(learning, by=request.user, at=timezone.now())
    messages.success(request, "It holds again.")
    return redirect(learning)
