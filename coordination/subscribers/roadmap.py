"""What is taken on, merged or taken out again stands where the roadmap stands."""

from coordination.models import Request
from coordination.services import roadmap
from prodops import activity


@activity.subscribe("request.accepted", "request.merged", "request.unmerged")
def follow_the_roadmap(event):
    """A request that is accepted when its item is under way is under way; so is what it was merged into or
    taken out of. Safe to hear twice: what stands there already stays."""
    wanted = {event.subject_id, event.data.get("from")} - {None}
    for request in Request.objects.for_list().filter(pk__in=wanted).order_by("pk"):
        roadmap.follow(request, by=event.by, at=event.at)
