"""How past cycles were graded and what they taught, and the review meeting of the one that is on."""

import datetime as dt
import tomllib
from pathlib import Path

import pgtrigger

from process import queries
from process.models import CycleState, Grade, KeyResult, Objective, OkrCycle, Retrospective, ReviewAction
from process.services import meetings
from prodops import activity, search

TOLD = Path(__file__).parent / "learnings.toml"
GRADED_AFTER, LATE_AFTER, CLOSED_AFTER = 6, 16, 18  # days after the last day of a cycle
LATE = ("Make month end dull", "Keep the customers we have", "Invoices that are right the first time")
FROZEN = (
    "process.Grade:grade_stands_once_closed",
    "process.Retrospective:retrospective_stands_once_closed",
)


def build(world):
    with TOLD.open("rb") as file:
        told = tomllib.load(file)
    objectives = {one.title: one for one in Objective.objects.select_related("cycle", "owner", "team")}
    with pgtrigger.ignore(*FROZEN):  # those cycles are closed as they are told
        _grades(world, told["retrospectives"], objectives)
        _retrospectives(told["retrospectives"], objectives)
    for cycle in OkrCycle.objects.filter(state=CycleState.CLOSED):
        cycle.closed_at = _after(cycle, CLOSED_AFTER)
        cycle.save(update_fields=["closed_at"])
    for one in told["carried"]:
        _carry(objectives[one["objective"]], objectives[one["from"]])
    _meeting(world, told["meeting"])


def _after(cycle, days):
    day = cycle.period.last_day + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(15), tzinfo=dt.UTC)


def _grades(world, told, objectives):
    said = {(one["objective"], row["title"]): row for one in told for row in one.get("grades", [])}
    rows = KeyResult.objects.for_list().filter(objective__cycle__state=CycleState.CLOSED)
    found = []
    for graded in queries.graded(rows.order_by("pk"), at=world.moment(0)):
        row, late = graded.key_result, graded.key_result.objective.title in LATE
        other = said.get((row.objective.title, row.title))
        found.append(
            Grade(
                key_result=row,
                value=other["value"] if other else graded.proposal.agreed or 0,
                why=other["why"] if other else "",
                proposed=graded.proposal.agreed,
                on_time=not late,
                by=row.owner,
                at=_after(row.objective.cycle, LATE_AFTER if late else GRADED_AFTER),
            )
        )
    Grade.objects.bulk_create(found)


def _retrospectives(told, objectives):
    words = ("went_well", "went_badly", "learned", "differently", "postmortem")
    rows = []
    for one in told:
        objective = objectives[one["objective"]]
        at = _after(objective.cycle, GRADED_AFTER)
        said = {name: one.get(name, "") for name in words}
        rows.append(Retrospective(objective=objective, by=objective.owner, at=at, **said))
        activity.record("retrospective.written", on=objective, by=objective.owner, at=at)
    search.index_many(Retrospective.objects.bulk_create(rows))


def _carry(objective, source):
    objective.carried_from = source
    objective.learned = queries.learned_text(source.retrospective)
    objective.save(update_fields=["carried_from", "learned"])


def _meeting(world, told):
    at, by = world.moment(told["days_ago"], 14), world.people[told["by"]]
    cycle = OkrCycle.objects.active().order_by("year", "number").last()
    meeting = meetings.begin(cycle, None, by=by, at=at)
    items = {one.title: one for one in meeting.items.select_related("objective__cycle")}
    for minutes, said in enumerate(told["items"], start=1):
        item, then = items[said["objective"]], at + dt.timedelta(minutes=12 * minutes)
        for text in said.get("decisions", []):
            meetings.decide(item, text=text, by=by, at=then)
        for action in said.get("actions", []):
            due, owner = world.today + dt.timedelta(days=action["due_in"]), world.people[action["owner"]]
            row = meetings.promise(item, text=action["text"], owner=owner, due_on=due, by=by, at=then)
            if action.get("done"):
                ReviewAction.objects.filter(pk=row.pk).update(done_at=world.moment(1, 10), done_by=owner)
        meetings.discuss(item, by=by, at=then + dt.timedelta(minutes=10))
    meetings.end(meeting, by=by, at=at + dt.timedelta(hours=1))
