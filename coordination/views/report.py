"""How requests fare: time to decision, and whether all who ask are answered and taken on alike."""

from datetime import timedelta

from django.utils import timezone
from django.views.decorators.http import require_GET

from coordination import queries
from coordination.models import Request
from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import csv_response, render_page

PERIODS = {"90": "Sent in the last 90 days", "365": "Sent in the last 12 months", "1095": "Sent in 3 years"}
HEADER = [
    *("Group", "Name", "Sent", "Waiting", "Decided"),
    *("Days to decision, half", "Days to decision, nine of ten"),
    *("Answered, share", "Days to first answer, half", "Accepted of decided, share", "Low", "High"),
    *("Too few to say", "Against all"),
]


def _report(request):
    period = request.GET.get("period", "365")
    period = period if period in PERIODS else "365"
    first = company_day(timezone.now()) - timedelta(days=int(period))
    rows = Request.objects.visible_to(request.user).sent_since(first)
    return period, first, queries.fairness(rows)


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_report(request):
    period, first, report = _report(request)
    context = {
        "report": report,
        "period": period,
        "periods": PERIODS,
        "first": first,
        "fewest": queries.FEWEST,
    }
    return render_page(request, "coordination/request_report.html", context)


@access(Can.REQUEST_TRIAGE)
@require_GET
def request_report_csv(request):
    _, first, report = _report(request)
    groups = [("All", report.whole), *((title, one) for _, title, part in report.parts for one in part)]
    rows = (_row(title, one) for title, one in groups)
    return csv_response(f"requests-since-{first:%Y-%m-%d}", HEADER, rows)


def _row(title, one):
    shares = (one.accepted.value, one.accepted.low, one.accepted.high)
    return [
        *(title, one.name, one.sent, one.waiting, one.decided),
        *(_digits(one.days_half, 1), _digits(one.days_most, 1)),
        *(_digits(one.answered.value, 3), _digits(one.answer_half, 1)),
        *(_digits(share, 3) for share in shares),
        *("yes" if one.small else "no", one.stands_out),
    ]


def _digits(value, digits):
    return "" if value is None else f"{value:.{digits}f}"
