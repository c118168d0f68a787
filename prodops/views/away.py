"""Saying when one is not at work, or a colleague for whom one answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from prodops.access import Can, access
from prodops.forms import AwayForm
from prodops.http import next_url
from prodops.models import Away, User
from prodops.services import away


@access(Can.PEOPLE_READ)
@require_POST
def away_plan(request, pk):
    person = get_object_or_404(User.objects.active(), pk=pk)
    if person != request.user and not request.user.runs_product_ops:
        raise PermissionDenied("Only product ops say for others when they are away.")
    form = AwayForm(request.POST)
    if form.is_valid():
        away.plan(person, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Noted: rules and rotations pass over these days.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect(next_url(request, person.get_absolute_url()))


@access(Can.PEOPLE_READ)
@require_POST
def away_cancel(request, pk):
    period = get_object_or_404(Away.objects.editable_by(request.user).for_list(), pk=pk)
    away.cancel(period, by=request.user, at=timezone.now())
    messages.success(request, "The days are work days again.")
    return redirect(next_url(request, period.user.get_absolute_url()))
