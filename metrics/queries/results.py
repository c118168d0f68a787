"""Reads for the results of experiments: the document a read-out is made of, and what its page shows."""

from metrics.formats import experiments
from metrics.models import Cause, ExperimentSnapshot, Incident, Method
from metrics.queries.experiments import plan_of, with_plan
from metrics.stats.experiments import picture
from prodops.clock import company_day

HISTORY = 30


def document_of(experiment, data, *, at):
    """What `formats.experiments.readout` takes: the plan as it is now, changes, incidents, results."""
    until = experiment.stopped_on or company_day(at)
    context = {
        "as_of": until.isoformat(),
        "changes": [
            f"{one.label}: {one.before or '—'} → {one.after or '—'}" for one in experiment.changes.all()
        ],
        "incidents": [
            {"kpi": one.kpi.slug, "title": title_of(one), "over": not one.is_open}
            for one in incidents_in(experiment, until)
        ],
    }
    return experiments.combine({**plan_of(experiment), **context}, data)


def incidents_in(experiment, until):
    """Incidents of the experiment's KPIs that touch its days; false alarms are none."""
    if experiment.started_on is None:
        return []
    kpis = [one.kpi_id for one in experiment.kpis.all()]
    found = Incident.objects.filter(
        kpi__in=kpis, window_from__date__lte=until, window_to__date__gte=experiment.started_on
    )
    return list(found.exclude(cause=Cause.FALSE_POSITIVE).for_list().order_by("window_from", "pk"))


def title_of(incident):
    """What an incident is, in a few words."""
    return incident.what or incident.get_way_display().lower()


def newest(experiment):
    """The snapshot that came in last, or None."""
    return ExperimentSnapshot.objects.filter(experiment=experiment).for_list().order_by("-at", "-pk").first()


def history(experiment):
    """The snapshots without their numbers, newest first, as many as a page shows."""
    rows = ExperimentSnapshot.objects.filter(experiment=experiment).for_list().defer("data")
    return list(rows.order_by("-at", "-pk")[:HISTORY])


def is_early(experiment, *, today):
    """Whether who looks now looks before a fixed-horizon test may be judged."""
    if experiment.method != Method.FIXED or experiment.stopped_on or experiment.planned_to is None:
        return False
    return today < experiment.planned_to


def names_of(experiment):
    """({variant's key: name}, {KPI's key: name}), as rows of results may call them."""
    variants = {one.key: one.name for one in experiment.variants.all()}
    return variants, {one.kpi.slug: one.kpi.name for one in experiment.kpis.all()}


def chart_of(readout):
    """The picture of every interval on the relative scale, as SVG for a desk and a phone; "" for none."""
    lines = picture.rows_of(readout)
    return picture.svg(lines) + picture.svg(lines, picture.NARROW)


__all__ = [
    "chart_of",
    "document_of",
    "history",
    "incidents_in",
    "is_early",
    "names_of",
    "newest",
    "with_plan",
]
