"""What goes out reaches those it is for; what comes back, and what we note, reaches us alone."""

from collections import defaultdict
from datetime import date

from coordination.models import (
    Audience,
    ItemState,
    Message,
    MessageKind,
    Promise,
    Request,
    RequestComment,
    RoadmapItem,
)
from coordination.queries import deciders
from coordination.services import promises
from prodops import activity, jobs
from prodops.access import Can, allowed
from prodops.models import User
from prodops.notifications import notify
from prodops.text import plain

_BEGINS = {
    MessageKind.COMMENT: "{by} wrote about",
    MessageKind.DECISION: "Decided:",
    MessageKind.REPLY: "About",
    MessageKind.SHIPPED: "It is there:",
}


@activity.subscribe("message.sent")
def tell_addressees(event):
    """Colleagues in the app, each with a link to what they asked for; authors outside by mail."""
    message = Message.objects.filter(pk=event.data["message"]).first()
    if message is None:
        return
    begins = _BEGINS[MessageKind(message.kind)].format(by=event.by or "Product ops")
    tell(message, event=event, text=f"{begins} “{{title}}”: {plain(message.words, 160)}", anchor="#thread")


def tell(message, *, event, text, anchor=""):
    """Say `text` to each colleague a message is for; `{title}` in it is that of their own request."""
    theirs = defaultdict(list)
    for one in message.addressees.filter(user__isnull=False).select_related("user", "request"):
        theirs[one.request].append(one.user)
    for request, people in theirs.items():
        said = text.replace("{title}", plain(request.title, 90))
        notify(people, event=event, text=said, url=request.get_absolute_url() + anchor)
    if message.addressees.to_mail().exists():
        jobs.enqueue("coordination.tasks.mail_message", message_id=message.pk)


def _request_of(event):
    related = ("area__owner", "assignee", "submitter")
    return Request.objects.select_related(*related).filter(pk=event.subject_id).first()


def _members(people):
    return [one for one in people if one and one.is_active and allowed(one, Can.REQUEST_TRIAGE)]


@activity.subscribe("request.noted")
def tell_of_note(event):
    """Who is mentioned, who decides and who took part: members alone, whoever was named."""
    comment = RequestComment.objects.filter(pk=event.data["comment"], deleted_at=None).first()
    request = _request_of(event)
    if comment is None or request is None:
        return
    url = f"{request.get_absolute_url()}#said-{comment.pk}"
    mentioned = _members(User.objects.filter(pk__in=comment.mentions))
    notify(mentioned, event=event, text=f"{event.by} mentioned you in “{request.title}”", url=url)
    notes = RequestComment.objects.filter(request=request, audience=Audience.INTERNAL, deleted_at=None)
    others = User.objects.filter(pk__in=notes.values("author"))
    people = _members([*deciders(request, at=event.at), *others])
    notify(people, event=event, text=f"{event.by} commented on “{request.title}” internally", url=url)


@activity.subscribe("request.replied")
def tell_of_reply(event):
    """Who decides, and who of us wrote to those who asked."""
    comment = RequestComment.objects.filter(pk=event.data["comment"]).first()
    request = _request_of(event)
    if comment is None or request is None:
        return
    written = RequestComment.objects.filter(request=request, message__isnull=False)
    people = _members(
        [*deciders(request, at=event.at), *User.objects.filter(pk__in=written.values("author"))]
    )
    text = f"{comment.who} replied on “{request.title}”: {plain(comment.body, 120)}"
    notify(people, event=event, text=text, url=f"{request.get_absolute_url()}#said-{comment.pk}")


@activity.subscribe("roadmapitem.moved", "roadmapitem.rescheduled")
def warn_who_promised(event):
    """The item's state or date moved: the promises that hang on it may be in danger."""
    item = RoadmapItem.objects.filter(pk=event.subject_id).first()
    if item is None:
        return
    data, told = event.data, {"at": event.at, "by": event.by}
    if event.verb == "roadmapitem.moved":
        promises.item_moved(item, was=ItemState(data["from"]), to=ItemState(data["state"]), **told)
    else:
        was_on = date.fromisoformat(data["was_on"]) if data["was_on"] else None
        promises.item_rescheduled(item, was=data["was"], to=data["to"], was_on=was_on, **told)


@activity.subscribe("promise.endangered", "promise.moved")
def tell_who_promised(event):
    """Who made the promise, and who looks after the account."""
    promise = Promise.objects.select_related("account__owner", "made_by").filter(pk=event.subject_id).first()
    if promise is not None:
        name, danger = promise.account.name, event.data.get("warning")
        text = f"What {name} was told is in danger: {danger}" if danger else f"{name}: {event.data['news']}"
        people = [promise.made_by, promise.account.owner]
        notify(people, event=event, text=text, url=promise.get_absolute_url())
