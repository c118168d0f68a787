"""Aligning objectives to what they serve, from their pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from process.models import Alignment, Objective
from process.panels.alignment import AlignmentForm, may_align
from process.services import alignments
from prodops.access import Can, access

PANEL = "#panel-process-alignment"


@access(Can.OKR_EDIT)
@require_POST
def align(request, pk):
    """Say what an objective serves; that it is said again, as undo does, is no fault."""
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    form = AlignmentForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(str(words) for errors in form.errors.values() for words in errors))
        return redirect(f"{objective.get_absolute_url()}{PANEL}")
    said = form.cleaned_data
    try:
        link = alignments.align(
            objective,
            said["parent"],
            key_result=said["key_result"],
            kind=said["kind"],
            by=request.user,
            at=timezone.now(),
        )
    except (alignments.Circle, alignments.Refused) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Aligned: it serves “{link.key_result or link.parent}”.")
    return redirect(f"{objective.get_absolute_url()}{PANEL}")


@access(Can.OKR_EDIT)
@require_POST
def unalign(request, pk):
    """Take an alignment away; from the page of the upper objective its editors may too."""
    visible = Alignment.objects.visible_to(request.user).for_list()
    mine = Objective.objects.editable_by(request.user)
    link = get_object_or_404(visible.filter(child__in=mine) | visible.filter(parent__in=mine), pk=pk)
    try:
        alignments.unalign(link, by=request.user, at=timezone.now())
    except alignments.Refused as error:
        messages.error(request, str(error))
        return redirect(f"{link.child.get_absolute_url()}{PANEL}")
    messages.success(request, f"“{link.child}” serves “{link.key_result or link.parent}” no more.")
    if not may_align(request.user, link.child):
        return redirect(f"{link.parent.get_absolute_url()}{PANEL}")
    removed = f"{link.kind}-{link.parent_id}" + (f"-{link.key_result_id}" if link.key_result_id else "")
    return redirect(f"{link.child.get_absolute_url()}?removed={removed}{PANEL}")
