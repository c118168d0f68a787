"""Recording decisions on KPIs' data, and holding data back from decisions."""

from django.db import transaction

from metrics import queries
from metrics.models import Decision, DecisionKpi, Hold
from metrics.services import reviews
from prodops import activity


class InQuarantine(Exception):
    """The data are not to be decided on, and nobody has said why it is done all the same.

    `kpis` are {KPI: its `Quarantine`}.
    """

    def __init__(self, kpis):
        names = ", ".join(f"“{kpi}”" for kpi in kpis)
        super().__init__(f"{names}: do not use for decisions at present. Wait, or say why it has to be now.")
        self.kpis = kpis


class NotPossible(Exception):
    """What was asked for makes no sense."""


@transaction.atomic
def record(kpis, *, title, text, data_from, data_to, override_reason="", by, at):
    """Keep a decision with what its KPIs are and show now; on data in quarantine with a reason only."""
    held = queries.quarantine([kpi.pk for kpi in kpis], at=at)
    affected = {
        kpi: held[kpi.pk] for kpi in kpis if kpi.pk in held and held[kpi.pk].covers(data_from, data_to)
    }
    reason = override_reason.strip()[:1000]
    if affected and not reason:
        raise InQuarantine(affected)
    decision = Decision.objects.create(
        title=title,
        text=text,
        data_from=data_from,
        data_to=data_to,
        override_reason=reason if affected else "",
        by=by,
        at=at,
    )
    shown = queries.newest_values([kpi.pk for kpi in kpis], until=data_to)
    DecisionKpi.objects.bulk_create(
        DecisionKpi(
            decision=decision,
            kpi=kpi,
            version_id=kpi.count_version_id,
            value=shown.get(kpi.pk),
            quarantine=affected[kpi].words[:500] if kpi in affected else "",
        )
        for kpi in kpis
    )
    data = {"kpis": [kpi.pk for kpi in kpis], "overridden": bool(affected)}
    activity.record("decision.recorded", on=decision, by=by, at=at, data=data)
    return decision


@transaction.atomic
def hold(kpi, *, reason, until, window_from, window_to, by, at):
    """Hold a KPI's data back from decisions until a moment; it ends by itself."""
    if until <= at:
        raise NotPossible("Choose a day that is still to come.")
    if window_from > window_to:
        raise NotPossible("The affected days end before they begin.")
    if not reason.strip():
        raise NotPossible("Say why: everybody who uses the number reads it.")
    made = Hold.objects.create(
        kpi=kpi,
        reason=reason.strip()[:500],
        until=until,
        window_from=window_from,
        window_to=window_to,
        by=by,
        at=at,
    )
    data = {"hold": made.pk, "reason": made.reason, "day": f"{until:%-d %b %Y}"}
    activity.record("kpi.held", on=kpi, by=by, at=at, data=data)
    reviews.open_for_hold(made, at=at)
    return made


@transaction.atomic
def lift(hold, *, by, at):
    """End it before its time."""
    if not Hold.objects.in_force(at).filter(pk=hold.pk).update(lifted_by=by, lifted_at=at):
        raise NotPossible("This quarantine has ended already.")
    hold.lifted_by, hold.lifted_at = by, at
    activity.record("kpi.hold_lifted", on=hold.kpi, by=by, at=at, data={"hold": hold.pk})
