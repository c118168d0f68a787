"""What the page of one request shows."""

from typing import Any, NamedTuple

from coordination.models import Request, RequestAnswers, Voice
from prodops import activity, words
from prodops.access import Can, allowed

from .impact import Impact, impact_of

VOICES_SHOWN = 200
EVENTS_SHOWN = 100
# What those follow who added an account and may not read the request
FOLLOWED = [
    f"request.{done}"
    for done in (
        *("submitted", "accepted", "declined", "advanced", "merged", "reopened", "revisited", "unmerged"),
    )
]


class RequestPage(NamedTuple):
    voices: list[Voice]
    joined: list[Request]
    impact: Impact
    history: list[Any]
    unseen_voices: int  # how many accounts the reader may not see
    answers: RequestAnswers | None  # to the own questions of the form that it came by


def request_page(request, *, user, impact=None):
    """The request's accounts, what was joined with it, its impact and its history, as `user` may see them.

    `request` is loaded `with_rights_of` that user and `with_answers`; `impact` is its own if that is known.
    """
    impact = impact or impact_of([request])[request.pk]
    voices = list(
        Voice.objects.of(request).visible_to(user).for_list().order_by("-account__arr", "pk")[:VOICES_SHOWN]
    )
    events = activity.history(request)
    if not request.readable:
        events = events.filter(verb__in=FOLLOWED)
    history = list(words.history_of(events, user, EVENTS_SHOWN))
    joined: list[Request] = []
    if allowed(user, Can.REQUEST_TRIAGE):
        joined = list(Request.objects.filter(merged_into=request).for_rows().order_by("-submitted_at"))
    seen = len({voice.account_id for voice in voices})
    answers = getattr(request, "answered", None) if request.readable else None
    return RequestPage(voices, joined, impact, history, impact.accounts - seen, answers)
