"""The rules that requests are routed by: their list in order, and the page on which one is written."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.forms import OrderForm, RuleForm
from coordination.models import RoutingRule
from coordination.services import rules
from prodops.access import Can, access
from prodops.http import redirect_to, render_block, render_page, wants_partial


@access(Can.REQUEST_TRIAGE)
@require_GET
def rule_list(request):
    return render_page(request, "coordination/rule_list.html", _listed(request))


def _listed(request, **more):
    every = list(RoutingRule.objects.visible_to(request.user).for_list())
    looked_at, matches = queries.match_counts(every)
    return {
        "rules": queries.in_words(every),
        "live": sum(one.paused_at is None for one in every),
        "looked_at": looked_at,
        "matches": matches,
        **more,
    }


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def rule_new(request):
    return _written(request, RoutingRule())


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def rule_edit(request, pk):
    return _written(request, _mine(request, pk))


def _mine(request, pk):
    return get_object_or_404(RoutingRule.objects.editable_by(request.user).for_list(), pk=pk)


def _written(request, rule):
    form = RuleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        if form.does_something():
            names = form.cleaned_data["tag_names"]
            saved = rules.save(
                form.instance, conditions=form.stored(), tag_names=names, by=request.user, at=timezone.now()
            )
            messages.success(request, f"“{saved.name}” is saved.")
            return redirect("coordination:rule_list")
        form.add_error(None, "The rule does nothing yet. Say where requests go, or what is put on them.")
    context = {"form": form, "rule": rule, "tried": queries.tried(_asked(form), rule=rule)}
    status = 422 if form.errors else 200
    return render_page(request, "coordination/rule_edit.html", context, status=status)


def _asked(form):
    """The conditions as typed so far, or as they were saved."""
    if form.is_bound:
        form.is_valid()
        return form.conditions()
    return form.instance.read


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_preview(request):
    """How many of the last requests the rule as typed so far would match; nothing is saved."""
    form = RuleForm(request.POST)
    number = request.POST.get("rule", "")
    known = number.isascii() and number.isdecimal() and len(number) < 18
    rule = RoutingRule.objects.editable_by(request.user).filter(pk=number).first() if known else None
    context = {"form": form, "rule": rule or RoutingRule(), "tried": queries.tried(_asked(form), rule=rule)}
    return render_block(request, "coordination/rule_edit.html", "tried", context)


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_arrange(request):
    """The whole order, as dragged or moved by the arrow keys."""
    form = OrderForm(request.POST)
    if form.is_valid():
        rules.arrange(form.cleaned_data["order"], by=request.user, at=timezone.now())
    return _answer(request)


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_move(request, pk):
    """One place up or down: the same without a script."""
    up = request.POST.get("to") == "up"
    rules.move(_mine(request, pk), by=request.user, at=timezone.now(), up=up)
    return _answer(request)


def _answer(request):
    if wants_partial(request):
        return render_block(request, "coordination/rule_list.html", "rules", _listed(request))
    return redirect("coordination:rule_list")


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_pause(request, pk):
    rule = _mine(request, pk)
    rules.pause(rule, by=request.user, at=timezone.now())
    return _answer(request)


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_resume(request, pk):
    rules.resume(_mine(request, pk), by=request.user, at=timezone.now())
    return _answer(request)


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_copy(request, pk):
    twin = rules.copy(_mine(request, pk), by=request.user, at=timezone.now())
    messages.success(request, "Copied. The copy is paused until you switch it on.")
    return redirect_to(request, twin.get_absolute_url())


@access(Can.CHANNEL_MANAGE)
@require_POST
def rule_delete(request, pk):
    rule = _mine(request, pk)
    rules.delete(rule, by=request.user, at=timezone.now())
    messages.success(request, f"“{rule.name}” is deleted. What it did stays as it is.")
    return redirect("coordination:rule_list")
