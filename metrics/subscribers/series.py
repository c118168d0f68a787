"""Who hears that values are no longer fetched."""

from metrics.models import Kpi, Pull
from prodops import activity, notifications
from prodops.models import Level, User


@activity.subscribe("pull.failed")
def tell_of_a_failing_query(event):
    """The KPI's owner and who wrote the query, or the team's leads: once, until it has worked again."""
    kpi = Kpi.objects.select_related("owner").get(pk=event.subject_id)
    pull = Pull.objects.select_related("by").filter(pk=event.data["pull"], active=True).first()
    if pull is None:
        return
    told = {person for person in (kpi.owner, pull.by) if person and person.is_active}
    leads = User.objects.active().filter(memberships__team=kpi.team_id, memberships__level=Level.LEAD)
    text = f"{kpi} could not be fetched from {event.data['source']}: {event.data['error']}"
    notifications.notify(told or leads, event=event, text=text, url=pull.get_absolute_url())
