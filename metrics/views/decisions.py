"""Decisions on KPIs' data, holding data back from them, and looking at them again."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.filters.incidents import DecisionFilter
from metrics.forms.incidents import DecisionForm, HoldForm, ReviewForm
from metrics.models import Decision, Hold, Kpi, ReReview
from metrics.services import decisions, reviews
from prodops.access import Can, access, allowed
from prodops.http import csv_response, next_url, paginate, render_page
from prodops.talk import talk_about

DEFAULT_DAYS = 28
HEADER = [
    "Decision",
    "State",
    "By",
    "On",
    "Data from",
    "Data to",
    "KPIs",
    "Why in spite of quarantine",
    "Why",
]


@access(Can.KPI_READ)
@require_GET
def decision_list(request):
    found = DecisionFilter(
        request.GET, Decision.objects.visible_to(request.user).for_list(), user=request.user
    )
    if request.GET.get("format") == "csv":
        return csv_response("decisions", HEADER, _rows(found.qs[:10_000]))
    shown = paginate(request, found.qs)
    context = {"found": found, "page": shown, "reviews": queries.open_reviews(shown.rows)}
    return render_page(request, "metrics/decision_list.html", context, partial="rows")


def _rows(found):
    for one in found:
        kpis = ", ".join(cited.kpi.name for cited in one.kpis.all())
        yield (
            *(
                one.title,
                one.get_state_display(),
                one.by.name,
                one.at.isoformat(),
                one.data_from,
                one.data_to,
            ),
            *(kpis, one.override_reason, one.text),
        )


@access(Can.KPI_READ)
@require_GET
def decision_detail(request, pk):
    decision = get_object_or_404(Decision.objects.visible_to(request.user).for_list(), pk=pk)
    cited = list(decision.kpis.select_related("kpi", "version"))
    context = {
        "decision": decision,
        "cited": cited,
        "held": queries.quarantine([one.kpi_id for one in cited], at=timezone.now()),
        "reviews": list(decision.reviews.for_list()),
        "talk": talk_about(request, decision),
    }
    return render_page(request, "metrics/decision_detail.html", context)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def decision_record(request, slug):
    """Record a decision, beginning from a KPI; on data in quarantine it asks why it has to be now."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).live(), slug=slug)
    form = DecisionForm(request.POST or None, initial=_usual(kpi), user=request.user)
    affected = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            decision = decisions.record(list(data.pop("kpis")), **data, by=request.user, at=timezone.now())
        except decisions.InQuarantine as error:
            affected = error.kpis
            form.add_error("override_reason", str(error))
        else:
            messages.success(request, "The decision is recorded.")
            return redirect(decision)
    held = queries.quarantine([kpi.pk], at=timezone.now())
    context = {
        "form": form,
        "kpi": kpi,
        "affected": affected,
        "held": held.get(kpi.pk),
        "asks_why": bool(held) or bool(affected) or bool(request.POST.get("override_reason")),
    }
    return render_page(request, "metrics/decision_form.html", context, status=422 if form.errors else 200)


def _usual(kpi):
    last = queries.last_periods([kpi.pk]).get(kpi.pk)
    day = (last or timezone.now()).date()
    return {"kpis": [kpi.slug], "data_from": day - dt.timedelta(days=DEFAULT_DAYS - 1), "data_to": day}


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def hold_set(request, slug):
    """Hold a KPI's data back from decisions until a day."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    now = timezone.now()
    last = queries.last_periods([kpi.pk]).get(kpi.pk)
    day = (last or now).date()
    form = HoldForm(request.POST or None, initial={"first": day, "last": day})
    if request.method == "POST" and form.is_valid():
        first, last = form.window(kpi)
        try:
            made = decisions.hold(
                kpi,
                reason=form.cleaned_data["reason"],
                until=form.moment(time_zone=request.user.time_zone),
                window_from=first,
                window_to=last,
                by=request.user,
                at=now,
            )
        except decisions.NotPossible as error:
            form.add_error("until", str(error))
        else:
            opened = made.reviews.count()
            words = "The data are held back."
            if opened:
                words += f" {opened} {'decision' if opened == 1 else 'decisions'} will be looked at again."
            messages.success(request, words)
            return redirect(kpi)
    context = {"form": form, "kpi": kpi, "holds": list(kpi.holds.in_force(now).select_related("by"))}
    return render_page(request, "metrics/hold_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_POST
def hold_lift(request, pk):
    hold = get_object_or_404(Hold.objects.editable_by(request.user).select_related("kpi"), pk=pk)
    try:
        decisions.lift(hold, by=request.user, at=timezone.now())
    except decisions.NotPossible as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"“{hold.kpi}” may be used for decisions again.")
    return redirect(next_url(request, hold.kpi.get_absolute_url()))


@access(Can.KPI_READ)
@require_http_methods(["GET", "POST"])
def rereview_detail(request, pk):
    """A decision on data that turned out affected: whoever took it says what becomes of it."""
    review = get_object_or_404(ReReview.objects.visible_to(request.user).for_list(), pk=pk)
    may_answer = allowed(request.user, Can.KPI_EDIT) and (
        request.user.runs_product_ops or review.decision.by_id == request.user.pk
    )
    form = ReviewForm(request.POST or None)
    if request.method == "POST":
        get_object_or_404(ReReview.objects.editable_by(request.user), pk=pk)
        if form.is_valid():
            try:
                reviews.answer(review, **form.cleaned_data, by=request.user, at=timezone.now())
            except (reviews.AlreadyAnswered, reviews.ReasonMissing) as error:
                messages.warning(request, str(error))
            else:
                messages.success(request, "Thank you. The answer stands with the decision.")
            return redirect(review.decision)
    context = {
        "review": review,
        "decision": review.decision,
        "cause": review.incident or review.hold,
        "others": list(review.decision.reviews.for_list().exclude(pk=review.pk)),
        "form": form,
        "may_answer": may_answer and review.is_open,
    }
    return render_page(request, "metrics/rereview_detail.html", context, status=422 if form.errors else 200)
