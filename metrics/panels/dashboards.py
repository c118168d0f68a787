"""What dashboards show elsewhere: in the side bar, on the home page, on a KPI's page and in what cites it."""

from django.template.loader import render_to_string
from django.utils import timezone

from metrics.models import Dashboard, DashboardKpi, Panel
from metrics.queries.dashboards import shown_on
from prodops import citations, nav, panels, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.citations import Citation
from prodops.panels import Panel as Shown

SHOWN = 8


def _to_review(user):
    return Dashboard.objects.to_review_by(user, timezone.now())


nav.register(
    "metrics",
    nav.Item("Dashboards", "metrics:dashboard_list", Can.KPI_READ, waiting=_to_review, key="b"),
)
nav.action(
    nav.Action("Start a board", "metrics:board_add", Can.KPI_EDIT),
    nav.Action("List a dashboard of another tool", "metrics:dashboard_add", Can.KPI_EDIT),
    nav.Action("Clean up dashboards", "metrics:clean_up", Can.DASHBOARD_RUN),
)
subjects.register("metrics.dashboard", Can.KPI_READ)
for verb, sentence in {
    "dashboard.added": "added this dashboard",
    "dashboard.edited": "changed {said}",
    "dashboard.kpis_named": "{said}",
    "dashboard.verified": "verified this dashboard",
    "dashboard.review_due": "asked for a review: the verification runs out on {until}",
    "dashboard.called_stale": "called it stale: {reason}",
    "dashboard.stale_cleared": "took the warning back",
    "dashboard.archived": "archived this dashboard",
    "dashboard.restored": "put it back on the list",
    "dashboard.kept": "kept it in the clean-up",
    "dashboard.reassigned": "made {to} its owner",
    "dashboard.clean_up_undone": "took the clean-up back: {said}",
    "dashboard.link_broken": "found the link broken: {words}",
    "dashboard.link_mended": "found that the link answers again: {words}",
    "panel.added": "{said}",
    "panel.edited": "{said}",
    "panel.removed": "{said}",
    "board.arranged": "{said}",
    "board.undone": "took back: {said}",
    "board.repinned": "{said}",
    "board.shared": "changed who sees it",
    "board.copied": "copied it to “{name}”",
    "digest.subscribed": "asked for it by mail each week",
    "digest.unsubscribed": "wants it by mail no more",
    "checked_host.added": "had links of this host checked",
    "checked_host.removed": "had links of this host checked no more",
}.items():
    words.register(verb, sentence)


def to_review(request, subject):
    """Home: the person's own dashboards that are stale, broken, or due for a review."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    now = timezone.now()
    rows = list(_to_review(request.user).for_list().order_by("verified_until", "pk")[:SHOWN])
    if not rows:
        return None
    context = {"rows": rows, "now": now}
    html = render_to_string("metrics/_dashboards_to_review.html", context, request, using="jinja2")
    return Shown("dashboards-to-review", "Your dashboards to review", html)


def on_dashboards(request, kpi):
    """KPI: the dashboards that show it."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    rows = shown_on(kpi, request.user)
    if not rows:
        return None
    context = {"rows": rows, "now": timezone.now()}
    html = render_to_string("metrics/_shown_on.html", context, request, using="jinja2")
    return Shown("shown-on", "Shown on", html)


def _panels_of(ids, user):
    """The panels that show these KPIs, each pinning a version."""
    boards = Dashboard.objects.visible_to(user).active()
    found = Panel.objects.filter(kpi__in=ids, dashboard__in=boards)
    for panel in found.select_related("kpi", "dashboard__owner", "dashboard__team"):
        board = panel.dashboard
        title = f"{panel.title or panel.kpi.name} on {board.name}"
        yield Citation(
            panel.kpi_id,
            title,
            f"{board.get_absolute_url()}#panel-{panel.pk}",
            panel.version_id,
            board.owner,
            board.team,
            panel.get_kind_display(),
        )


def _dashboards_of(ids, user):
    """The dashboards of other tools that are said to show these KPIs."""
    entries = Dashboard.objects.visible_to(user).active()
    found = DashboardKpi.objects.filter(kpi__in=ids, dashboard__in=entries)
    for one in found.select_related("dashboard__owner", "dashboard__team"):
        entry = one.dashboard
        yield Citation(
            one.kpi_id,
            entry.name,
            entry.get_absolute_url(),
            one.version_id,
            entry.owner,
            entry.team,
            entry.tool,
        )


panels.register("home", "metrics.dashboards", to_review, order=25)
panels.register("metrics.kpi", "metrics.dashboards", on_dashboards, order=30)
citations.register("metrics.kpi", kind="Panel", plural="Panels", find=_panels_of, order=40)
citations.register("metrics.kpi", kind="Dashboard", plural="Dashboards", find=_dashboards_of, order=45)


def _verified(at):
    active = Dashboard.objects.active()
    return active.count() - active.stale(at).count(), active.count()


scorecard.register(
    scorecard.Measure(
        "metrics.dashboards",
        "Dashboards verified",
        "Dashboards in use that somebody has verified, for which that holds still and nobody warns of.",
        _verified,
    )
)
