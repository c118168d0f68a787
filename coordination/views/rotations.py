"""Rotations: who takes turns, whose week it is, and weeks that people take for each other."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.forms import RotationForm, WeekForm
from coordination.models import Rotation, RoutingRule
from coordination.services import rotations
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import render_page


@access(Can.REQUEST_TRIAGE)
@require_GET
def rotation_list(request):
    day = company_day(timezone.now())
    every = Rotation.objects.visible_to(request.user).with_people()
    context = {"rotations": list(every), "duty": queries.on_duty(day)}
    return render_page(request, "coordination/rotation_list.html", context)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def rotation_new(request):
    return _written(request, Rotation(first_week=company_day(timezone.now())))


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def rotation_edit(request, slug):
    """Its coming weeks, for everybody who triages; who runs product ops changes it here."""
    if request.method == "POST" or allowed(request.user, Can.CHANNEL_MANAGE):
        return _written(request, get_object_or_404(Rotation.objects.editable_by(request.user), slug=slug))
    rotation = get_object_or_404(Rotation.objects.visible_to(request.user), slug=slug)
    return render_page(request, "coordination/rotation_edit.html", _context(rotation, None))


def _written(request, rotation):
    form = RotationForm(request.POST or None, instance=rotation)
    if request.method == "POST" and form.is_valid():
        saved = rotations.save(form.rotation(), members=form.members(), by=request.user, at=timezone.now())
        messages.success(request, f"“{saved.name}” is saved.")
        return redirect(saved)
    status = 422 if form.errors else 200
    return render_page(request, "coordination/rotation_edit.html", _context(rotation, form), status=status)


def _context(rotation, form):
    weeks = queries.weeks_of(rotation, day=company_day(timezone.now())) if rotation.pk else []
    people = WeekForm(rotation=rotation).people if rotation.pk else []
    return {"rotation": rotation, "form": form, "weeks": weeks, "people": people}


@access(Can.REQUEST_TRIAGE)
@require_POST
def rotation_week(request, slug):
    """Take a week, or give it to somebody else of the rotation: the members agree among themselves."""
    rotation = get_object_or_404(Rotation.objects.visible_to(request.user), slug=slug)
    form = WeekForm(request.POST, rotation=rotation)
    if form.is_valid():
        rotations.take_week(rotation, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"The week of {form.cleaned_data['week']:%d %B} is changed.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect(rotation)


@access(Can.CHANNEL_MANAGE)
@require_POST
def rotation_delete(request, slug):
    rotation = get_object_or_404(Rotation.objects.editable_by(request.user), slug=slug)
    used = RoutingRule.objects.filter(rotation=rotation).first()
    if used:
        messages.error(request, f"The rule “{used.name}” gives requests to it. Change that rule first.")
        return redirect(rotation)
    rotations.delete(rotation, by=request.user, at=timezone.now())
    messages.success(request, f"“{rotation.name}” is deleted.")
    return redirect("coordination:rotation_list")
