"""Who is told of what in metrics."""

import datetime as dt

from django.urls import reverse

from metrics.models import Decision, Hold, Incident, Kpi, KpiVersion, ReReview
from prodops import activity, citations, notifications
from prodops.models import Level, Role, User


@activity.subscribe("incident.opened", "incident.grew", "incident.reopened")
def tell_of_incident(event):
    """The owner, or where nobody owns the KPI the team's leads, have one message for each day that moved.

    Series that move on one day share it; later news change it. What was resolved before the news went out
    asks nobody any more.
    """
    incident = Incident.objects.select_related("kpi__owner").filter(pk=event.subject_id).first()
    if incident is None or not incident.is_open:
        return
    for person in _answerable(incident.kpi):
        _tell_of_day(person, incident, event, again=event.verb != "incident.grew")


@activity.subscribe("incident.resolved", "incident.cleared", "incident.restored")
def say_how_it_went(event):
    """The message says what became of it; nobody is told anew."""
    incident = Incident.objects.select_related("kpi__owner").get(pk=event.subject_id)
    for person in _answerable(incident.kpi):
        if person.notifications.filter(topic=_topic(incident)).exists():
            _tell_of_day(person, incident, event, again=False)


@activity.subscribe("incident.assigned")
def tell_the_assignee(event):
    incident = Incident.objects.select_related("kpi").get(pk=event.subject_id)
    to = User.objects.filter(pk=event.data["to"]).first()
    text = f"{event.by} assigned you an incident of {incident.kpi}: {incident.window_in_words()}"
    notifications.notify(
        [to],
        event=event,
        text=text,
        url=incident.get_absolute_url(),
        topic=f"incident-assigned:{incident.pk}",
        again=True,
    )


@activity.subscribe("decision.review_opened")
def tell_who_decided(event):
    review = ReReview.objects.select_related("decision__by", "kpi").get(pk=event.data["review"])
    notifications.notify(
        [review.decision.by],
        event=event,
        text=f"Look again at “{review.decision}”: it rests on data of {review.kpi} that are in doubt",
        url=review.get_absolute_url(),
    )


@activity.subscribe("kpi.held")
def tell_who_uses_it(event):
    """The owner hears that somebody holds the data back, and until when."""
    hold = Hold.objects.select_related("kpi__owner").get(pk=event.data["hold"])
    notifications.notify(
        _answerable(hold.kpi),
        event=event,
        text=f"{event.by} holds {hold.kpi} back from decisions until {event.data['day']}: {hold.reason}",
        url=hold.kpi.get_absolute_url(),
    )


@activity.subscribe("decision.recorded")
def tell_the_owner_of_an_override(event):
    """Who answers for a KPI hears that somebody decided on its data in spite of the quarantine."""
    if not event.data["overridden"]:
        return
    decision = Decision.objects.get(pk=event.subject_id)
    affected = Kpi.objects.filter(pk__in=decision.kpis.exclude(quarantine="").values("kpi"))
    notifications.notify(
        {person for kpi in affected.select_related("owner") for person in _answerable(kpi)},
        event=event,
        text=f"{event.by} decided on data in quarantine: {decision.title}",
        url=decision.get_absolute_url(),
    )


@activity.subscribe("kpi.approved", "kpi.change_rejected")
def tell_who_wrote_it(event):
    """The author and the owner hear how a proposal was decided."""
    kpi = Kpi.objects.select_related("owner").get(pk=event.subject_id)
    number = event.data["version"]
    version = KpiVersion.objects.select_related("author", "kpi").get(kpi=kpi, number=number)
    done = "approved" if event.verb == "kpi.approved" else "sent back"
    reason = f": {event.data['reason']}" if event.data.get("reason") else ""
    notifications.notify(
        {kpi.owner, version.author},
        event=event,
        text=f"{event.by} {done} version {number} of {kpi}{reason}",
        url=version.get_absolute_url(),
    )


@activity.subscribe("kpi.approved")
def tell_whom_it_touches(event):
    """Whoever owns what cites the KPI hears that its number is counted differently from now on."""
    if not event.data.get("recounts"):
        return
    kpi = Kpi.objects.select_related("owner").get(pk=event.subject_id)
    wanted = {
        one.owner
        for _, found in citations.of("metrics.kpi", [kpi.pk], event.by)
        for one in found
        if one.owner and one.current and one.owner != kpi.owner
    }
    text = f"{kpi} is counted differently now: version {event.data['version']} is live"
    url = reverse("metrics:kpi_usage", args=[kpi.slug])
    notifications.notify(wanted, event=event, text=text, url=url)


@activity.subscribe("kpi.proposed", "kpi.change_proposed")
def ask_the_reviewers(event):
    """Product ops hears that a definition waits for a review."""
    kpi = Kpi.objects.get(pk=event.subject_id)
    version = kpi.versions.select_related("kpi").get(number=event.data["version"])
    if not version.is_open:
        return
    notifications.notify(
        User.objects.active().filter(role=Role.PRODUCT_OPS).exclude(pk=kpi.owner_id),
        event=event,
        text=f"{event.by} asks for a review of {version}",
        url=version.get_absolute_url(),
    )


@activity.subscribe("kpi.verification_due")
def ask_to_verify(event):
    """The owner is asked to look again; not if somebody did meanwhile."""
    kpi = Kpi.objects.select_related("owner").get(pk=event.subject_id)
    if kpi.verified_until is None or kpi.verified_until.isoformat() != event.data["until"]:
        return
    notifications.notify(
        _answerable(kpi),
        event=event,
        text=f"Look at {kpi} again: its verification ends on {kpi.verified_until:%-d %b %Y}",
        url=kpi.get_absolute_url(),
    )


def _tell_of_day(person, incident, event, *, again):
    """One message of all that moved on the incident's day among the KPIs the person answers for."""
    same_day = [
        other
        for other in _of_day(incident).exclude(pk=incident.pk).select_related("kpi")
        if other.kpi.owner_id == person.pk or (other.kpi.owner_id is None and not incident.kpi.owner_id)
    ]
    text = f"{incident.kpi}, {incident.window_in_words()}: {_words(incident, event)}"
    url = incident.get_absolute_url()
    if same_day:
        text += f", and {len(same_day)} more of your KPIs moved that day"
        url = f"{reverse('metrics:incident_list')}?day={incident.window_from.date()}&state=any"
    notifications.notify([person], event=event, text=text, url=url, topic=_topic(incident), again=again)


def _of_day(incident):
    first = dt.datetime.combine(incident.window_from.date(), dt.time(), tzinfo=dt.UTC)
    return Incident.objects.filter(window_from__range=(first, first + dt.timedelta(hours=23, minutes=59)))


def _words(incident, event):
    if not incident.is_open:
        return f"resolved as {incident.get_cause_display().lower()}"
    return event.data.get("said") or incident.get_way_display().lower()


def _topic(incident):
    return f"incidents:{incident.window_from.date()}"


def _answerable(kpi):
    if kpi.owner:
        return [kpi.owner]
    return User.objects.active().filter(memberships__team=kpi.team_id, memberships__level=Level.LEAD)
