"""What the addresses of incidents, decisions and checks are tried with."""

from metrics.models import Cause, IncidentState
from prodops.models import Role
from tests.factories.metrics import (
    DecisionFactory,
    FlagFactory,
    HoldFactory,
    IncidentFactory,
    KpiFactory,
    PointFactory,
    ReReviewFactory,
)


def _incident(people, **fields):
    team = people[Role.MEMBER].teams.get()
    incident = IncidentFactory(kpi__team=team, **fields)
    FlagFactory(kpi=incident.kpi, incident=incident)
    return {"pk": incident.pk}


def _resolved(people):
    by = people[Role.PRODUCT_OPS]
    incident = IncidentFactory(kpi__team=people[Role.MEMBER].teams.get(), assignee=by)
    answer = {"state": IncidentState.RESOLVED, "cause": Cause.PIPELINE, "resolved_by": by}
    type(incident).objects.filter(pk=incident.pk).update(**answer, resolved_at=incident.opened_at)
    return {"pk": incident.pk}


def _kpi(people):
    kpi = KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER])
    PointFactory.create_batch(3, kpi=kpi)
    return {"slug": kpi.slug}


def _decision(people):
    return {"pk": DecisionFactory(by=people[Role.MEMBER]).pk}


def _review(people):
    return {"pk": ReReviewFactory(decision__by=people[Role.MEMBER]).pk}


def _decisions(people, n):
    for decision in DecisionFactory.create_batch(n):
        ReReviewFactory(decision=decision, kpi=decision.kpis.get().kpi)


def _incidents(people, n):
    for incident in IncidentFactory.create_batch(n):
        FlagFactory(kpi=incident.kpi, incident=incident)


SAMPLES = {
    **dict.fromkeys(
        (
            *("metrics:incident_detail", "metrics:incident_acknowledge", "metrics:incident_take"),
            *("metrics:incident_assign", "metrics:incident_resolve", "metrics:incident_snooze"),
            *("metrics:incident_wake", "metrics:incident_grade", "metrics:incident_window"),
        ),
        _incident,
    ),
    "metrics:incident_reopen": _resolved,
    **dict.fromkeys(
        (
            *("metrics:incident_report", "metrics:hold_set", "metrics:decision_record"),
            *("metrics:quality_detail", "metrics:quality_edit", "metrics:sensitivity_reset"),
        ),
        _kpi,
    ),
    "metrics:hold_lift": lambda people: {"pk": HoldFactory(kpi__team=people[Role.MEMBER].teams.get()).pk},
    "metrics:decision_detail": _decision,
    "metrics:rereview_detail": _review,
}
LISTS = {"metrics:incident_list": _incidents, "metrics:decision_list": _decisions}
