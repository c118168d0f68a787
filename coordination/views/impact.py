"""What a request's impact is made of, with the rows behind each figure."""

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from coordination import queries
from coordination.models import Request
from prodops.access import Can, access
from prodops.clock import company_day
from prodops.forms import DateInput
from prodops.http import csv_response, render_page

SHOWN = 300
HEADER = [
    *("Account", "Counted with", "Segment", "Tier", "ARR", "Currency", "ARR in company currency"),
    *("Figures are", "Counts in ARR", "At stake", "At stake, currency", "At stake in company currency"),
    *("Counts at stake", "Deal", "Deal amount", "Deal currency", "Deal stage", "Deal closes on"),
    *("ARR when added", "Currency when added", "Tier when added", "Segment when added"),
    *("Added by", "Recorded by", "Team", "Added on", "Contact", "Words", "Request"),
]
KNOWN = {
    "today": "as of today",
    "kept": "as kept on the day",
    "stated": "as of when it was added",
    "": "not known as of the day",
}


class AsOfForm(forms.Form):
    on = forms.DateField(required=False, widget=DateInput(), label="As of")


def _report(request, pk):
    item = get_object_or_404(Request.objects.visible_to(request.user).for_list(), pk=pk)
    today = company_day(timezone.now())
    form = AsOfForm(request.GET)
    on = (form.is_valid() and form.cleaned_data["on"]) or today
    key = request.GET.get("figure", "")[:40]
    return item, queries.impact_report(item, on=min(on, today), today=today), key, form


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_impact(request, pk):
    """The figures; `figure` shows the rows that one of them adds up."""
    item, report, key, form = _report(request, pk)
    rows = report.rows(key)
    query = request.GET.copy()
    query.pop("figure", None)
    context = {
        "item": item,
        "report": report,
        "key": key,
        "rows": rows[:SHOWN],
        "left_out": max(len(rows) - SHOWN, 0),
        "form": form,
        "known": KNOWN,
        "query": query.urlencode(),
        "most": max((month.accounts for month in report.months), default=1) or 1,
    }
    return render_page(request, "coordination/request_impact.html", context, partial="rows")


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_impact_csv(request, pk):
    """A row for each time that somebody added an account: what the figures add up, and what it said."""
    item, report, key, _ = _report(request, pk)
    rows = (_row(line, voice) for line in report.rows(key) for voice in line.voices)
    return csv_response(f"impact-{item.ref.lower()}-{report.on:%Y-%m-%d}", HEADER, rows)


def _row(line, voice):
    return [
        line.account.name,
        line.counted_with.name if line.counted_with else "",
        line.segment,
        line.tier,
        _amount(line.arr),
        line.currency,
        _amount(line.arr_here),
        KNOWN[line.known],
        "yes" if line.counts_arr else "no",
        _amount(line.stake),
        line.stake_currency,
        _amount(line.stake_here),
        "yes" if line.counts_stake else "no",
        voice.deal_name,
        _amount(voice.deal_amount),
        voice.deal_currency,
        voice.deal_stage,
        voice.deal_closes_on.isoformat() if voice.deal_closes_on else "",
        _amount(voice.arr_then),
        voice.arr_currency_then,
        voice.tier_then,
        voice.segment_then,
        voice.added_by.name,
        voice.recorded_by.name if voice.recorded_by else "",
        voice.team.name if voice.team else "",
        company_day(voice.added_at).isoformat(),
        voice.contact,
        voice.words,
        voice.request.ref,
    ]


def _amount(value):
    return "" if value is None else f"{value:.2f}"
