"""Who decides a request."""

from prodops.models import Level, Role, User


def deciders(request):
    """The assignee, else the leads of the team it was given to, else the area's owner, else its team's
    leads; without an area, product ops. Who has left decides nothing, whatever stands on the request."""
    if request.assignee and request.assignee.is_active:
        return [request.assignee]
    if request.team_id and (found := _leads(request.team_id)):
        return found
    if request.area and request.area.owner and request.area.owner.is_active:
        return [request.area.owner]
    if request.area and request.area.team_id and (found := _leads(request.area.team_id)):
        return found
    return list(User.objects.active().filter(role=Role.PRODUCT_OPS))


def _leads(team_id):
    return list(User.objects.active().filter(memberships__team=team_id, memberships__level=Level.LEAD))
