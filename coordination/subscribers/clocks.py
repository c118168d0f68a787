"""Who hears that a clock runs out, and what brings a request back that was put off."""

from datetime import datetime

from django.utils.timezone import localtime

from coordination.models import State, WakeOn
from coordination.queries import deciders
from coordination.services import clocks, inbox
from prodops import activity
from prodops.clock import company_zone
from prodops.models import Role, User
from prodops.notifications import notify

from .requests import _load


@activity.subscribe("request.due_soon", "request.overdue", "request.escalated")
def tell_of_clock(event):
    """Each step tells those it concerns, and those of steps that were passed over."""
    request = _load(event)
    if request is None or request.state != State.NEW:
        return
    step = {"request.due_soon": 1, "request.overdue": 2, "request.escalated": 3}[event.verb]
    steps = range(event.data.get("from", step - 1) + 1, step + 1)
    people = []
    if clocks.WARNED in steps:
        people += deciders(request, at=event.at)
    if clocks.OVERDUE in steps:
        owner = request.area.owner if request.area else None
        people += [owner] if owner and owner.is_active else deciders(request, at=event.at)
    if clocks.ESCALATED in steps:
        people += User.objects.active().filter(role=Role.PRODUCT_OPS)
    due = localtime(datetime.fromisoformat(event.data["due"]), company_zone())
    is_or_was = "is due" if step == clocks.WARNED else "was due"
    text = f"{event.data['what'].capitalize()} {is_or_was} {due:%a %d %b, %H:%M}: {request.title}"
    notify(people, event=event, text=text, url=request.get_triage_url())


@activity.subscribe("request.replied", "request.account_added")
def take_back_up(event):
    """What a request was put off for has happened; what the person did who put it off does not count."""
    request = _load(event)
    put_off = activity.history(request).filter(verb="request.snoozed").first() if request else None
    if put_off and put_off.by_id != event.by_id:
        what = WakeOn.REPLY if event.verb == "request.replied" else WakeOn.ACCOUNT
        inbox.wake_on(what, request.pk, at=event.at)


@activity.subscribe("request.woken_by")
def tell_it_is_back(event):
    request = _load(event)
    if request is not None and request.state == State.NEW:
        text = f"Back in your inbox ({event.data['why']}): {request.title}"
        notify(deciders(request, at=event.at), event=event, text=text, url=request.get_triage_url())
