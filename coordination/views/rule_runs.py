"""Applying rules to what came in before: asked for with a preview, watched as a job, taken back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.forms import PastForm
from coordination.models import RoutingRule, RoutingRun
from coordination.services import rule_runs
from prodops.access import Can, access
from prodops.http import paginate, render_block, render_page, wants_partial

SHOWN = 100


@access(Can.CHANNEL_MANAGE)
@require_GET
def rule_run_list(request):
    runs = RoutingRun.objects.visible_to(request.user).for_list().order_by("-asked_at", "-pk")
    return render_page(request, "coordination/rule_run_list.html", {"page": paginate(request, runs)})


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def rule_apply(request):
    """GET: how many would be matched. POST: begin."""
    posted = request.method == "POST"
    form = PastForm(request.POST if posted else request.GET or None)
    if posted and form.is_valid():
        run = rule_runs.start(by=request.user, at=timezone.now(), **form.cleaned_data)
        return redirect(run)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else PastForm.DEFAULTS
    looked_at, counts = rule_runs.preview(**asked)
    context = {
        "form": form,
        "looked_at": looked_at,
        "counts": counts,
        "none": not RoutingRule.objects.exists(),
    }
    if wants_partial(request):
        return render_block(request, "coordination/rule_apply.html", "preview", context)
    status = 422 if posted else 200
    return render_page(request, "coordination/rule_apply.html", context, status=status)


def _run(request, pk):
    return get_object_or_404(RoutingRun.objects.visible_to(request.user).for_list(), pk=pk)


@access(Can.CHANNEL_MANAGE)
@require_GET
def rule_run(request, pk):
    """What a run changed, and, once it is taken back, what stayed."""
    run = _run(request, pk)
    rows = run.routed.select_related("request").order_by("-request__submitted_at", "-pk")[:SHOWN]
    left = list(run.routed.exclude(left="").select_related("request")[:SHOWN])
    context = {"run": run, "rows": list(rows), "left": left, "undoable": rule_runs.undoable(run)}
    return render_page(request, "coordination/rule_run.html", context, partial="result")


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_undo(request, pk):
    run = _run(request, pk)
    try:
        rule_runs.start_undo(run, by=request.user, at=timezone.now())
    except rule_runs.RunRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It is being taken back.")
    return redirect(run)
