"""What the page of a KPI shows, whole or the block that a choice of time swaps."""

import datetime as dt

from metrics import queries
from metrics.queries import registry
from metrics.services import targets
from metrics.stats import periods
from prodops import panels
from prodops.access import Can, allowed
from prodops.clock import company_day
from prodops.talk import talk_about

TEMPLATE = "metrics/kpi_detail.html"
RANGES = {"30d": ("30 days", 30), "90d": ("90 days", 90), "1y": ("1 year", 366), "all": ("All", None)}
DEFAULT_RANGE = "90d"
TABLE_ROWS = 200
FLAGS_SHOWN = 40
INCIDENTS_SHOWN = 8


def context(request, kpi, *, at):
    """Everything the page needs."""
    may_edit = allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user)
    figures = queries.figures([kpi])[kpi.pk]
    return (
        series_context(request, kpi, figures, may_edit=may_edit)
        | checks_context(kpi)
        | registry_context(kpi, today=company_day(at))
        | {
            "stale_since": figures.stale_since(kpi, at),
            "quarantine": queries.quarantine([kpi.pk], at=at).get(kpi.pk),
            "talk": talk_about(request, kpi),
            "imports": kpi.imports.visible_to(request.user).for_list()[:6],
            "panels": panels.render("metrics.kpi", request, kpi),
            "now": at,
        }
    )


def checks_context(kpi):
    """What the checks and people have found about the data; open incidents first."""
    newest = kpi.incidents.for_list().order_by("resolved_at", "-window_from", "-pk").reverse()
    incidents = list(newest[:INCIDENTS_SHOWN])
    for incident in incidents:
        incident.kpi = kpi
    return {
        "incidents": incidents,
        "open_incidents": sum(incident.is_open for incident in incidents),
    }


def registry_context(kpi, *, today):
    """What the head and the side of the page say of the definition, of a KPI that came `with_standing`."""
    version = registry.draft_or_live(kpi)
    return {
        "version": version,
        "sentence": registry.sentence_of(version),
        "proposals": [one | {"at": dt.datetime.fromisoformat(one["at"])} for one in kpi.waiting_changes],
        "aliases": kpi.other_names,
        "target": targets.words_of(kpi, **kpi.target) if kpi.target else "",
        "today": today,
    }


def series_context(request, kpi, figures, *, may_edit):
    """The chart and its flags."""
    chosen = request.GET.get("range", DEFAULT_RANGE)
    chosen = chosen if chosen in RANGES else DEFAULT_RANGE
    days = RANGES[chosen][1]
    since = figures.period - dt.timedelta(days=days) if days and figures.period else None
    series = queries.series(kpi, since)
    flags = list(kpi.flags.live().select_related("incident")[:FLAGS_SHOWN])
    for flag in flags:
        flag.kpi = kpi
    return {
        "kpi": kpi,
        "figures": figures,
        "may_edit": may_edit,
        "range": chosen,
        "ranges": [(key, words) for key, (words, _) in RANGES.items()],
        "chart": chart(kpi, series, flags),
        "incident_flags": {flag.incident_id: flag for flag in reversed(flags) if flag.incident_id},
        "table": series.rows[: -TABLE_ROWS - 1 : -1],
        "points": len(series.rows),
    }


def chart(kpi, series, flags):
    """What static/js/kpi-chart.js draws: columns of seconds, values and the expected band, and the flags."""
    rows = series.filled(kpi.grain)
    shown = {row[0] for row in rows}
    return {
        "name": kpi.name,
        "unit": kpi.unit,
        "currency": kpi.currency,
        "grain": kpi.grain,
        "x": [int(row[0].timestamp()) for row in rows],
        "y": [_short(row[1]) for row in rows],
        "low": [_short(row[3]) for row in rows],
        "high": [_short(row[4]) for row in rows],
        "flags": [
            {
                "x": int(flag.period.timestamp()),
                "open": flag.is_open,
                "text": flag.in_words(),
                "id": flag.pk,
                "incident": flag.incident_id,
            }
            for flag in flags
            if flag.period in shown
        ],
    }


def iso(period, grain):
    """The period as a file has it: a date, or for hours a moment in UTC."""
    return period.isoformat() if grain == periods.HOUR else period.date().isoformat()


def _short(value):
    """Six digits are more than a chart can show."""
    return None if value is None else float(f"{value:.6g}")
