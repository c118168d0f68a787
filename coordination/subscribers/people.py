"""What becomes of requests when somebody leaves."""

from coordination.models import Request, State
from coordination.services import inbox
from prodops import activity
from prodops.models import User


@activity.subscribe("person.closed")
def hand_over(event):
    """Undecided requests of whoever has left go to the next in line, who hear of them."""
    left = User.objects.filter(pk=event.subject_id, is_active=False)
    for pk in list(Request.objects.filter(assignee__in=left, state=State.NEW).values_list("pk", flat=True)):
        inbox.let_go(pk, at=event.at)
