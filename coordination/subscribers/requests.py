"""Who hears of a request that came in, of accounts, of decisions."""

from django.db.models import Q

from coordination.models import Request, State, Voice
from coordination.queries import deciders
from coordination.services import outgoing
from prodops import activity
from prodops.notifications import notify

from .outgoing import tell

LOOKED_AT = "What you asked for is being looked at again."


def _load(event):
    related = ("area__owner", "submitter", "submitter_team", "root", "assignee")
    return Request.objects.select_related(*related).filter(pk=event.subject_id).first()


def _tell_requesters(event, request, text, *, words, title=""):
    """Those who asked for this request and for all that was joined with it, each person once.

    Colleagues read `text` in the app, with a link to their own request, whose title `{title}` in it is: that
    of another may name a customer. Authors outside get `words` by mail.
    `along` of a merge are those that were joined before and went along with it: their root is another now.
    `title` of another request follows both, unless it names somebody.
    """
    along = event.data.get("along", [])
    joined = Request.objects.filter(Q(pk=request.pk) | Q(root=request.pk) | Q(pk__in=along)).order_by("pk")
    requests = list(joined.select_related("submitter", "channel"))
    message, said = outgoing.announce(event, requests, words, title=title)
    if title and said.endswith(title):
        text = f"{text}: {title}"
    tell(message, event=event, text=text)


@activity.subscribe("request.submitted")
def tell_deciders(event):
    request = _load(event)
    if request is None:
        return
    sender = (
        f"{request.submitter.name} ({request.submitter_team.name})"
        if request.submitter_team
        else request.submitter.name
    )
    text = f"{request.get_urgency_display()} request from {sender}: {request.title}"
    notify(deciders(request, at=event.at), event=event, text=text, url=request.get_triage_url())


@activity.subscribe("request.assigned", "request.let_go")
def tell_new_deciders(event):
    request = _load(event)
    if request is not None and request.state == State.NEW:
        text = f"A request waits for your decision: {request.title}"
        notify(deciders(request, at=event.at), event=event, text=text, url=request.get_triage_url())


@activity.subscribe("request.account_added")
def tell_of_account(event):
    """The submitter and who decides hear that others ask for the same; whose account, only the latter."""
    request = _load(event)
    if request is None:
        return
    known = event.data.get("known", False)
    text = f"{'More was said' if known else 'Another account was added'}: {request.title}"
    notify([request.submitter], event=event, text=text, url=request.get_absolute_url())
    _tell_colleague(event, request)
    if request.state == State.NEW:
        name = event.data["account"]
        text = f"{f'More was said for {name}' if known else f'{name} was added'}: {request.title}"
        notify(deciders(request, at=event.at), event=event, text=text, url=request.get_triage_url())


def _tell_colleague(event, request):
    """Whom somebody added an account for, hears of it: they follow the request from now on."""
    voice = Voice.objects.select_related("added_by").filter(pk=event.data["voice"]).first()
    if voice is not None and voice.added_by_id != event.by_id and event.data.get("for"):
        text = f"{event.by} added {event.data['account']} for you: {request.title}"
        notify([voice.added_by], event=event, text=text, url=request.get_absolute_url())


@activity.subscribe("request.accepted")
def tell_accepted(event):
    request = _load(event)
    if request is not None:
        reason = event.data.get("reason", "")
        words = f"We have taken on what you asked for. {reason}".strip()
        _tell_requesters(event, request, "Accepted: {title}", words=words)


@activity.subscribe("request.declined")
def tell_declined(event):
    request = _load(event)
    if request is not None:
        reason = event.data["reason"]
        text = f"Declined: {{title}}. Why: {reason}"
        _tell_requesters(event, request, text, words=f"We will not do what you asked for. {reason}")


@activity.subscribe("request.advanced")
def tell_advanced(event):
    """It is another state in the words of those who asked. Steps that are not are `request.stepped`."""
    request = _load(event)
    if request is not None and not event.data.get("message"):
        state, reason = event.data["words"], event.data["reason"]
        text = f"{state.capitalize()}: {{title}}. {reason}".removesuffix(". ")
        _tell_requesters(event, request, text, words=f"What you asked for is {state} now. {reason}".strip())


@activity.subscribe("request.revisited")
def tell_revisited(event):
    """The deciders hear why; those who asked, that it is looked at again."""
    request = _load(event)
    if request is None:
        return
    text = f"Decide again: {request.title}. {event.data['why']}"
    notify(deciders(request, at=event.at), event=event, text=text, url=request.get_triage_url())
    _tell_requesters(event, request, "Being looked at again: {title}", words=LOOKED_AT)


@activity.subscribe("request.merged")
def tell_merged(event):
    request = _load(event)
    if request is not None:
        text = "Your request was joined with another that asks for the same"
        _tell_requesters(event, request, text, words=text, title=event.data["into_text"])


@activity.subscribe("request.reopened", "request.unmerged")
def tell_reopened(event):
    request = _load(event)
    if request is not None:
        _tell_requesters(event, request, "Being looked at again: {title}", words=LOOKED_AT)
