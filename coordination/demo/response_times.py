"""Fernway's hours and response times, and the clocks of its requests as they went."""

import datetime as dt

from coordination.clocks import due
from coordination.models import BusinessCalendar, Clock, ClockKind, SlaPolicy, State
from coordination.services import clocks

OFFICE = [[[9 * 60, 12 * 60 + 30], [13 * 60, 17 * 60 + 30]]] * 4 + [[[9 * 60, 16 * 60]], [], []]
BATCH = 2_000
INTRODUCED = 96  # hours ago; before then nobody counted the time of what still waits


def build(world):
    calendar = BusinessCalendar.objects.create(
        name="Fernway office",
        zone="Europe/Berlin",
        week=OFFICE,
        country="DE",
        closed=[
            [f"{world.today.year}-12-24", "Christmas Eve"],
            [f"{world.today.year}-12-31", "New Year's Eve"],
        ],
    )
    SlaPolicy.objects.create(
        name="Blockers",
        position=0,
        calendar=calendar,
        urgencies=[1],
        response_minutes=60,
        decision_minutes=16 * 60,
        warn_minutes=30,
        escalate_minutes=120,
    )
    SlaPolicy.objects.create(
        name="Gold accounts",
        position=1,
        calendar=calendar,
        tiers=["gold"],
        response_minutes=4 * 60,
        decision_minutes=60 * 60,
    )
    SlaPolicy.objects.create(
        name="Everything else",
        position=2,
        calendar=calendar,
        response_minutes=8 * 60,
        decision_minutes=120 * 60,
        escalate_minutes=8 * 60,
    )


def keep_clocks(world, requests, dice):
    """Clocks for `requests` of the demo, decided or waiting; nobody is told of what lies in the past."""
    policies = list(SlaPolicy.objects.live().for_list())
    hours = {policy.pk: policy.calendar.hours() for policy in policies}
    now = world.moment(0, 12)
    tiers = clocks.tiers_of(requests)
    rows = []
    for one in requests:
        policy = next(each for each in policies if each.fits(one.urgency, tiers[one.pk]))
        start = one.submitted_at
        if one.state == State.NEW:
            start = max(start, now - dt.timedelta(hours=dice.randint(1, INTRODUCED)))
        for kind in ClockKind:
            minutes = getattr(policy, f"{kind}_minutes")
            clock = Clock(request=one, kind=kind, policy=policy, minutes=minutes, started_at=start)
            clock.due_at = due(start, minutes, hours[policy.pk])
            if kind == ClockKind.RESPONSE and dice.random() < 0.9:
                answered = due(start, int(minutes * dice.uniform(0.1, 1.08)), hours[policy.pk])
                clock.met_at = min(answered, one.decided_at or answered)
            clock.met_at = clock.met_at or one.decided_at
            if clock.met_at and clock.met_at > now:
                clock.met_at = None
            if clock.met_at is None:
                clock.told = clocks.OVERDUE if clock.due_at < now else 0
                step = clocks.next_step(clock, policy, clock.told)
                clock.told, clock.next_step_at = (
                    (clock.told, step) if step > now else (clocks.ESCALATED, None)
                )
            rows.append(clock)
    Clock.objects.bulk_create(rows, batch_size=BATCH)
    clocks.sync([one.pk for one in requests if one.state == State.NEW])
