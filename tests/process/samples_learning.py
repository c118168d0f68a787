"""Samples of grading, of what was learned, of review meetings and the health of the programme."""

from django.utils import timezone

from process.models import CycleState, OkrCycle, Retrospective
from process.services import meetings
from prodops.models import Role
from prodops.quarters import Quarter
from tests.factories.process import KeyResultFactory, ObjectiveFactory


def _grading(people):
    """The cycle of the quarter that is on, in grading."""
    quarter = Quarter.of(timezone.now().date())
    signed = {"activated_at": timezone.now(), "activated_by": people[Role.PRODUCT_OPS]}
    defaults = signed | {"state": CycleState.GRADING}
    cycle, _ = OkrCycle.objects.get_or_create(year=quarter.year, number=quarter.number, defaults=defaults)
    return cycle


def _objective(people):
    owner = people[Role.PRODUCT_OPS]
    return ObjectiveFactory(cycle=_grading(people), team=owner.teams.get(), owner=owner)


def _told(people):
    objective = _objective(people)
    KeyResultFactory(objective=objective)
    Retrospective.objects.create(
        objective=objective, learned="Dates break", by=objective.owner, at=timezone.now()
    )
    return {"pk": objective.pk}


def _to_grade(people, n):
    KeyResultFactory.create_batch(n, objective=_objective(people))


def _meeting(people):
    objective = _objective(people)
    return meetings.begin(objective.cycle, None, by=objective.owner, at=timezone.now())


def _item(people):
    return {"pk": _meeting(people).pk, "number": 1}


def _decision(people):
    meeting = _meeting(people)
    item = meeting.items.first()
    return {"pk": meetings.decide(item, text="So", by=meeting.begun_by, at=timezone.now()).pk}


def _action(people):
    meeting, now = _meeting(people), timezone.now()
    said = {"text": "Call", "owner": meeting.begun_by, "due_on": now.date()}
    return {"pk": meetings.promise(meeting.items.first(), **said, by=meeting.begun_by, at=now).pk}


def _agenda(people, n):
    for _ in range(n):
        KeyResultFactory(objective=_objective(people))


def _meetings(people, n):
    for _ in range(n):
        _decision(people)


SAMPLES = {
    "process:grades": lambda people: {"slug": _grading(people).slug},
    "process:retrospective": _told,
    "process:retrospective_write": _told,
    "process:objective_story": _told,
    "process:meeting_begin": lambda people: {"slug": _objective(people).cycle.slug},
    "process:meeting_detail": lambda people: {"pk": _meeting(people).pk},
    "process:meeting_end": lambda people: {"pk": _meeting(people).pk},
    "process:meeting_go_on": lambda people: {"pk": _meeting(people).pk},
    "process:meeting_screen": _item,
    "process:meeting_discuss": _item,
    "process:meeting_decide": _item,
    "process:meeting_promise": _item,
    "process:decision_strike": _decision,
    "process:action_strike": _action,
    "process:action_tick": _action,
}
LISTS = {
    "process:grades": _to_grade,
    "process:meeting_begin": _agenda,
    "process:meeting_list": _meetings,
}
