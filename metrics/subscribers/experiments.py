"""Who hears of experiments, and what makes the question of a decided one open again."""

from django.urls import reverse

from metrics.models import (
    Experiment,
    ExperimentDecision,
    ExperimentDoubt,
    Hold,
    Incident,
    Kpi,
    RulingState,
)
from metrics.services import doubts
from prodops import activity, notifications
from prodops.models import Role, User


@activity.subscribe(
    "incident.opened", "incident.grew", "incident.reopened", "incident.graded", "incident.window_set"
)
def ask_again_for_incident(event):
    """A grave incident in the days of a decided experiment opens its question."""
    incident = Incident.objects.select_related("kpi").filter(pk=event.subject_id).first()
    if incident is not None:
        doubts.open_for_incident(incident, at=event.at)


@activity.subscribe("kpi.held")
def ask_again_for_hold(event):
    hold = Hold.objects.select_related("kpi").filter(pk=event.data["hold"]).first()
    if hold is not None:
        doubts.open_for_hold(hold, at=event.at)


@activity.subscribe("kpi.approved")
def ask_again_for_version(event):
    """A KPI that is counted differently now opens the question of what was decided by it."""
    if not event.data.get("recounts"):
        return
    kpi = Kpi.objects.get(pk=event.subject_id)
    version = kpi.versions.select_related("kpi").get(number=event.data["version"])
    doubts.open_for_version(version, at=event.at)


@activity.subscribe("experiment.doubted")
def tell_the_owner_of_doubt(event):
    doubt = ExperimentDoubt.objects.select_related("experiment__owner", "kpi").get(pk=event.data["doubt"])
    if not doubt.is_open:
        return
    notifications.notify(
        [doubt.experiment.owner],
        event=event,
        text=f"Open again: “{doubt.experiment}”. {doubt.kpi}: {doubt.get_kind_display().lower()}",
        url=doubt.get_absolute_url(),
    )


@activity.subscribe("experiment.decision_proposed")
def ask_a_second_reviewer(event):
    """The team's members and product ops are asked; whoever is first decides."""
    decision = ExperimentDecision.objects.select_related("experiment", "by").get(pk=event.data["decision"])
    if decision.state != RulingState.WAITING:
        return
    people = User.objects.active().filter(role__in=(Role.MEMBER, Role.PRODUCT_OPS, Role.ADMIN))
    team = people.filter(memberships__team=decision.experiment.team_id)
    ops = people.filter(role=Role.PRODUCT_OPS)
    notifications.notify(
        (team | ops).exclude(pk=decision.by_id).distinct(),
        event=event,
        text=f"{decision.by} decided “{decision.experiment}” against the rule: a second reviewer is needed",
        url=reverse("metrics:ruling_review", args=[decision.pk]),
    )


@activity.subscribe("experiment.decision_agreed", "experiment.decision_refused")
def tell_who_decided_it(event):
    decision = ExperimentDecision.objects.select_related("experiment", "by").get(pk=event.data["decision"])
    said = "agreed to" if event.verb == "experiment.decision_agreed" else "sent back"
    notifications.notify(
        [decision.by],
        event=event,
        text=f"{event.by} {said} your decision on “{decision.experiment}”",
        url=decision.experiment.get_absolute_url(),
    )


@activity.subscribe("experiment.started", "experiment.stopped", "experiment.decided")
def tell_the_owner(event):
    """The owner hears of the course where somebody else led it."""
    experiment = Experiment.objects.select_related("owner").get(pk=event.subject_id)
    if event.by_id == experiment.owner_id:
        return
    done = event.verb.partition(".")[2]
    notifications.notify(
        [experiment.owner],
        event=event,
        text=f"{event.by} {done} “{experiment}”",
        url=experiment.get_absolute_url(),
    )
