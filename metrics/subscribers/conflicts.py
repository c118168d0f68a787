"""Whoever defines or changes a KPI has it compared with the others, by a worker."""

from prodops import activity, jobs


@activity.subscribe(
    "kpi.defined", "kpi.edited", "kpi.approved", "kpi.deprecated", "kpi.restored", "kpi.change_withdrawn"
)
def compare(event):
    """Ask for the pairs that this KPI is in; that it is asked twice changes nothing."""
    jobs.publish("metrics.tasks.find_conflicts", kpi_ids=[event.subject_id])
