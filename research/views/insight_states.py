"""What becomes of an insight: review, a better one in its place, withdrawal, looking at it again."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops import queries as kernel
from prodops.access import Can, access
from prodops.http import render_page
from prodops.searching.sift import Sift
from research.forms import ConfirmForm, ReviewersForm
from research.models import Insight, InsightStatus, SurveyQuestion, UsabilityTask
from research.services import insight_states, insights

OFFERED = 12


def _editable(request, pk):
    return get_object_or_404(Insight.objects.editable_by(request.user), pk=pk)


def _done(request, insight, words, verb, **options):
    """Call the verb; say how it went; go back to the insight."""
    try:
        verb(insight, by=request.user, at=timezone.now(), **options)
        messages.success(request, words)
    except insight_states.Refused as error:
        messages.error(request, str(error))
    return redirect(insight)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def insight_submit(request, pk):
    insight = _editable(request, pk)
    form = ReviewersForm(request.POST or None, insight=insight)
    if request.method == "POST" and form.is_valid():
        people = form.cleaned_data["reviewers"]
        words = "They are told. It can be published when each of them agrees."
        return _done(request, insight, words, _submit, reviewers=people)
    context = {"insight": insight, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/insight_review.html", context, status=status)


def _submit(insight, *, reviewers, by, at):
    insight_states.submit(insight, reviewers, by=by, at=at)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_say(request, pk):
    """What a reviewer says; they need not be of the insight's team."""
    insight = get_object_or_404(Insight.objects.visible_to(request.user), pk=pk)
    agreed = request.POST.get("verdict") == "agreed"

    def say(insight, *, by, at):
        verdict = "agreed" if agreed else "changes"
        insight_states.say(
            insight, verdict, note=request.POST.get("note", "").replace("\0", ""), by=by, at=at
        )

    return _done(request, insight, "Thank you. The owner is told.", say)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_excuse(request, pk, reviewer):
    """Wait no longer for a reviewer."""
    insight = _editable(request, pk)
    review = get_object_or_404(insight.reviews.select_related("reviewer"), reviewer=reviewer)
    words = f"It does not wait for {review.reviewer.name} any more."

    def excuse(insight, *, by, at):
        insight_states.excuse(insight, review.reviewer, by=by, at=at)

    return _done(request, insight, words, excuse)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_withdraw(request, pk):
    return _done(request, _editable(request, pk), "It is a draft again.", insight_states.withdraw)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_reinstate(request, pk):
    return _done(request, _editable(request, pk), "The insight stands again.", insight_states.reinstate)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_reopen(request, pk):
    words = "It is a draft again. Put it right, then publish it."
    return _done(request, _editable(request, pk), words, insight_states.reopen)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def insight_supersede(request, pk):
    """Choose the insight that stands in its place: the likest first, or those that a search finds."""
    insight = _editable(request, pk)
    published = Insight.objects.visible_to(request.user).filter(status=InsightStatus.PUBLISHED)
    published = published.exclude(pk=insight.pk)
    if request.method == "POST":
        chosen = request.POST.get("insight", "")
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else 0
        if successor := published.filter(pk=number).first():
            return _done(
                request, insight, "Whoever cites it sees the better one.", _supersede, successor=successor
            )
        messages.error(request, "Choose the insight that stands in its place.")
    text = request.GET.get("q", "") or insight.title
    found = kernel.search(text, user=request.user, sift=Sift(kind="insight"))
    ids = [hit.entry.object_id for hit in found.hits()]
    offered = {one.pk: one for one in published.filter(pk__in=ids).for_list()}
    rest = published.exclude(pk__in=ids).for_list().order_by("-updated_at", "-pk")[:OFFERED]
    rows = [offered[one] for one in ids if one in offered]
    rows += [] if request.GET.get("q") else list(rest)
    context = {"insight": insight, "rows": rows[:OFFERED], "q": request.GET.get("q", "")}
    return render_page(request, "research/insight_supersede.html", context)


def _supersede(insight, *, successor, by, at):
    insight_states.supersede(insight, successor, by=by, at=at)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def insight_retract(request, pk):
    insight = _editable(request, pk)
    error = ""
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "").replace("\0", "")[:4_000]
            insight_states.retract(insight, reason, by=request.user, at=timezone.now())
            messages.success(request, "It is retracted. Whoever cites it sees that, and why.")
            return redirect(insight)
        except insight_states.Refused as refused:
            error = str(refused)
    context = {"insight": insight, "error": error}
    return render_page(request, "research/insight_retract.html", context, status=422 if error else 200)


@access(Can.RESEARCH_EDIT)
@require_POST
def insight_confirm(request, pk):
    """It still holds, until a day: a year from now unless they say another."""
    insight = _editable(request, pk)
    form = ConfirmForm(request.POST)
    until = form.cleaned_data["review_by"] if form.is_valid() else None
    until = until or timezone.localdate() + dt.timedelta(days=365)

    def confirm(insight, *, by, at):
        insight_states.confirm(insight, until, by=by, at=at)

    return _done(request, insight, "Confirmed.", confirm)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def evidence_results(request, pk):
    """Add the result of a survey's question or of a usability test's task to the evidence."""
    insight = _editable(request, pk)
    questions = SurveyQuestion.objects.visible_to(request.user).exclude(evidence__insight=insight)
    tasks = UsabilityTask.objects.visible_to(request.user).exclude(evidence__insight=insight)
    if request.method == "POST":
        kind, _, number = request.POST.get("result", "").partition("-")
        source = {"question": questions, "task": tasks}.get(kind)
        known = number.isascii() and number.isdecimal() and len(number) < 18
        if source is not None and known and (chosen := source.filter(pk=int(number)).first()):
            insights.cite_result(insight, **{kind: chosen}, by=request.user, at=timezone.now())
            messages.success(request, "Added to the evidence, as the result reads today.")
            return redirect(insight)
        messages.error(request, "Choose a result.")
    words = request.GET.get("q", "").replace("\0", "")[:100]
    if words:
        questions, tasks = questions.filter(text__icontains=words), tasks.filter(title__icontains=words)
    context = {
        "insight": insight,
        "q": words,
        "questions": questions.for_list().order_by("-survey__session__held_on", "position", "pk")[:40],
        "tasks": tasks.for_list().order_by("-study__created_at", "position", "pk")[:40],
    }
    return render_page(request, "research/insight_results.html", context)
