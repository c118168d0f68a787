"""What the page of a KPI shows, whole or the block that a choice of time swaps."""

import datetime as dt

from metrics import queries
from metrics.panels.exchange import drivers_of
from metrics.queries import drivers, registry
from metrics.services import targets
from metrics.views import charts
from prodops import panels
from prodops.access import Can, allowed
from prodops.clock import company_day
from prodops.talk import talk_about

TEMPLATE = "metrics/kpi_detail.html"
FLAGS_SHOWN = 40
INCIDENTS_SHOWN = 8


def context(request, kpi, *, at):
    """Everything the page needs."""
    may_edit = allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user)
    around, numbers = drivers.around(kpi)
    figures = numbers[kpi.pk]
    own = drivers_of(request, kpi, around, numbers)
    return (
        series_context(request, kpi, figures, may_edit=may_edit)
        | checks_context(kpi, at)
        | registry_context(kpi, today=company_day(at))
        | {
            "stale_since": figures.stale_since(kpi, at),
            "talk": talk_about(request, kpi),
            "imports": kpi.imports.visible_to(request.user).for_kpi()[:6],
            "panels": [own, *panels.render("metrics.kpi", request, kpi)],
            "now": at,
        }
    )


def checks_context(kpi, at):
    """What the checks and people have found about the data; open incidents first."""
    newest = kpi.incidents.for_kpi().order_by("resolved_at", "-window_from", "-pk").reverse()
    incidents = list(newest[:INCIDENTS_SHOWN])
    for incident in incidents:
        incident.kpi = kpi
    return {
        "incidents": incidents,
        "quarantine": queries.quarantine_of(kpi, incidents, at=at),
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
    """The place of the chart, and what was found of each incident."""
    flags = list(kpi.flags.live().select_related("incident")[:FLAGS_SHOWN])
    for flag in flags:
        flag.kpi = kpi
    return {
        "kpi": kpi,
        "figures": figures,
        "may_edit": may_edit,
        "chart_query": charts.asked(request, kpi).query(),
        "incident_flags": {flag.incident_id: flag for flag in reversed(flags) if flag.incident_id},
    }
