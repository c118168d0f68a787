"""Who decides a request."""

from prodops.clock import company_day
from prodops.models import Level, Role, User


def deciders(request, *, at=None):
    """The assignee, else the leads of the team it was given to, else the area's owner, else its team's
    leads; without an area, product ops. Who has left decides nothing, whatever stands on the request.

    Where all of them are away at `at`, those next in line who are not are named beside them.
    """
    first: list[User] = []
    for people in filter(None, _in_line(request)):
        if not first:
            first = people
            if at is None:
                return first
        here = User.objects.at_work(company_day(at)).in_bulk([one.pk for one in people])
        if here:
            return [*first, *(one for one in people if one.pk in here and one not in first)]
    return first


def _in_line(request):
    """Those who decide, one group after the other; each may be empty."""
    yield [request.assignee] if request.assignee and request.assignee.is_active else []
    yield _leads(request.team_id) if request.team_id else []
    area = request.area
    yield [area.owner] if area and area.owner and area.owner.is_active else []
    yield _leads(area.team_id) if area and area.team_id else []
    yield list(User.objects.active().filter(role=Role.PRODUCT_OPS))


def _leads(team_id):
    return list(User.objects.active().filter(memberships__team=team_id, memberships__level=Level.LEAD))
