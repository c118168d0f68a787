"""The quarterly insight report: its list, building it, reading it."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import jobs
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, paginate, redirect_to, render_page, wants_partial
from prodops.quarters import Quarter
from prodops.talk import talk_about
from research.forms import QuarterForm, ReportReviewerForm
from research.models import (
    Audience,
    InsightReport,
    ReportReview,
    ReportSubscription,
    SectionKind,
    ThemeState,
    Verdict,
)
from research.queries import report_later, report_material, report_versions
from research.services import report_pdf as pdfs
from research.services import report_reviews, report_slides, reports
from research.synthesis import audiences

OFFERED = 8  # quarters back that a report can be built of
SETTLED = 30  # days after which the quarter before is no longer the one people mean


def visible(request):
    return InsightReport.objects.visible_to(request.user).select_related("job", "published_by")


def report_or_404(request, pk):
    return get_object_or_404(visible(request), pk=pk)


def _quarters(today):
    """The quarters on offer, newest first, and the one that is meant by default."""
    quarters = [Quarter.of(today, settings.FISCAL_YEAR_START_MONTH)]
    while len(quarters) < OFFERED:
        quarters.append(quarters[-1].previous)
    fresh = (today - quarters[0].first_day).days < SETTLED
    return quarters, quarters[1] if fresh else quarters[0]


@access(Can.REPORT_READ)
@require_GET
def report_list(request):
    shown = InsightReport.objects.visible_to(request.user).for_list().order_by("-year", "-number", "-edition")
    mine = ReportSubscription.objects.filter(user=request.user).first()
    context = {
        "page": paginate(request, shown, per_page=40),
        "subscription": mine,
        "versions": report_versions.readable(request.user),
    }
    return render_page(request, "research/report_list.html", context, partial="rows")


@access(Can.REPORT_RUN)
@require_http_methods(["GET", "POST"])
def report_build(request):
    """Choose a quarter; the page says what its report would cover and what stands already."""
    today = company_day(timezone.now())
    quarters, usual = _quarters(today)
    form = QuarterForm(
        request.POST or None,
        quarters=quarters,
        start_month=settings.FISCAL_YEAR_START_MONTH,
        initial={"quarter": usual.slug},
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = reports.build(form.cleaned_data["quarter"], by=request.user, at=timezone.now())
        except reports.Refused as error:
            form.add_error("quarter", str(error))
        else:
            return redirect(report)
    known: dict = {}
    for report in InsightReport.objects.filter(year__gte=quarters[-1].year).for_list():
        known.setdefault((report.year, report.number), report)
    sizes = report_material.scopes(quarters)
    rows = [
        (quarter, sizes[quarter.slug], known.get((quarter.year, quarter.number)), today in quarter)
        for quarter in quarters
    ]
    chosen = form.data.get("quarter") or usual.slug
    context = {"form": form, "rows": rows, "chosen": chosen}
    return render_page(request, "research/report_build.html", context, status=422 if form.errors else 200)


@access(Can.REPORT_READ)
@require_GET
def report_detail(request, pk):
    """The page for what the report is: a bar, a draft to edit, or the published report."""
    report = report_or_404(request, pk)
    if report.is_published:
        return _read(request, report, preview=False)
    if not allowed(request.user, Can.REPORT_RUN):
        return _read(request, report, preview=True)  # somebody who was asked to review it
    if wants_partial(request) and not report.at_work:
        return redirect_to(request, report.get_absolute_url())  # the bar has come to its end
    if (report.at_work and wants_partial(request)) or not report.is_draft:
        return render_page(request, "research/report_progress.html", {"report": report}, partial="state")
    return draft_page(request, report)


def draft_page(request, report, *, partial=None, status=200):
    sections = list(report.sections.order_by("position"))
    context = {
        "report": report,
        "sections": sections,
        "removed": report_later.removed(sections),
        "may_open": allowed(request.user, Can.RESEARCH_READ),
        "talk": talk_about(request, report),
        "earlier": InsightReport.objects.published().of(report.quarter).order_by("-edition").first(),
        "reviews": (reviews := list(report.reviews.for_list())),
        "my_review": next((one for one in reviews if one.reviewer_id == request.user.pk), None),
        "missing": _missing(reviews),
        "reviewer_form": ReportReviewerForm(asker=request.user, asked=[one.reviewer_id for one in reviews]),
        "themes": report.suggested.filter(state=ThemeState.OPEN).count(),
        "versions": list(Audience),
        "unsaid": next((one.data.get("unsaid", 0) for one in sections if one.kind == SectionKind.METHOD), 0),
    }
    return render_page(request, "research/report_draft.html", context, partial=partial, status=status)


def _missing(reviews):
    return report_reviews.why_not({one.verdict for one in reviews})


def version_or_403(request):
    """The version that the address asks for, or the fullest that the reader may read."""
    readable = report_versions.readable(request.user)
    wanted = request.GET.get("for", "")
    if wanted in Audience.values and wanted not in readable:
        raise PermissionDenied("Your role reads the version for the whole company.")
    return Audience(wanted) if wanted in Audience.values else readable[0]


def _read(request, report, *, preview):
    audience = version_or_403(request)
    sections = report_versions.parts(report, audience)
    mine = ReportReview.objects.filter(report=report, reviewer=request.user)
    context = {
        "audience": audience,
        "versions": report_versions.readable(request.user),
        "leaves_out": audiences.leaves_out(audience),
        "my_review": mine.first() if preview else None,
        "report": report,
        "preview": preview,
        "sections": sections,
        "removed": report_later.removed(sections),
        "may_open": allowed(request.user, Can.RESEARCH_READ),
        "others": report_later.others(report),
        "company": settings.COMPANY_NAME,
        "talk": None if preview else talk_about(request, report),
        "verdicts": Verdict,
    }
    return render_page(request, "research/report_read.html", context)


@access(Can.REPORT_RUN)
@require_GET
def report_preview(request, pk):
    """The draft as its readers will see it."""
    report = report_or_404(request, pk)
    if not report.is_draft:
        return redirect(report)
    return _read(request, report, preview=True)


CSV_HEAD = ("theme", "who", "by", "brought it up", "of", "low", "high", "before", "of before", "change")


@access(Can.REPORT_READ)
@require_GET
def report_csv(request, pk):
    """The shares of every theme that the version shows, a kind of people, a segment or a method a row."""
    report = report_or_404(request, pk)
    audience = version_or_403(request)
    found = (part.data for part in report_versions.parts(report, audience) if part.kind == "tag")
    lines = [row for data in found if data for row in _csv_rows(data)]
    return csv_response(f"insight-report-{report.quarter.slug}", CSV_HEAD, lines)


def _csv_rows(data):
    for one in data["kinds"]:
        before = one["before"]
        moved = one["change"]
        yield _csv_row(data["name"], one["label"], "", one, before["hits"], before["of"], moved)
    for one in data["segments"]:
        yield _csv_row(data["name"], one["who"], one["label"], one)
    for one in data["methods"]:
        yield _csv_row(data["name"], "", one["label"], one)


def _csv_row(name, who, by, one, *more):
    """Of fewer than five people no interval is given."""
    ends = ("", "") if one["few"] else (one["low"], one["high"])
    return (name, who, by, one["hits"], one["of"], *ends, *(more or ("", "", "")))


@access(Can.REPORT_READ)
@require_GET
def report_pdf(request, pk):
    report = report_or_404(request, pk)
    if report.built_at is None:
        messages.info(request, "The report is not built yet.")
        return redirect(report)
    audience = version_or_403(request)
    answer = HttpResponse(pdfs.of(report, audience), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{pdfs.file_name(report, audience)}.pdf"'
    return answer


PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@access(Can.REPORT_READ)
@require_GET
def report_pptx(request, pk):
    report = report_or_404(request, pk)
    if report.built_at is None:
        messages.info(request, "The report is not built yet.")
        return redirect(report)
    audience = version_or_403(request)
    answer = HttpResponse(report_slides.of(report, audience), content_type=PPTX)
    answer["Content-Disposition"] = f'attachment; filename="{pdfs.file_name(report, audience)}.pptx"'
    return answer


@access(Can.REPORT_RUN)
@require_POST
def report_rebuild(request, pk):
    report = report_or_404(request, pk)
    try:
        reports.build(report.quarter, by=request.user, at=timezone.now())
    except reports.Refused as error:
        messages.info(request, str(error))
    return redirect(report)


@access(Can.REPORT_RUN)
@require_POST
def report_cancel(request, pk):
    """Stop the build at its next stage; a draft stays as it was."""
    report = report_or_404(request, pk)
    if report.at_work:
        jobs.cancel(report.job, at=timezone.now())
        messages.info(request, "The build stops; nothing of it is kept.")
    return redirect(report)


@access(Can.REPORT_RUN)
@require_POST
def report_discard(request, pk):
    report = report_or_404(request, pk)
    try:
        reports.discard(report, by=request.user, at=timezone.now())
    except reports.Refused as error:
        messages.error(request, str(error))
        return redirect(report)
    messages.success(request, f"{report.title} was discarded.")
    return redirect("research:report_list")


@access(Can.REPORT_RUN)
@require_POST
def report_publish(request, pk):
    report = report_or_404(request, pk)
    try:
        reports.publish(report, by=request.user, at=timezone.now())
    except reports.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Published: everybody here can read it now, and nothing in it changes.")
    return redirect(report)
