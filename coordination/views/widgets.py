"""A channel's widget: what product ops sets up, and what the answers come to."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.formats.visitors import Visitor
from coordination.forms.widgets import CSAT, WidgetForm
from coordination.models import Channel, ChannelKind, SurveyAnswer, Widget
from coordination.services import widgets
from coordination.views import channel_kinds
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page

KINDS = (ChannelKind.WIDGET, ChannelKind.FORM)
SPANS = {"4": "4 weeks", "13": "13 weeks", "52": "A year"}
CSV_HEADER = ["When", "NPS", "CSAT", "Words", "Request", "Signed", "Person", "Address", "Account"]
EXAMPLE = Visitor("u-4711", "jo@example.com", "Example Ltd")


def _section(channel, user, at):
    widget = Widget.objects.filter(channel=channel).select_related("form", "changed_by").first()
    held = SurveyAnswer.objects.visible_to(user).held().filter(channel=channel).count() if widget else 0
    return {"widget": widget, "visitor": EXAMPLE, "held": held}


for _kind in KINDS:
    channel_kinds.register(_kind, "coordination/_widget_section.html", _section)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def widget_edit(request, slug):
    """What the widget asks, in which words, and which pages may show it."""
    channel = _channel(request, slug)
    widget = Widget.objects.filter(channel=channel).first()
    form = WidgetForm(request.POST or None, channel=channel, widget=widget)
    if request.method == "POST" and form.is_valid():
        widgets.set_up(channel, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "It is saved.")
        return redirect(channel)
    context = {"form": form, "channel": channel}
    return render_page(request, "coordination/widget_edit.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def widget_secret(request, slug):
    """A new secret, shown on this page and never again."""
    channel = _channel(request, slug)
    try:
        secret = widgets.new_secret(channel, by=request.user, at=timezone.now())
    except widgets.NotNow as error:
        messages.error(request, str(error))
        return redirect(channel)
    response = render_page(request, "coordination/widget_secret.html", {"channel": channel, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


@access(Can.REQUEST_TRIAGE)
@require_GET
def survey_results(request, slug):
    """NPS and CSAT with how sure they are, by week, and what was written."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user).filter(kind__in=KINDS), slug=slug)
    span = request.GET.get("weeks", "13")
    span = span if span in SPANS else "13"
    now = timezone.now()
    since = now - dt.timedelta(weeks=int(span))
    mine = SurveyAnswer.objects.visible_to(request.user).filter(channel=channel)
    answers = mine.taken().filter(at__range=(since, now))
    which = request.GET.get("which", "")
    if which == "words":
        answers = answers.exclude(comment="")
    elif which == "detractors":
        answers = answers.filter(nps__lte=6)
    elif which == "promoters":
        answers = answers.filter(nps__gte=9)
    found = queries.survey_results(channel, since=since, until=now, labels=dict(CSAT))
    context = {
        "channel": channel,
        "results": found,
        "page": paginate(request, answers.for_list().order_by("-at", "-pk"), 25),
        "spans": SPANS,
        "span": span,
        "which": which,
        "trend": _trend(found.weeks),
        "steps": dict(CSAT),
        "held": mine.held().count(),
    }
    return render_page(request, "coordination/survey_results.html", context, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_GET
def survey_held(request, slug):
    """Answers that came over a limit: somebody says which are customers'."""
    channel = _channel(request, slug)
    answers = SurveyAnswer.objects.visible_to(request.user).held().filter(channel=channel)
    page = paginate(request, answers.for_list().order_by("-at", "-pk"))
    context = {"channel": channel, "page": page, "steps": dict(CSAT), "most": widgets.AT_ONCE}
    return render_page(request, "coordination/survey_held.html", context, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_POST
def survey_let_in(request, slug):
    return _of_held(request, slug, widgets.let_in, "let in")


@access(Can.CHANNEL_MANAGE)
@require_POST
def survey_throw_out(request, slug):
    return _of_held(request, slug, widgets.throw_out, "thrown away")


def _of_held(request, slug, verb, said):
    channel = _channel(request, slug)
    picked = [int(one) for one in request.POST.getlist("pk") if one.isascii() and one.isdecimal()]
    ids = None if request.POST.get("all") else [pk for pk in picked[: widgets.AT_ONCE] if pk < 2**63]
    if done := verb(channel, ids, by=request.user, at=timezone.now()):
        messages.success(request, f"{done} {'answer was' if done == 1 else 'answers were'} {said}.")
    else:
        messages.info(request, "Nothing was changed: tick some answers first.")
    return redirect("coordination:survey_held", channel.slug)


@access(Can.REQUEST_TRIAGE)
@require_GET
def survey_csv(request, slug):
    """Every answer that ever came in."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user).filter(kind__in=KINDS), slug=slug)
    answers = SurveyAnswer.objects.visible_to(request.user).taken().filter(channel=channel).for_list()
    rows = (
        [
            one.at.isoformat(timespec="minutes"),
            one.nps,
            one.csat,
            one.comment,
            one.request.ref if one.request else "",
            "yes" if one.signed else "no",
            one.person,
            one.email,
            one.account.name if one.account else one.company,
        ]
        for one in answers.order_by("-at", "-pk").iterator(chunk_size=500)
    )
    return csv_response(f"answers-{channel.slug}", CSV_HEADER, rows)


def _channel(request, slug):
    found = Channel.objects.editable_by(request.user).filter(kind__in=KINDS)
    return get_object_or_404(found.select_related("type"), slug=slug)


def _trend(weeks):
    """The points of the weeks that have an NPS, in a picture of 600 by 120 with 0 in the middle."""
    most = max(len(weeks) - 1, 1)
    return [
        (round(10 + 580 * place / most, 1), round(60 - 0.5 * week.nps.value, 1), week)
        for place, week in enumerate(weeks)
        if week.nps is not None and week.nps.value is not None
    ]
