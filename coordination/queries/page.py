"""What the page of one request shows."""

from typing import Any, NamedTuple

from coordination.models import Request, Voice
from prodops import activity
from prodops.access import Can, allowed

from .impact import Impact, impact_of

VOICES_SHOWN = 200
HIDDEN_FROM_REQUESTERS = ("request.snoozed", "request.woken", "request.assigned")


class RequestPage(NamedTuple):
    voices: list[Voice]
    joined: list[Request]
    impact: Impact
    history: list[Any]
    unseen_voices: int  # how many accounts the reader may not see


def request_page(request, *, user):
    """The request's accounts, what was joined with it, its impact and its history, as `user` may see them."""
    impact = impact_of([request])[request.pk]
    voices = list(
        Voice.objects.of(request).visible_to(user).for_list().order_by("-account__arr", "pk")[:VOICES_SHOWN]
    )
    events = activity.history(request)
    joined: list[Request] = []
    if allowed(user, Can.REQUEST_TRIAGE):
        joined = list(Request.objects.filter(merged_into=request).for_list().order_by("-submitted_at"))
    else:
        # What others do and say meanwhile is the deciders' matter
        events = events.exclude(verb__in=HIDDEN_FROM_REQUESTERS).exclude(verb="request.account_added")
    seen = len({voice.account_id for voice in voices})
    return RequestPage(voices, joined, impact, list(events[:100]), impact.accounts - seen)
