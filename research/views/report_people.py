"""Who reviews a report before it is published, who gets it by mail, and what may be a theme."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import render_page
from research.forms import ReportReviewerForm, ReportVerdictForm, ThemeNameForm
from research.models import Audience, InsightReport, ThemeState, ThemeSuggestion, Verdict
from research.queries import report_untagged
from research.services import report_mail, report_reviews, report_themes
from research.services.report_states import Refused

from .reports import report_or_404


def _done(request, report, words, verb, *arguments, **more):
    try:
        verb(*arguments, **more, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect(report)


@access(Can.REPORT_RUN)
@require_POST
def report_review_ask(request, pk):
    report = report_or_404(request, pk)
    form = ReportReviewerForm(request.POST, asker=request.user)
    if not form.is_valid():
        messages.error(request, "Choose somebody who should read it.")
        return redirect(report)
    who = form.cleaned_data["reviewer"]
    return _done(request, report, f"{who.name} is asked to review it.", report_reviews.ask, report, [who])


@access(Can.REPORT_RUN)
@require_POST
def report_review_excuse(request, pk, reviewer):
    report = report_or_404(request, pk)
    words = "It does not wait for them any more."
    return _done(request, report, words, report_reviews.excuse, report, reviewer)


@access(Can.REPORT_READ)
@require_POST
def report_review_say(request, pk):
    """What somebody says who was asked; whoever runs reports sees it at the draft."""
    report = report_or_404(request, pk)
    form = ReportVerdictForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Agree, or ask for changes, in up to 1,000 characters.")
        return redirect(report)
    verdict, note = form.cleaned_data["verdict"], form.cleaned_data["note"]
    words = "You agreed with it." if verdict == Verdict.AGREED else "You asked for changes."
    return _done(request, report, words, report_reviews.say, report, verdict, note=note)


@access(Can.REPORT_READ)
@require_POST
def report_subscribe(request):
    """Get every report by mail as it is published, or, without an audience, no more."""
    audience = request.POST.get("audience", "")
    now = timezone.now()
    if audience not in Audience.values:
        report_mail.unsubscribe(by=request.user, at=now)
        messages.success(request, "You get no more reports by mail.")
        return redirect("research:report_list")
    try:
        report_mail.subscribe(Audience(audience), by=request.user, at=now)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "You get every report by mail from now on.")
    return redirect("research:report_list")


@access(Can.REPORT_RUN)
@require_GET
def report_themes_page(request, pk):
    """Sentences that nobody tagged and that say alike things, in clusters to decide."""
    report = get_object_or_404(InsightReport.objects.editable_by(request.user), pk=pk)
    rows = list(ThemeSuggestion.objects.editable_by(request.user).filter(report=report).for_list())
    shown = report_untagged.quotes_of([one for one in rows if one.state == ThemeState.OPEN], request.user)
    context = {
        "report": report,
        "open": [(one, shown[one.pk]) for one in rows if shown.get(one.pk)],
        "decided": [one for one in rows if one.state != ThemeState.OPEN],
    }
    return render_page(request, "research/report_themes.html", context)


def _suggestion(request, pk):
    mine = ThemeSuggestion.objects.editable_by(request.user).select_related("report")
    return get_object_or_404(mine, pk=pk)


@access(Can.REPORT_RUN)
@require_POST
def theme_accept(request, pk):
    suggestion = _suggestion(request, pk)
    form = ThemeNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the tag a name of up to 80 characters.")
        return redirect("research:report_themes", pk=suggestion.report_id)
    name = form.cleaned_data["name"]
    try:
        tag = report_themes.accept(suggestion, name, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        words = (
            f"“{tag.name}” is a tag now, and the sentences shown have it. Build the report again to count it."
        )
        messages.success(request, words)
    return redirect("research:report_themes", pk=suggestion.report_id)


@access(Can.REPORT_RUN)
@require_POST
def theme_reject(request, pk):
    suggestion = _suggestion(request, pk)
    try:
        report_themes.reject(suggestion, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    return redirect("research:report_themes", pk=suggestion.report_id)
