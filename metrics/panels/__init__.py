"""What metrics shows on lower apps' pages, in the side bar, on the home page and on the scorecard."""

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from metrics import queries
from metrics.models import Flag, Kpi, KpiStatus
from prodops import nav, panels, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.panels import Panel

SHOWN = 8

nav.register(
    "metrics",
    nav.Item("KPIs", "metrics:kpi_list", Can.KPI_READ, key="k"),
    nav.Item("Flags", "metrics:flag_list", Can.KPI_READ, lambda user: Flag.objects.waiting_for(user)),
)
nav.register("metrics", nav.Item("API tokens", "metrics:token_list", Can.KPI_EDIT))
nav.action(nav.Action("Define a KPI", "metrics:kpi_define", Can.KPI_EDIT))
subjects.register("metrics.kpi", Can.KPI_READ)
subjects.register("metrics.incident", Can.KPI_READ)
for verb, sentence in {
    "kpi.defined": "defined this KPI",
    "kpi.edited": "changed {said}",
    "kpi.approved": "approved the definition",
    "kpi.retired": "retired this KPI",
    "series.imported": "imported {file}: {new} new, {changed} changed",
    "api_token.made": "made the API token {token}",
    "api_token.rotated": "rotated the API token {token}",
    "api_token.revoked": "revoked the API token {token}",
    "series.undone": "undid the import of {file}",
    "flag.raised": "raised {said}",
    "flag.acknowledged": "acknowledged a flag: {kind} of {when}",
    "flag.dismissed": "dismissed a flag: {kind} of {when}. {reason}",
    "flag.reopened": "reopened a flag: {kind} of {when}",
}.items():
    words.register(verb, sentence)


def _panel(request, key, title, template, **context):
    html = render_to_string(template, context, request, using="jinja2")
    return Panel(key, title, mark_safe(html))  # noqa: S308  (our template, escaped there)


def my_flags(request, subject):
    """Home: open flags of KPIs that the person owns, newest first."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    flags = list(Flag.objects.waiting_for(request.user).for_list()[:SHOWN])
    if not flags:
        return None
    return _panel(request, "my-flags", "Unusual in your KPIs", "metrics/_flags_panel.html", flags=flags)


def kpis_of_area(request, area):
    """Product area: its KPIs with their latest values."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    kpis = list(Kpi.objects.visible_to(request.user).live().filter(area=area).for_list()[:SHOWN])
    if not kpis:
        return None
    context = {"kpis": kpis, "figures": queries.figures(kpis), "now": timezone.now()}
    return Panel(
        "kpis", "KPIs", render_to_string("metrics/_kpis_panel.html", context, request, using="jinja2")
    )


panels.register("home", "metrics.flags", my_flags, order=20)
panels.register("prodops.productarea", "metrics.kpis", kpis_of_area, order=40)


def _count(**condition):
    counts = Kpi.objects.live().aggregate(well=Count("pk", filter=Q(**condition)), of=Count("pk"))
    return counts["well"], counts["of"]


def _fresh(at):
    with_values = Kpi.objects.live().filter(watch__checked_to__isnull=False)
    of = with_values.count()
    return of - with_values.stale(at).count(), of


scorecard.register(
    scorecard.Measure(
        "metrics.approved",
        "KPIs approved",
        "Live KPIs whose definition somebody other than its author has approved.",
        lambda at: _count(status=KpiStatus.APPROVED),
    )
)
scorecard.register(
    scorecard.Measure(
        "metrics.owned",
        "KPIs owned",
        "Live KPIs that a person answers for.",
        lambda at: _count(owner__isnull=False, owner__is_active=True),
    )
)
scorecard.register(
    scorecard.Measure(
        "metrics.fresh", "KPIs fresh", "KPIs with values whose next value is not overdue.", _fresh
    )
)
