"""Who is told of what in metrics."""

from metrics.models import Flag, FlagState, Kpi
from prodops import activity, notifications
from prodops.models import Level, User


@activity.subscribe("flag.raised")
def tell_the_owner(event):
    """The owner, or where nobody owns it the team's leads, hears once of what a check found.

    What was answered or withdrawn before the news went out asks nobody any more.
    """
    kpi = Kpi.objects.select_related("owner").get(pk=event.subject_id)
    flags = list(
        Flag.objects.select_related("kpi").filter(
            pk__in=[one["flag"] for one in event.data["flags"]], state=FlagState.NEW
        )
    )
    if not flags:
        return
    newest = flags[0]  # ordered newest first
    text = f"{kpi}, {kpi.show_period(newest.period)}: {newest.in_words()}"
    if len(flags) > 1:
        text += f", and {len(flags) - 1} more"
    notifications.notify(_answerable(kpi), event=event, text=text, url=newest.get_absolute_url())


@activity.subscribe("kpi.approved")
def tell_who_wrote_it(event):
    kpi = Kpi.objects.select_related("owner", "defined_by").get(pk=event.subject_id)
    notifications.notify(
        {kpi.owner, kpi.defined_by},
        event=event,
        text=f"{event.by} approved the definition of {kpi}",
        url=kpi.get_absolute_url(),
    )


def _answerable(kpi):
    if kpi.owner:
        return [kpi.owner]
    return User.objects.active().filter(memberships__team=kpi.team_id, memberships__level=Level.LEAD)
