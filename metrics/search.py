"""What of metrics is findable."""

from collections import defaultdict

from django.db.models import prefetch_related_objects

from metrics.models import Kpi, KpiAlias, KpiStatus
from prodops import comboboxes, search
from prodops.access import Can
from prodops.models import Role


def _with_aliases(kpis):
    """Load in one query the other names of all."""
    held = defaultdict(list)
    for kpi_id, name in KpiAlias.objects.filter(kpi__in=kpis).values_list("kpi_id", "name"):
        held[kpi_id].append(name)
    for kpi in kpis:
        kpi.other_names = held[kpi.pk]


@search.register("kpi", model="metrics.kpi", plural="KPIs", icon="graph-up", order=40, prepare=_with_aliases)
def kpi(kpi):
    state = kpi.get_tier_display()
    if kpi.status != KpiStatus.APPROVED:
        state += f" · {kpi.get_status_display()}"
    return search.Entry(
        title=kpi.name,
        body="\n".join([", ".join(kpi.other_names), kpi.meaning, kpi.formula, kpi.source]).strip(),
        url=kpi.get_absolute_url(),
        capability=Can.KPI_READ,
        happened_at=kpi.defined_at,
        context=state,
    )


@search.register(
    "dashboard",
    model="metrics.dashboard",
    plural="Dashboards",
    icon="columns-gap",
    order=42,
    prepare=lambda dashboards: prefetch_related_objects(dashboards, "teams"),
)
def dashboard(dashboard):
    """A board is found by whom it is shared with; what lives elsewhere by everybody, as the list has it."""
    if dashboard.is_archived:
        return None
    entry = search.Entry(
        title=dashboard.name,
        body=f"{dashboard.purpose}\n{dashboard.audience}\n{dashboard.tool}",
        url=dashboard.get_absolute_url(),
        capability=Can.KPI_READ,
        happened_at=dashboard.added_at,
        context=f"Dashboard · {dashboard.tool}",
    )
    if not dashboard.is_board:
        return entry
    if Role.MEMBER in dashboard.roles and Role.SUBMITTER in dashboard.roles:
        return entry
    teams = {dashboard.team_id, *(team.pk for team in dashboard.teams.all())}
    return entry._replace(
        team_ids=sorted(teams),
        user_ids=[dashboard.owner_id] if dashboard.owner_id else [],
        # members and those above may, if it is shared with members; else product ops alone
        wide_capability=Can.KPI_EDIT if Role.MEMBER in dashboard.roles else Can.DASHBOARD_RUN,
    )


@search.register("experiment", model="metrics.experiment", plural="Experiments", icon="activity", order=44)
def experiment(experiment):
    return search.Entry(
        title=experiment.title,
        body="\n".join([experiment.key, experiment.because, experiment.change, experiment.know_when]).strip(),
        url=experiment.get_absolute_url(),
        capability=Can.EXPERIMENT_READ,
        happened_at=experiment.started_at or experiment.created_at,
        context=f"Experiment · {experiment.get_state_display()}",
    )


@search.register(
    "experiment_learning",
    model="metrics.learning",
    plural="Learnings of experiments",
    icon="journal-text",
    order=46,
)
def learning(learning):
    return search.Entry(
        title=learning.title,
        body=learning.body,
        url=learning.get_absolute_url(),
        capability=Can.EXPERIMENT_READ,
        happened_at=learning.at,
        context="Learning · withdrawn" if learning.withdrawn_at else "Learning",
    )


comboboxes.offer(
    "kpi",
    can=Can.KPI_READ,
    things=lambda user: Kpi.objects.visible_to(user).live().order_by("name", "pk"),
    fields=("name", "slug"),
    none="No KPI is called that.",
    about=lambda kpi, user: (kpi.get_tier_display(), {}),
)
