"""Editing the sections of a draft report."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import redirect_to, render_block, render_page, wants_partial
from research.forms import ReportTitleForm, SectionForm
from research.models import Audience, ReportSection
from research.queries import report_later
from research.services import conflicts, reports

from .reports import draft_page, report_or_404


def _section(request, pk):
    editable = ReportSection.objects.editable_by(request.user).select_related("report__job")
    return get_object_or_404(editable, pk=pk)


@access(Can.REPORT_RUN)
@require_http_methods(["GET", "POST"])
def section_edit(request, pk):
    """Write a section's commentary; two people at once lose neither text."""
    section = _section(request, pk)
    if not section.report.is_draft:
        messages.error(request, str(reports.Frozen()))
        return redirect_to(request, section.report.get_absolute_url())
    initial = {"title": section.title, "body": section.body, "version": section.version}
    form = SectionForm(request.POST or None, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            reports.edit(section, **form.cleaned_data, by=request.user, at=timezone.now())
        except reports.Refused as error:
            messages.error(request, str(error))
            return redirect_to(request, section.report.get_absolute_url())
        except conflicts.Conflict as conflict:
            theirs = conflict.current
            form.data = {**request.POST.dict(), "version": theirs.version}
        else:
            section.refresh_from_db()
            return _saved(request, section)
    status = 409 if theirs else 422 if form.errors else 200
    context = {"section": section, "report": section.report, "form": form, "theirs": theirs}
    return render_page(request, "research/report_section.html", context, partial="card", status=status)


def _saved(request, section):
    if not wants_partial(request):
        return redirect(f"{section.report.get_absolute_url()}#s{section.pk}")
    context = {
        "section": section,
        "report": section.report,
        "form": None,
        "theirs": None,
        "removed": report_later.removed([section]),
        "versions": list(Audience),
        "may_open": True,
    }
    return render_block(request, "research/report_section.html", "card", context)


@access(Can.REPORT_RUN)
@require_GET
def section_card(request, pk):
    """The section as the draft shows it: what Cancel goes back to."""
    section = _section(request, pk)
    return _saved(request, section)


def _change(request, section, verb, **arguments):
    report = section.report
    try:
        verb(section, **arguments, by=request.user, at=timezone.now())
    except reports.Refused as error:
        messages.error(request, str(error))
        return redirect_to(request, report.get_absolute_url())
    if wants_partial(request):
        return draft_page(request, report, partial="sections")
    return redirect(f"{report.get_absolute_url()}#s{section.pk or ''}")


@access(Can.REPORT_RUN)
@require_POST
def section_show(request, pk):
    """Show or hide it to readers: `shown` is 1 or 0."""
    return _change(request, _section(request, pk), reports.show, shown=request.POST.get("shown") == "1")


@access(Can.REPORT_RUN)
@require_POST
def section_move(request, pk):
    """One place up or down: `steps` is -1 or 1."""
    steps = -1 if request.POST.get("steps") == "-1" else 1
    return _change(request, _section(request, pk), reports.move, steps=steps)


@access(Can.REPORT_RUN)
@require_POST
def section_audience(request, pk):
    """Keep it from these audiences (`kept`, any number of them)."""
    return _change(request, _section(request, pk), reports.keep_from, audiences=request.POST.getlist("kept"))


@access(Can.REPORT_RUN)
@require_POST
def section_remove(request, pk):
    return _change(request, _section(request, pk), reports.remove_text)


@access(Can.REPORT_RUN)
@require_POST
def section_add(request, pk):
    """A text section of one's own, at the end of the report."""
    report = report_or_404(request, pk)
    form = ReportTitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the section a title.")
        return redirect(report)
    try:
        section = reports.add_text(
            report, title=form.cleaned_data["title"], by=request.user, at=timezone.now()
        )
    except reports.Refused as error:
        messages.error(request, str(error))
        return redirect(report)
    return redirect(f"{report.get_absolute_url()}#s{section.pk}")


@access(Can.REPORT_RUN)
@require_POST
def report_rename(request, pk):
    report = report_or_404(request, pk)
    form = ReportTitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A report needs a title.")
        return redirect(report)
    try:
        reports.rename(report, title=form.cleaned_data["title"], by=request.user, at=timezone.now())
    except reports.Refused as error:
        messages.error(request, str(error))
    return redirect(report)
