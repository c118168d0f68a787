"""What is booked next: at a study, and on the home page of those who hold or watch it."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from prodops import panels
from prodops.access import Can, allowed
from prodops.memory import remembered
from research.models import Booking, BookingState, Scheduling, Seat
from research.models.policy import edits
from research.panels.showing import SHOWN, first, panel


def _study_times(request, study):
    """What of a study is booked next, or that nothing can be booked yet."""
    now = timezone.now()
    coming = Booking.objects.filter(study=study, state=BookingState.BOOKED, ends_at__gte=now)
    rows = list(coming.for_list().order_by("starts_at", "pk")[: SHOWN + 1])
    may_edit = edits(request.user, study.team_id)
    if not rows and not may_edit and not Scheduling.objects.filter(study=study).exists():
        return None
    context = first(rows, study=study, may_edit=may_edit)
    return panel("research-times", "Times and bookings", "times", context)


def _my_sessions(request, subject):
    """On the home page: the sessions of the next days that the person holds or watches."""
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    return remembered(f"my-sessions:{request.user.pk}", lambda: _my_next_days(request))


def _my_next_days(request):
    now = timezone.now()
    mine = Q(pk__in=Seat.objects.filter(host=request.user, live=True).values("booking"))
    coming = Booking.objects.visible_to(request.user).filter(
        mine | Q(pk__in=Booking.observers.through.objects.filter(user=request.user).values("booking")),
        state=BookingState.BOOKED,
        starts_at__range=(now - dt.timedelta(hours=12), now + dt.timedelta(days=7)),
    )
    rows = list(coming.for_list().order_by("starts_at", "pk")[: SHOWN + 1])
    return panel("research-my-sessions", "Your sessions", "times", first(rows, study=None)) if rows else None


panels.register("research.study", "research-times", _study_times, order=5)
panels.register("home", "research-my-sessions", _my_sessions, order=12)
