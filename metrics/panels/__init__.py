"""What metrics shows on lower apps' pages, in the side bar, on the home page and on the scorecard."""

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from metrics import queries
from metrics.models import Incident, Kpi, KpiStatus, ReReview
from metrics.queries import registry
from prodops import citations, nav, panels, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.citations import Citation
from prodops.clock import company_day
from prodops.panels import Panel

SHOWN = 8


def my_incidents(user):
    """What the side bar counts: incidents that the person has to move."""
    return Incident.objects.waiting_for(user, timezone.now())


def my_reviews(user):
    """What the side bar counts: decisions that the person has to look at again."""
    return ReReview.objects.waiting_for(user)


def reviews_of(user):
    """Proposals that wait for this person's review."""
    return registry.waiting_for_review(user) if allowed(user, Can.KPI_APPROVE) else None


def derived_kpis(kpi_ids, user):
    """The KPIs that are put together from these, for those who are about to change one."""
    for kpi_id, kpi in registry.derived_from(kpi_ids, user):
        yield Citation(kpi_id, kpi.name, kpi.get_absolute_url(), None, kpi.owner, kpi.team)


citations.register("metrics.kpi", kind="Derived KPI", plural="Derived KPIs", find=derived_kpis, order=50)
nav.register(
    "metrics",
    nav.Item("KPIs", "metrics:kpi_list", Can.KPI_READ, key="k", under=("../define/",)),
    nav.Item("Governance", "metrics:governance", Can.KPI_READ, waiting=reviews_of),
    nav.Item("Incidents", "metrics:incident_list", Can.KPI_READ, my_incidents, key="e"),
    nav.Item("Decisions", "metrics:decision_list", Can.KPI_READ, my_reviews),
)
nav.action(nav.Action("Define a KPI", "metrics:kpi_define", Can.KPI_EDIT))
subjects.register("metrics.kpi", Can.KPI_READ)
subjects.register("metrics.incident", Can.KPI_READ)
subjects.register("metrics.decision", Can.KPI_READ)
for verb, sentence in {
    "kpi.defined": "defined this KPI",
    "kpi.edited": "changed {said}",
    "kpi.approved": "approved version {version} of the definition",
    "kpi.proposed": "sent the definition to review",
    "kpi.change_proposed": "proposed version {version}: {said}",
    "kpi.change_rejected": "sent version {version} back: “{reason}”",
    "kpi.change_withdrawn": "withdrew version {version}",
    "kpi.assigned": "made {owner} the owner",
    "kpi.drifted": "marked this as drifted: “{note}”",
    "kpi.drift_settled": "said that the source counts as defined again",
    "kpi.deprecated": "deprecated this KPI",
    "kpi.restored": "took this KPI into use again",
    "kpi.verified": "verified this KPI until {until}",
    "kpi.verification_due": "asked for this KPI to be looked at again",
    "kpi.target_set": "set the target from {from}: {said}",
    "kpi.target_removed": "removed the target from {from}: {said}",
    "series.imported": "imported {file}: {new} new, {changed} changed",
    "series.undone": "undid the import of {file}",
    "kpi.held": "held this back from decisions until {day}: {reason}",
    "kpi.hold_lifted": "let this be used for decisions again",
    "kpi.checks_set": "set the thresholds of the data checks",
    "kpi.sensitivity_reset": "reset what the checks had learnt (factor {before})",
    "incident.opened": "opened this: {said}",
    "incident.grew": "found more: {said}",
    "incident.acknowledged": "acknowledged this",
    "incident.assigned": "assigned this to {who}",
    "incident.resolved": "resolved this as {cause}. {comment}",
    "incident.cleared": "resolved this: what was found is no longer there",
    "incident.reopened": "reopened this",
    "incident.restored": "undid the last step",
    "incident.snoozed": "put this off until {day}",
    "incident.woken": "let this ask again",
    "incident.graded": "changed the severity from {before} to {after}",
    "incident.window_set": "set the affected window: {window}",
    "decision.recorded": "recorded this decision",
    "decision.review_opened": "asked to look at this again: data of {kpi} are in doubt",
    "decision.reviewed": "looked at this again: {outcome}. {reason}",
}.items():
    words.register(verb, sentence)


def _panel(request, key, title, template, **context):
    html = render_to_string(template, context, request, using="jinja2")
    return Panel(key, title, mark_safe(html))  # noqa: S308  (our template, escaped there)


def my_incidents_panel(request, subject):
    """Home: incidents that the person has to move, gravest first."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    waiting = my_incidents(request.user).for_list().order_by("-severity", "-window_from", "-pk")
    incidents = list(waiting[:SHOWN])
    if not incidents:
        return None
    context = {"incidents": incidents, "flags": queries.newest_flags(incidents), "now": timezone.now()}
    return _panel(request, "my-incidents", "Unusual in your KPIs", "metrics/_incidents_panel.html", **context)


def my_reviews_panel(request, subject):
    """Home: decisions of the person whose data turned out affected."""
    if not allowed(request.user, Can.KPI_READ):
        return None
    reviews = list(my_reviews(request.user).for_list()[:SHOWN])
    if not reviews:
        return None
    template = "metrics/_reviews_panel.html"
    return _panel(request, "my-reviews", "Decisions to look at again", template, reviews=reviews)


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


panels.register("home", "metrics.incidents", my_incidents_panel, order=20)
panels.register("home", "metrics.reviews", my_reviews_panel, order=21)
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
        "metrics.verified",
        "KPIs verified",
        "Live KPIs that somebody has looked at again in time.",
        lambda at: _count(status=KpiStatus.APPROVED, verified_until__gte=company_day(at)),
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
