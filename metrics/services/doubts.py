"""Questions of decided experiments that are open again: what opens them, and who answers."""

from django.db import transaction

from metrics.models import RULED, Doubt, DoubtOutcome, Experiment, ExperimentDoubt
from metrics.services.experiments import ReasonMissing, WrongState
from metrics.services.experiments.running import undecide
from prodops import activity


def open_for_incident(incident, *, at):
    """Ask again about each decided experiment whose KPI and days an incident has touched, if it is grave.

    Twice opens nothing twice.
    """
    if not incident.is_grave:
        return []
    days = (incident.window_from.date(), incident.window_to.date())
    return _open(_decided(incident.kpi_id, *days), incident.kpi, Doubt.INCIDENT, at, incident=incident)


def open_for_hold(hold, *, at):
    """The same where somebody holds the data back."""
    days = (hold.window_from.date(), hold.window_to.date())
    return _open(_decided(hold.kpi_id, *days), hold.kpi, Doubt.HOLD, at, hold=hold)


def open_for_version(version, *, at):
    """The same where a KPI is counted otherwise than it was when the experiment started."""
    rows = Experiment.objects.filter(state__in=RULED, kpis__kpi=version.kpi_id)
    rows = rows.exclude(kpis__kpi=version.kpi_id, kpis__version=version)
    return _open(rows, version.kpi, Doubt.METRIC, at, version=version)


def _decided(kpi_id, first, last):
    return Experiment.objects.filter(
        state__in=RULED, kpis__kpi=kpi_id, started_on__lte=last, stopped_on__gte=first
    )


@transaction.atomic
def _open(rows, kpi, kind, at, **cause):
    opened = []
    for row in rows.order_by("pk"):
        doubt, fresh = ExperimentDoubt.objects.get_or_create(
            experiment=row, **cause, defaults={"kpi": kpi, "kind": kind, "opened_at": at}
        )
        if fresh:
            data = {"doubt": doubt.pk, "kpi": kpi.name, "why": Doubt(kind).label.lower()}
            activity.record("experiment.doubted", on=row, by=None, at=at, data=data)
            opened.append(doubt)
    return opened


@transaction.atomic
def answer(doubt, *, outcome, reason, by, at):
    """Say whether the decision stands all the same, or is to be taken again, and why."""
    reason = reason.strip()[:1000]
    if outcome not in DoubtOutcome.values or not reason:
        raise ReasonMissing("Choose what becomes of the decision, and say why.")
    fields = {"outcome": outcome, "reason": reason, "answered_by": by, "answered_at": at}
    if not ExperimentDoubt.objects.open().filter(pk=doubt.pk).update(**fields):
        raise WrongState("This has been answered already.")
    for name, value in fields.items():
        setattr(doubt, name, value)
    ruled = Experiment.objects.filter(pk=doubt.experiment_id, state__in=RULED)
    if outcome == DoubtOutcome.DECIDE_AGAIN and ruled.exists():
        undecide(doubt.experiment, at=at)
    data = {"outcome": doubt.get_outcome_display().lower(), "reason": reason}
    activity.record("experiment.doubt_answered", on=doubt.experiment, by=by, at=at, data=data)
