"""Who decides a request."""

from prodops.models import Level, Role, User


def deciders(request):
    """The assignee, else the area's owner, else its team's leads; without an area, product ops."""
    if request.assignee:
        return [request.assignee]
    if request.area and request.area.owner and request.area.owner.is_active:
        return [request.area.owner]
    if request.area and request.area.team_id:
        leads = User.objects.active().filter(
            memberships__team=request.area.team_id, memberships__level=Level.LEAD
        )
        if found := list(leads):
            return found
    return list(User.objects.active().filter(role=Role.PRODUCT_OPS))
