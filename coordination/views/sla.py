"""Response times: policies, the hours they count by, and how well they are kept."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.clocks import as_duration
from coordination.forms.sla import CalendarForm, PolicyForm
from coordination.models import BusinessCalendar, ClockKind, SlaPolicy
from coordination.services import sla
from prodops import jobs
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, render_page


@access(Can.REQUEST_TRIAGE)
@require_GET
def sla_list(request):
    """The policies in their order, the calendars, and what no policy has reached yet."""
    may_edit = allowed(request.user, Can.CHANNEL_MANAGE)
    context = {
        "policies": list(queries.policies_with_counts()),
        "retired": list(SlaPolicy.objects.exclude(retired_at=None).for_list()),
        "calendars": list(BusinessCalendar.objects.visible_to(request.user).for_list()),
        "may_edit": may_edit,
        "untouched": queries.without_clock() if may_edit else 0,
    }
    return render_page(request, "coordination/sla_list.html", context)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def sla_new(request):
    if not BusinessCalendar.objects.exists():
        messages.info(request, "First say in which hours you work; the times are counted in them.")
        return redirect("coordination:calendar_new")
    return _policy(request, None)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def sla_edit(request, pk):
    return _policy(request, get_object_or_404(SlaPolicy.objects.editable_by(request.user), pk=pk))


def _policy(request, policy):
    form = PolicyForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        sla.save_policy(form.filled(), by=request.user, at=timezone.now())
        messages.success(request, f"“{form.policy}” is kept; it counts for what comes in from now on.")
        return redirect("coordination:sla_list")
    context = {"form": form, "policy": policy, "examples": _examples(form)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "coordination/sla_edit.html", context, status=status)


@access(Can.CHANNEL_MANAGE)
@require_GET
def sla_example(request):
    """As one types: when three requests would be due."""
    context = {"examples": _examples(PolicyForm(request.GET)), "form": PolicyForm(), "policy": None}
    return render_page(request, "coordination/sla_edit.html", context, partial="example")


def _examples(form):
    """By the form's targets and calendar, as far as they can be read."""
    if form.is_bound:
        form.is_valid()
        data = form.cleaned_data
        calendar, response, decision = (
            data.get(name) for name in ("calendar", "response_minutes", "decision_minutes")
        )
    else:
        policy = form.policy
        calendar = policy.calendar if policy.calendar_id else BusinessCalendar.objects.first()
        response, decision = policy.response_minutes, policy.decision_minutes
    if calendar is None or not (response or decision):
        return []
    return queries.examples(calendar.hours(), response, decision, at=timezone.now())


@access(Can.CHANNEL_MANAGE)
@require_POST
def sla_retire(request, pk):
    policy = get_object_or_404(SlaPolicy.objects.editable_by(request.user), pk=pk)
    sla.retire_policy(policy, by=request.user, at=timezone.now())
    messages.success(request, f"“{policy}” counts no more for what comes in. Clocks that run go on.")
    return redirect("coordination:sla_list")


@access(Can.CHANNEL_MANAGE)
@require_POST
def sla_restore(request, pk):
    policy = get_object_or_404(SlaPolicy.objects.editable_by(request.user), pk=pk)
    sla.restore_policy(policy, by=request.user, at=timezone.now())
    messages.success(request, f"“{policy}” counts again.")
    return redirect("coordination:sla_list")


@access(Can.CHANNEL_MANAGE)
@require_POST
def sla_raise(request, pk):
    policy = get_object_or_404(SlaPolicy.objects.editable_by(request.user).live(), pk=pk)
    sla.raise_policy(policy, by=request.user, at=timezone.now())
    return redirect("coordination:sla_list")


@access(Can.CHANNEL_MANAGE)
@require_POST
def sla_apply(request):
    """Start clocks on what waits already; a worker does it."""
    jobs.publish("coordination.tasks.apply_policies")
    messages.success(
        request, "What waits is being put under the policies; its time counts from now. Reload to see it."
    )
    return redirect("coordination:sla_list")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def calendar_new(request):
    return _calendar(request, None)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def calendar_edit(request, pk):
    return _calendar(request, get_object_or_404(BusinessCalendar.objects.editable_by(request.user), pk=pk))


def _calendar(request, calendar):
    form = CalendarForm(request.POST or None, calendar=calendar)
    if request.method == "POST" and form.is_valid():
        sla.save_calendar(form.filled(), by=request.user, at=timezone.now())
        messages.success(request, f"“{form.calendar}” is kept. What is due by it was set again.")
        return redirect("coordination:sla_list")
    context = {"form": form, "calendar": calendar, "shown": _shown(form)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "coordination/calendar_edit.html", context, status=status)


@access(Can.CHANNEL_MANAGE)
@require_GET
def calendar_preview(request):
    """As one types: hours a week, the next closed days, and the example of a Friday afternoon."""
    form = CalendarForm(request.GET)
    context = {"form": form, "calendar": None, "shown": _shown(form)}
    return render_page(request, "coordination/calendar_edit.html", context, partial="preview")


def _shown(form):
    """What a calendar amounts to, or None where the form cannot be read yet."""
    now = timezone.now()
    if form.is_bound:
        form.is_valid()
        if form.errors.keys() - {"name"}:
            return None
        form.cleaned_data.setdefault("name", "")
        form.filled()
    hours = form.calendar.hours()
    names = {dt.date.fromisoformat(day): name for day, name in form.calendar.closed}
    return {
        "open": as_duration(hours.minutes_a_week),
        "closed": queries.closed_ahead(hours, names, today=company_day(now)),
        "example": queries.examples(hours, 60, None, at=now)[1],
    }


def _kind(request):
    return ClockKind.DECISION if request.GET.get("clock") == "decision" else ClockKind.RESPONSE


@access(Can.REQUEST_TRIAGE)
@require_GET
def sla_report(request):
    """The share of targets met, by area and month."""
    kind = _kind(request)
    months, rows = queries.met_by_area(kind, at=timezone.now())
    context = {"kind": kind, "kinds": ClockKind.choices, "months": months, "rows": rows}
    return render_page(request, "coordination/sla_report.html", context)


@access(Can.REQUEST_TRIAGE)
@require_GET
def sla_report_csv(request):
    kind = _kind(request)
    months, rows = queries.met_by_area(kind, at=timezone.now())
    lines = [
        (row.area or "No area yet", month.isoformat()[:7], share.met, share.due)
        for row in rows
        if row.slug != "*"
        for month, share in zip(months, row.months, strict=True)
        if share
    ]
    return csv_response(f"{kind}-times", ["Area", "Month", "Met in time", "Fell due"], lines)
