"""The chart of a KPI: a part of its page, a page of its own, a picture and a file."""

import datetime as dt
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from metrics.formats import picture
from metrics.models import FlagKind, Kpi
from metrics.queries import charts
from metrics.stats import periods, plot
from prodops.access import Can, access, allowed
from prodops.clock import company_zone
from prodops.http import csv_response, render_page

TEMPLATE = "metrics/kpi_chart.html"
RANGES = {
    "30d": ("30 days", 30),
    "90d": ("90 days", 90),
    "1y": ("1 year", 366),
    "5y": ("5 years", 1827),
    "all": ("All", None),
}
DEFAULT_RANGE = "90d"
TABLE_ROWS = 100


class Asked:
    """What of the series was asked for. What cannot be is left out, never an error."""

    def __init__(self, request, kpi):
        wanted = request.GET.get("range", DEFAULT_RANGE)
        self.range = wanted if wanted in RANGES else DEFAULT_RANGE
        self.days = RANGES[self.range][1]
        self.by = request.GET.get("by", "") if request.GET.get("by") in kpi.dimensions else ""
        self.before = request.GET.get("before") == "1" and self.days is not None
        self.can_compare = self.days is not None

    def query(self, **changes):
        """The query of the same chart, but for `changes`."""
        asked = {"range": self.range, "by": self.by, "before": "1" if self.before else ""} | changes
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"


def asked(request, kpi):
    return Asked(request, kpi)


def _load(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    wanted = asked(request, kpi)
    return kpi, wanted, charts.chart(kpi, days=wanted.days, by=wanted.by, before=wanted.before)


@access(Can.KPI_READ)
@require_GET
def kpi_chart(request, slug):
    """The chart with its table: within the KPI's page the part alone, else a page."""
    kpi, wanted, found = _load(request, slug)
    may_edit = allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user)
    context = {
        "kpi": kpi,
        "asked": wanted,
        "found": found,
        "ranges": [(key, words) for key, (words, _) in RANGES.items()],
        "chart": payload(kpi, found),
        "table": _table(found),
        "may_edit": may_edit,
        "may_annotate": allowed(request.user, Can.KPI_EDIT),
        "mine": {one.pk for one in found.annotations if _may_change(request.user, kpi, one, may_edit)},
    }
    return render_page(request, TEMPLATE, context, partial="chart")


def _may_change(user, kpi, span, may_edit):
    """What `Annotation.editable_by` says, without asking."""
    return user.runs_product_ops or span.by_id == user.pk or (may_edit and not span.everywhere)


def payload(kpi, found):
    """What static/js/kpi-chart.js draws: columns of seconds and values, and what is marked on them."""
    columns = list(zip(*found.rows, strict=True)) or [()] * 5
    whens = columns[0]
    return {
        "name": kpi.name,
        "unit": kpi.unit,
        "currency": kpi.currency,
        "grain": kpi.grain,
        "zone": settings.TIME_ZONE,
        "x": [_seconds(when) for when in whens],
        "y": _shorts(columns[1]),
        "low": _shorts(columns[3]),
        "high": _shorts(columns[4]),
        "lines": [
            {"kind": one.kind, "label": one.label, "y": _shorts([one.values.get(when) for when in whens])}
            for one in found.lines
        ],
        "targets": [
            {
                "from": _seconds(one.first),
                "to": one.until and _seconds(one.until),
                "value": one.value,
                "low": one.low,
                "high": one.high,
            }
            for one in found.targets
        ],
        "breaks": [{"x": _seconds(when), "text": f"Version {number}"} for when, number in found.breaks],
        "incidents": [_span(one) for one in found.incidents],
        "annotations": [_span(one) | {"number": one.number} for one in found.annotations],
        "flags": [
            {
                "x": _seconds(one.period),
                "open": one.is_open,
                "text": _said(kpi, one),
                "id": one.pk,
            }
            for one in found.flags
        ],
    }


def around(kpi, series, flags):
    """The payload of a stretch of the series with its flags alone, as the page of an incident has it."""
    marks = [
        charts.Mark(one.pk, one.period, one.kind, one.is_open, one.value, one.low, one.high) for one in flags
    ]
    return payload(kpi, charts.Chart(rows=charts.filled(series.rows, kpi.grain), flags=marks))


def _span(span):
    return {"from": _seconds(span.first), "to": _seconds(span.last), "text": span.in_words}


def _said(kpi, mark):
    kind = FlagKind(mark.kind).label
    if mark.low is None or mark.value is None:
        return kind
    return f"{kind}: {kpi.show(mark.value)} where {kpi.show(mark.low)} to {kpi.show(mark.high)} was expected"


def _seconds(when):
    return int(when.timestamp())


def _shorts(values):
    """Six digits are more than a chart can show."""
    return [None if value is None else float(f"{value:.6g}") for value in values]


def _table(found):
    """The newest rows: (period, value, low, high, values of the further lines, what was then)."""
    notes: dict[dt.date, list] = {}
    for span in (*found.annotations, *found.incidents):
        notes.setdefault(span.first.date(), []).append(span.in_words)
    for when, number in found.breaks:
        notes.setdefault(when.date(), []).append(f"Version {number} begins")
    rows = []
    for when, value, _, low, high in reversed(found.rows[-TABLE_ROWS:]):
        others = [line.values.get(when) for line in found.lines]
        rows.append((when, value, low, high, others, "; ".join(notes.get(when.date(), ()))))
    return rows


@access(Can.KPI_READ)
@require_GET
def kpi_svg(request, slug):
    """The chart as a picture for where no script runs."""
    kpi, wanted, found = _load(request, slug)
    return HttpResponse(_svg(kpi, wanted, found), content_type="image/svg+xml; charset=utf-8")


@access(Can.KPI_READ)
@require_GET
def kpi_png(request, slug):
    """The same as a PNG to paste into slides and mails."""
    kpi, wanted, found = _load(request, slug)
    made = picture.png(_svg(kpi, wanted, found), width=plot.WIDTH * 3 // 4, height=plot.HEIGHT * 3 // 4)
    response = HttpResponse(made, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{kpi.slug}-{wanted.range}.png"'
    return response


def _svg(kpi, wanted, found):
    if not found.rows:
        nowhere = [dt.datetime(1970, 1, 1, tzinfo=dt.UTC)]
        return plot.svg(plot.Plot(kpi.name, "No values yet", nowhere, [None]))
    columns = list(zip(*found.rows, strict=True))
    whens = columns[0]
    first, last = whens[0], whens[-1]
    words = [f"{kpi.show_period(first)} to {kpi.show_period(last)}", kpi.get_unit_display()]
    if wanted.by:
        words.append(f"by {wanted.by}")
    return plot.svg(
        plot.Plot(
            title=kpi.name,
            subtitle=" · ".join(words),
            times=whens,
            values=columns[1],
            low=columns[3],
            high=columns[4],
            extras=[plot.Extra(one.label, [one.values.get(when) for when in whens]) for one in found.lines],
            steps=[
                (one.first, one.until or last, one.value) for one in found.targets if one.value is not None
            ],
            shades=[(one.first, one.last, one.in_words) for one in found.incidents],
            lines=[
                *((when, f"Version {number}") for when, number in found.breaks),
                *((one.first, one.text[:24]) for one in found.annotations if first <= one.first <= last),
            ],
            dots=[(one.period, one.is_open) for one in found.flags],
            label=kpi.show,
        )
    )


FILE_HEADER = [
    *("period", "value", "expected_low", "expected_high", "dimensions", "version", "governs"),
    *("loaded_at", "source", "imported_from"),
]


@access(Can.KPI_READ)
@require_GET
def series_csv(request, slug):
    """All values: of the whole, of its parts, and of versions beside that which governs."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    zone = company_zone()
    points = kpi.points.order_by("slice__label", "period", "version__number").values_list(
        *("period", "value", "low", "high", "slice__label", "version__number", "beside"),
        *("loaded_at", "load__source_kind", "load__file_name"),
    )
    rows = (
        (
            *(iso(period, kpi.grain, zone), value, low, high),
            *(part or "", version, "no" if beside else "yes", *rest),
        )
        for period, value, low, high, part, version, beside, *rest in points.iterator(2_000)
    )
    return csv_response(kpi.slug, FILE_HEADER, rows)


def iso(period, grain, zone=dt.UTC):
    """The period as a file has it: a date, or for hours a moment where the company is."""
    return period.astimezone(zone).isoformat() if grain == periods.HOUR else period.date().isoformat()
