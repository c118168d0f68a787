"""What happened to the objectives of the cycle that is on: changed, waived, given up, lent to others."""

import contextlib
import datetime as dt

from process import queries
from process.models import AlignmentKind, CheckIn, Intent, KeyResult, Milestone, Objective, OkrCycle, Source
from process.services import alignments, key_results, lives, objectives
from prodops import activity

RAISED = ("Phones that keep the day's work when sign-in is away", 95.0)  # its target when it was agreed
CHANGED = 40  # days ago that the first of these changes was made
ADDED = "Accepted by the test office"  # a milestone that came in late
DOUBTED = "Time to first route from 25.6 to 22 hours"
LENT = ("Imports that hold with real files", "Activation, day 7 from 37.6 % to 42 %")
# What the company's key results of the year follow, and what was said of each some weeks ago and last week
FOLLOWED = {
    "Weekly active dispatchers from 16,400 to 18,300": (
        "weekly-active-dispatchers",
        [(33, 7, "Monarch's second terminal is in."), (6, 8, "Winter is quieter; we keep what we have.")],
    ),
    "Net revenue retention from 105.2 % to 108.2 %": (
        "net-revenue-retention",
        [(33, 6, "Two depot closures are in the forecast now."), (6, 7, "Hannah's visits show.")],
    ),
    "Activation, day 7 from 33 % to 38.5 %": (
        "activation-day-7",
        [(33, 8, "Guided import helps."), (6, 6, "The release of the 19th costs us a week.")],
    ),
    "Import success on first try from 61 % to 75 %": (
        "import-success-first-try",
        [
            (33, 6, "On the way, slowly."),
            (6, 3, "The number is not to be used until the incident is closed."),
        ],
    ),
}


def build(world):
    running = OkrCycle.objects.active().exclude(number=None).get()
    rows = {row.title: row for row in KeyResult.objects.for_list().filter(objective__cycle=running)}
    if world.moment(CHANGED) > running.activated_at:  # early in a quarter nothing of it has happened yet
        _raise(world, rows[RAISED[0]])
        _add(world, rows)
        _give_up(world, running)
    maya = world.people["maya"]
    reason = "Two days of a quarter are missing; the rest was checked against the sign-up log."
    with contextlib.suppress(key_results.NothingToDo):  # early in a quarter its days lie before it
        key_results.waive(rows[DOUBTED], reason=reason, by=maya, at=world.moment(1, 16))
    lent = Objective.objects.get(cycle=running, title=LENT[0])
    served = rows[LENT[1]]
    alignments.align(
        lent,
        served.objective,
        key_result=served,
        kind=AlignmentKind.CONTRIBUTES,
        by=lent.owner,
        at=world.moment(30),
    )
    _year(world)


def _raise(world, row):
    """Its target was raised on the way: what was agreed stands beside it."""
    KeyResult.objects.filter(pk=row.pk).update(agreed_target=RAISED[1])
    data = {
        "title": row.title,
        "key_result": row.pk,
        "was": {"target": RAISED[1]},
        "now": {"target": row.target},
    }
    reason = "At 95 % one driver in twenty still loses a day. We know how to get to 99 %."
    activity.record(
        "key_result.agreed_anew",
        on=row.objective,
        by=row.owner,
        at=world.moment(19, 15),
        data=data | {"reason": reason},
    )


def _add(world, rows):
    step = Milestone.objects.get(title=ADDED, key_result__in=[row.pk for row in rows.values()])
    row = next(one for one in rows.values() if one.pk == step.key_result_id)
    held = {"title": step.title, "due": step.due_on.isoformat() if step.due_on else "", "weight": step.weight}
    reason = "The tax office wants a file of ours before anybody may go live."
    data = {"title": step.title, "key_result": row.pk, "now": held, "reason": reason}
    activity.record(
        "milestone.added_late", on=row.objective, by=row.owner, at=world.moment(CHANGED, 12), data=data
    )


def _give_up(world, cycle):
    """One that came in late, and was given up with a reason."""
    sanne = world.people["sanne"]
    at = world.moment(35)
    objective = objectives.write(
        cycle,
        title="Drivers see their day on the wrist",
        why="A carrier at the October fair asked for it, and offered eleven drivers to try.",
        team=world.teams["driver"],
        owner=sanne,
        intent=Intent.LEARNING,
        reason="The offer stands for this quarter only.",
        by=sanne,
        at=at,
    )
    objectives.add_key_result(
        objective,
        title="Drivers who wear it for a whole week, to 8 of 11",
        weight=1,
        owner=sanne,
        unit="count",
        start=0,
        target=8,
        by=sanne,
        at=at,
    )
    reason = "Two of eleven wore it after a week: gloves. That is an answer, and we stop here."
    lives.abandon(objective, reason=reason, by=sanne, at=world.moment(14))


def _year(world):
    """The company's key results of the year follow the registry, and product ops speaks of them."""
    rows = list(KeyResult.objects.for_list().filter(title__in=FOLLOWED, objective__cycle__number=None))
    said: list[CheckIn] = []
    for row in rows:
        slug, words = FOLLOWED[row.title]
        kpi = world.kpis[slug]
        row.source, row.kpi, row.kpi_version_id = Source.KPI, kpi, kpi.pinned_version_id()
        row.save(update_fields=["source", "kpi", "kpi_version"])
        for days, confidence, note in words:
            at = world.moment(days, 12)
            share = (row.current - row.start) * (1 - days / 300)
            said.append(
                CheckIn(
                    key_result=row,
                    week=queries.week_at(at),
                    value=round(row.start + share, 1),
                    by_hand=False,
                    confidence=confidence,
                    note=note,
                    by=row.owner,
                    at=at + dt.timedelta(minutes=len(said)),
                )
            )
    CheckIn.objects.bulk_create(said)
