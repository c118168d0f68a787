"""Who is told of what happens to OKRs and documents."""

from django.db.models import Q
from django.urls import reverse

from process import queries
from process.models import CycleGate, CycleState, Document, KeyResult, Objective, OkrCycle, ReviewAction
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


ASKED = {
    CycleState.DRAFT: "is a draft again: write and change your objectives.",
    CycleState.REVIEW: "is in review: read each other's objectives, and answer what is asked of yours.",
    CycleState.ALIGN: "is being aligned: say what your objectives serve.",
    CycleState.ACTIVE: "is active: check in on your key results every week.",
    CycleState.GRADING: "is being graded: say how your objectives ended, and what they taught.",
    CycleState.CLOSED: "is closed; its numbers stand still.",
}


@subscribe("okr_cycle.moved", "okr_cycle.passed", "okr_cycle.put_back")
def tell_of_a_move(event):
    """Owners of objectives and key results hear what is asked now, and so does who sees to the next gate."""
    cycle = OkrCycle.objects.filter(pk=event.subject_id).first()
    if cycle is None:
        return
    state = CycleState(event.data["to"])
    ours = Objective.objects.counted().filter(cycle=cycle)
    told = User.objects.filter(
        Q(pk__in=ours.values("owner"))
        | Q(pk__in=KeyResult.objects.filter(objective__in=ours).values("owner"))
        | Q(pk__in=CycleGate.objects.filter(cycle=cycle, state=state).values("owner"))
    )
    notify(told, event=event, text=f"{cycle} {ASKED[state]}", url=cycle.get_absolute_url())


@subscribe("okr_cycle.gate_planned")
def tell_the_gates_owner(event):
    cycle = OkrCycle.objects.filter(pk=event.subject_id).first()
    owner = User.objects.filter(pk=event.data["owner"]).first()
    if cycle and owner:
        text = f"You see to it that {cycle} gets through {event.data['state']}."
        notify([owner], event=event, text=text, url=reverse("process:cycle_gates", args=[cycle.slug]))


@subscribe("okr_cycle.reminded", "okr_cycle.gate_due")
def remind_of_the_gate(event):
    """Who is late hears what is missing; of a deadline, who sees to the gate hears too."""
    cycle = OkrCycle.objects.filter(pk=event.subject_id).first()
    if cycle is None or cycle.state != event.data["gate"]:
        return
    gate = queries.gate(cycle, at=event.at)
    chosen, by_when = event.data.get("people"), f" by {gate.due_on:%-d %B}" if gate.due_on else ""
    late = queries.late_people(gate.missing)
    url = reverse("process:cycle_gates", args=[cycle.slug])
    for row in late:
        if chosen is None or row.person.pk in chosen:
            more = f" And {len(row.missing) - 1} more." if len(row.missing) > 1 else ""
            text = f"{cycle} waits for you{by_when}: {row.missing[0].what}{more}"
            alone = row.missing[0].url if len(row.missing) == 1 else ""
            notify([row.person], event=event, text=text, url=alone or url)
    if chosen is None and gate.owner and not gate.met:
        number = len(gate.unmet)
        words = "line of its checklist is" if number == 1 else "lines of its checklist are"
        text = f"{cycle} is to leave {gate.label.lower()}{by_when}: {number} {words} open."
        notify([gate.owner], event=event, text=text, url=url)


@subscribe("objective.review_lapsed")
def tell_the_reviewer(event):
    """Who reviewed an objective hears that it is not what they read any more, unless they changed it."""
    objective = Objective.objects.filter(pk=event.subject_id).first()
    reviewer = User.objects.filter(pk=event.data["reviewer"]).exclude(pk=event.by_id).first()
    if objective and reviewer:
        text = f"“{objective}” was changed after you reviewed it: read it again."
        notify([reviewer], event=event, text=text, url=objective.get_absolute_url())


@subscribe("grade.due")
def remind_late_graders(event):
    """Each owner hears how many grades and postmortems are missing from them, and by when they were due."""
    cycle = OkrCycle.objects.filter(pk=event.subject_id, state=CycleState.GRADING).first()
    if cycle is None:
        return
    due = queries.grading_due(cycle)
    when = "are due" if queries.company_day(event.at) <= due else "were due"
    grades = dict(queries.late_with_grading(cycle))
    missed: dict[User, list[Objective]] = {}
    for one in queries.missing_postmortems(cycle):
        missed.setdefault(one.owner, []).append(one)
    for person in {**grades, **missed}:
        waiting = [(grades.get(person, 0), "grade"), (len(missed.get(person, ())), "postmortem")]
        said = " and ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in waiting if n)
        text = f"{said} of yours in {cycle} {when} by {due:%-d %B}."
        url = reverse("process:grades", args=[cycle.slug])
        if not grades.get(person):
            url = reverse("process:retrospective_write", args=[missed[person][0].pk])
        notify([person], event=event, text=text, url=url)


@subscribe("key_result.added", "key_result.added_late", "key_result.edited", "key_result.agreed_anew")
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


@subscribe("review_meeting.promised")
def tell_who_promised(event):
    """The owner of an action from a review meeting hears of it, unless they wrote it down themselves."""
    action = ReviewAction.objects.for_list().filter(pk=event.data["action"]).first()
    if action:
        cycle = action.item.meeting.cycle
        text = f"Agreed in a review of {cycle}: you do “{action}” by {action.due_on:%d %b %Y}."
        notify([action.owner], event=event, text=text, url=action.get_absolute_url())
