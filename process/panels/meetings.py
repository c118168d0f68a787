"""Review meetings: what a person promised, on the home page; how their events are said."""

from django.template.backends.utils import csrf_input_lazy
from django.utils import timezone

from process import queries
from prodops import panels, words
from prodops.access import Can, allowed

from .showing import show

SHOWN = 8
for verb, sentence in {
    "review_meeting.begun": "began the review",
    "review_meeting.discussed": "ticked “{title}” off the agenda",
    "review_meeting.decided": "recorded the decision “{text}”",
    "review_meeting.promised": "recorded the action “{text}” for {owner}",
    "review_meeting.struck": "struck “{text}” from the minutes",
    "review_meeting.done": "ticked off “{text}”",
    "review_meeting.undone": "opened “{text}” again",
    "review_meeting.ended": "ended the review",
    "review_meeting.resumed": "took the review up again",
    "objective.decided": "recorded in a review: “{text}”",
}.items():
    words.register(verb, sentence)


def my_actions(request, _subject):
    """On the home page: the actions of review meetings that the person still owes."""
    if not allowed(request.user, Can.OKR_CHECK_IN) or request.user.pk not in queries.owing():
        return None
    actions = list(queries.my_actions(request.user)[:SHOWN])
    if not actions:
        return None
    today = queries.company_day(timezone.now())
    context = {"actions": actions, "today": today, "csrf": csrf_input_lazy(request)}
    return show(request, "my_actions", "My actions from reviews", context)


panels.register("home", "process-actions", my_actions, order=22)
