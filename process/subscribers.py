"""Who is told of what happens to OKRs and documents."""

from django.urls import reverse

from process import queries
from process.models import Document, KeyResult, OkrCycle
from prodops.activity import subscribe
from prodops.models import User
from prodops.notifications import notify

MOVED = {
    "document.submitted": "in review",
    "document.finalised": "final",
    "document.reopened": "a draft again",
}


@subscribe("check_in.due")
def remind_the_late(event):
    """Each owner hears how many of theirs are missing, and gets there in one click."""
    cycle = OkrCycle.objects.active().filter(pk=event.subject_id).first()
    if cycle is None:
        return
    for person, number in queries.late(queries.cycle_standings(cycle, at=event.at)):
        rows = "key result of yours waits" if number == 1 else "key results of yours wait"
        text = f"{number} {rows} for this week's check-in in {cycle}."
        notify([person], event=event, text=text, url=reverse("process:check_in"))


@subscribe("okr_cycle.activated")
def tell_the_owners(event):
    cycle = OkrCycle.objects.filter(pk=event.subject_id).first()
    if cycle is None:
        return
    owners = User.objects.filter(pk__in=KeyResult.objects.filter(objective__cycle=cycle).values("owner"))
    notify(
        owners,
        event=event,
        text=f"{cycle} is active: check in on your key results every week.",
        url=cycle.get_absolute_url(),
    )


@subscribe("key_result.added", "key_result.edited")
def tell_the_new_owner(event):
    """Somebody made you the owner of a key result."""
    row = KeyResult.objects.select_related("owner").filter(pk=event.data["key_result"]).first()
    if row and event.data.get("owner") == row.owner_id:
        notify([row.owner], event=event, text=f"You own the key result “{row}”.", url=row.get_absolute_url())


@subscribe(*MOVED)
def tell_the_documents_owner(event):
    document = Document.objects.select_related("owner").filter(pk=event.subject_id).first()
    if document:
        words = MOVED[event.verb]
        notify(
            [document.owner], event=event, text=f"“{document}” is {words}.", url=document.get_absolute_url()
        )


@subscribe("insight.superseded", "insight.retracted")
def tell_of_insight(event):
    """Whoever owns a document that links to the insight learns that it no longer holds."""
    path = reverse("research:insight_detail", args=[event.subject_id])
    what = "was retracted" if event.verb == "insight.retracted" else "was superseded by another insight"
    for document in Document.objects.filter(body__contains=path).select_related("owner"):
        text = f"“{event.subject_text}” {what}. Your document “{document.title}” links to it."
        notify([document.owner], event=event, text=text, url=document.get_absolute_url())
