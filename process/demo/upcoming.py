"""The year around the quarters, with the company's objectives; the quarter to come, drafted and in review."""

from django.conf import settings

from metrics.models import Unit
from process.models import (
    CycleGate,
    CycleState,
    GateItem,
    Intent,
    KeyResult,
    Kind,
    Level,
    Objective,
    OkrCycle,
)
from process.services import agreement, alignments, copies, cycles, gates, lives
from prodops import search
from prodops.quarters import FiscalYear

# (title, why, key results: title, unit, start, target, where it stands; teams' objectives that serve it)
COMPANY: list[tuple[str, str, list[tuple], tuple[str, ...]]] = [
    (
        "Carriers run their whole day in Fernway",
        "Accounts that plan, drive and invoice with us stay; those that use one part leave within a year.",
        [
            ("Weekly active dispatchers from 16,400 to 18,300", Unit.COUNT, 16_400, 18_300, 18_070),
            ("Net revenue retention from 105.2 % to 108.2 %", Unit.PERCENT, 105.2, 108.2, 107.9),
        ],
        ("planning", "driver", "customer-success", "money"),
    ),
    (
        "A new carrier is on the road within a week",
        "Half of those who need longer than two weeks never send a load.",
        [
            ("Activation, day 7 from 33 % to 38.5 %", Unit.PERCENT, 33, 38.5, 38.1),
            ("Import success on first try from 61 % to 75 %", Unit.PERCENT, 61, 75, 69.3),
        ],
        ("onboarding", "platform"),
    ),
]
# What teams have written for the quarter to come, as people write before anybody has read it
DRAFTS = [
    (
        ("planning", "dele", "Launch what-if planning 2.0", "", Intent.COMMITTED),
        [
            ("Release what-if to everybody", Unit.PERCENT, 0, 100),
            ("Loads replanned after release from 13.4 % to 12 %", Unit.PERCENT, 13.4, 12),
        ],
    ),
    (
        (
            *("money", "luca", "Invoices are right the first time"),
            *("A corrected invoice is paid nineteen days later.", Intent.ASPIRATIONAL),
        ),
        [("Invoices without a correction from 94.6 % to 97 %", Unit.PERCENT, 94.6, 97)],
    ),
    (("driver", "sanne", "Build an offline mode for 80 % of screens", "", Intent.COMMITTED), []),
]
CARRIED = ("onboarding", "platform")  # teams that go on with their objective


def build(world):
    ops = world.people["tomas"]
    running = OkrCycle.objects.active().get()
    _plan(running, ops)
    for cycle in OkrCycle.objects.exclude(number=None):
        agreement.freeze(cycle)
    _year(world, running, ops)
    _next(world, running, ops)


def _plan(cycle, ops):
    """The gates of the cycle that is on, with a line to tick."""
    CycleGate.objects.bulk_create(
        CycleGate(cycle=cycle, state=state, due_on=due, owner=ops)
        for state, due in cycles.planned(cycle.period).items()
    )
    gate = CycleGate.objects.get(cycle=cycle, state=CycleState.ACTIVE)
    GateItem.objects.create(gate=gate, text="The dates of the review meetings are in everybody's calendar")


def _year(world, running, ops):
    period = FiscalYear.of(running.period.first_day, settings.FISCAL_YEAR_START_MONTH)
    began = world.moment((world.today - period.first_day).days + 20)
    year = cycles.open(period, by=ops, at=began)
    for position, (title, why, results, teams) in enumerate(COMPANY):
        objective = Objective.objects.create(
            cycle=year,
            team=world.teams["customer-success"],
            owner=ops,
            title=title,
            why=why,
            level=Level.COMPANY,
            position=position,
            created_at=began,
            reviewed_at=began,
            reviewed_by=world.people["maya"],
        )
        for place, (words, unit, start, target, current) in enumerate(results):
            KeyResult.objects.create(
                **{"objective": objective, "title": words, "unit": unit, "start": start, "target": target},
                **{"current": current, "owner": ops, "position": place},
            )
        search.index(objective)
        ours = Objective.objects.filter(cycle=running, team__in=[world.teams[slug] for slug in teams])
        for child in ours:
            alignments.align(child, objective, by=child.owner, at=running.activated_at)
    first = world.moment((world.today - period.first_day).days)
    signed = {"state": CycleState.ACTIVE, "activated_at": first, "activated_by": ops}
    OkrCycle.objects.filter(pk=year.pk).update(**signed)
    agreement.freeze(year)


def _next(world, running, ops):
    at = world.moment(12)
    draft = cycles.open(running.period.next, by=ops, at=at)
    gates.add_item(draft, CycleState.REVIEW, "Finance has seen what the targets cost", by=ops, at=at)
    for slug in CARRIED:
        old = Objective.objects.filter(cycle=running, team=world.teams[slug])[0]
        copy = copies.carry(old, draft, by=old.owner, at=world.moment(9))
        if slug == CARRIED[0]:
            lives.review(copy, by=ops, at=world.moment(5))
    for (team, owner, title, why, intent), results in DRAFTS:
        objective = Objective.objects.create(
            **{"cycle": draft, "team": world.teams[team], "owner": world.people[owner], "title": title},
            **{"why": why, "intent": intent, "created_at": world.moment(8)},
        )
        for place, (words, unit, start, target) in enumerate(results):
            KeyResult.objects.create(
                **{"objective": objective, "title": words, "unit": unit, "start": start, "target": target},
                kind=Kind.INCREASE if target > start else Kind.DECREASE,
                owner=objective.owner,
                position=place,
            )
        search.index(objective)
    reason = "Drivers and support write theirs with us in the review."
    cycles.move(draft, CycleState.REVIEW, reason=reason, by=ops, at=world.moment(6))
