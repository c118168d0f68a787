"""What of metrics is findable."""

from metrics.models import KpiStatus
from prodops import search
from prodops.access import Can


@search.register("kpi", model="metrics.kpi", plural="KPIs", icon="graph-up", order=40)
def kpi(kpi):
    state = kpi.get_tier_display()
    if kpi.status != KpiStatus.APPROVED:
        state += f" · {kpi.get_status_display()}"
    return search.Entry(
        title=kpi.name,
        body=f"{kpi.meaning}\n{kpi.formula}\n{kpi.source}",
        url=kpi.get_absolute_url(),
        capability=Can.KPI_READ,
        happened_at=kpi.defined_at,
        context=state,
    )
