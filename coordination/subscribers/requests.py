"""Who hears of a request that came in, of accounts, of decisions."""

from django.db.models import Q

from coordination.models import Request, State, Voice
from coordination.queries import deciders
from prodops import activity
from prodops.models import User
from prodops.notifications import notify


def _load(event):
    related = ("area__owner", "submitter", "submitter_team", "root", "assignee")
    return Request.objects.select_related(*related).filter(pk=event.subject_id).first()


def _asked_for(requests):
    """{request id: people}: the submitters, and everyone who added an account."""
    people = {request.pk: {request.submitter_id} for request in requests}
    for request_id, person in Voice.objects.filter(request__in=people).values_list("request_id", "added_by"):
        people[request_id].add(person)
    users = User.objects.in_bulk({pk for ids in people.values() for pk in ids})
    return {request: [users[pk] for pk in ids] for request, ids in people.items()}


def _tell_requesters(event, request, text):
    """Those who asked for this request and for all that was joined with it, each with a link to their own.

    `along` of a merge are those that were joined before and went along with it: their root is another now.
    """
    along = event.data.get("along", [])
    joined = Request.objects.filter(Q(pk=request.pk) | Q(root=request.pk) | Q(pk__in=along)).order_by("pk")
    for pk, people in _asked_for(list(joined)).items():
        notify(people, event=event, text=text, url=Request(pk=pk).get_absolute_url())


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
    notify(deciders(request), event=event, text=text, url=request.get_triage_url())


@activity.subscribe("request.assigned")
def tell_new_deciders(event):
    request = _load(event)
    if request is not None and request.state == State.NEW:
        text = f"A request waits for your decision: {request.title}"
        notify(deciders(request), event=event, text=text, url=request.get_triage_url())


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
        notify(deciders(request), event=event, text=text, url=request.get_triage_url())


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
        _tell_requesters(event, request, f"Accepted: {request.title}")


@activity.subscribe("request.declined")
def tell_declined(event):
    request = _load(event)
    if request is not None:
        _tell_requesters(event, request, f"Declined: {request.title}. Why: {event.data['reason']}")


@activity.subscribe("request.advanced")
def tell_advanced(event):
    """It is another state in the words of those who asked. Steps that are not are `request.stepped`."""
    request = _load(event)
    if request is not None:
        words = f"{event.data['words'].capitalize()}: {request.title}"
        _tell_requesters(event, request, f"{words}. {event.data['reason']}".removesuffix(". "))


@activity.subscribe("request.revisited")
def tell_revisited(event):
    """The deciders hear why; those who asked, that it is looked at again."""
    request = _load(event)
    if request is None:
        return
    text = f"Decide again: {request.title}. {event.data['why']}"
    notify(deciders(request), event=event, text=text, url=request.get_triage_url())
    _tell_requesters(event, request, f"Being looked at again: {request.title}")


@activity.subscribe("request.merged")
def tell_merged(event):
    request = _load(event)
    if request is not None:
        text = f"Your request was joined with another that asks for the same: {event.data['into_text']}"
        _tell_requesters(event, request, text)


@activity.subscribe("request.reopened", "request.unmerged")
def tell_reopened(event):
    request = _load(event)
    if request is not None:
        _tell_requesters(event, request, f"Being looked at again: {request.title}")
