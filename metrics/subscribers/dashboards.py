"""Who is told of what about dashboards: their owner, or where nobody owns one its team's leads; once each."""

from django.urls import reverse

from metrics.models import Dashboard
from prodops import activity, notifications
from prodops.models import Level, User


def _tell(event, before, after=""):
    """Say `before`, the dashboard's name, `after`."""
    dashboard = Dashboard.objects.select_related("owner").get(pk=event.subject_id)
    url = reverse("metrics:dashboard_detail", args=[dashboard.pk])
    text = f"{before} {dashboard}{after}"
    notifications.notify(_answerable(dashboard), event=event, text=text, url=url)


@activity.subscribe("dashboard.link_broken")
def tell_of_a_broken_link(event):
    _tell(event, "The link does not work of", f": {event.data['words']}")


@activity.subscribe("dashboard.called_stale")
def tell_of_a_warning(event):
    _tell(event, f"{event.by} calls stale:", f". {event.data['reason']}")


@activity.subscribe("dashboard.review_due")
def ask_for_a_review(event):
    _tell(event, "Is it still right?", f": its verification runs out on {event.data['until']}")


@activity.subscribe("dashboard.reassigned")
def tell_the_new_owner(event):
    _tell(event, f"{event.by} made you the owner of")


def _answerable(dashboard):
    if dashboard.owner and dashboard.owner.is_active:
        return [dashboard.owner]
    return User.objects.active().filter(memberships__team=dashboard.team_id, memberships__level=Level.LEAD)
