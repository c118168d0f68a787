"""Keeping the two clocks of a request: started, paused, met, and gone on with.

The first response is met by what reaches whoever asked: a public answer, or a decision. Giving the request
to somebody is none, since the requester sees nothing of it. The decision is met by accepting, declining or
joining. Every function works in its caller's transaction, and holds the requests and then their clocks, so
that a clock is written back as it was read.
"""

import datetime as dt
from itertools import batched

from django.db import connection, transaction

from coordination.clocks import due
from coordination.models import Clock, ClockKind, Request, SlaPolicy, State, Voice
from prodops.models import Tier

BEST_FIRST = (Tier.GOLD, Tier.SILVER, Tier.BRONZE, Tier.NONE)
WARNED, OVERDUE, ESCALATED = 1, 2, 3
BATCH = 500
MOVED = dt.timedelta(hours=1)  # by which a due time must move away for people to be warned of it again

_SYNC = """
UPDATE coordination_request r SET due_at = first.due_at, due_for = coalesce(first.kind, '')
FROM unnest(%s::bigint[]) AS wanted (id)
LEFT JOIN LATERAL (
  SELECT c.due_at, c.kind FROM coordination_clock c
  WHERE c.request_id = wanted.id AND c.met_at IS NULL ORDER BY c.due_at, c.kind DESC LIMIT 1) first ON true
WHERE r.id = wanted.id AND (r.due_at, r.due_for) IS DISTINCT FROM (first.due_at, coalesce(first.kind, ''))
"""


@transaction.atomic
def start(requests, *, at, policies=None):
    """Begin or set again the clocks of undecided `requests` by the policy that fits each.

    A clock that runs keeps its start and its pauses and gets the policy's target; one that is met, or whose
    policy a rule chose, stays. A request that has no clock yet is counted from `at`.
    """
    policies = list(SlaPolicy.objects.live().for_list()) if policies is None else policies
    requests = [one for one in requests if one.state == State.NEW]
    if not requests:
        return
    held = _by_kind(requests)
    if not policies and not held:
        return
    tiers = tiers_of(requests)
    fresh: list[Clock] = []
    changed: list[Clock] = []
    for one in requests:
        policy = next((each for each in policies if each.fits(one.urgency, tiers[one.pk])), None)
        for kind in ClockKind:
            clock = held.get((one.pk, kind))
            if clock is not None and (clock.met_at or clock.by_rule):
                continue
            _aim(fresh, changed, clock, one, kind, policy, at)
    _write(fresh, changed, requests)


def put_under(request, policy, *, at):
    """What a routing rule does: measure the request by `policy`, whatever it says of itself."""
    held = _by_kind([request])
    fresh: list[Clock] = []
    changed: list[Clock] = []
    for kind in ClockKind:
        clock = held.get((request.pk, kind))
        if clock is None or clock.met_at is None:
            _aim(fresh, changed, clock, request, kind, policy, at)
    for clock in (*fresh, *changed):
        clock.by_rule = True
    _write(fresh, changed, [request])


def follow(policy):
    """Set again the running clocks under `policy`: its targets or its calendar changed."""
    ids = list(Clock.objects.running().filter(policy=policy).values_list("request", flat=True).distinct())
    for some in batched(ids, BATCH, strict=False):
        with transaction.atomic():
            clocks = [one for one in _held(some) if one.policy_id == policy.pk and not one.met_at]
            for clock in clocks:
                _set(clock, policy, getattr(policy, f"{clock.kind}_minutes") or clock.minutes)
            _save(clocks)
            sync(some)


def respond(request_ids, *, at):
    """Those who asked for these were answered. The first time counts."""
    _meet(list(request_ids), at, kind=ClockKind.RESPONSE)


def decide(request, *, at):
    """The requester was told a decision: that answers too."""
    _meet([request.pk], at)


def take_back(request, *, decided_at, at):
    """A decision of `decided_at` is void: what it met runs on, and the time between does not count."""
    back = [clock for clock in _held([request.pk]) if clock.met_at == decided_at]
    for clock in back:
        clock.met_at = None
        clock.pauses = [*clock.pauses, [decided_at.isoformat(), at.isoformat()]]
        _set(clock, clock.policy, clock.minutes)
    _save(back)
    sync([request.pk])


def pause(request, *, at, until):
    """Nothing is due while the request is put off."""
    running = _running(request)
    for clock in running:
        clock.pauses = [*_ended(clock.pauses, at), [at.isoformat(), until.isoformat()]]
        _set(clock, clock.policy, clock.minutes)
    _save(running)
    sync([request.pk])


def resume(request, *, at):
    """The request is back before its time: a pause that lies ahead ends now."""
    running = _running(request)
    for clock in running:
        clock.pauses = _ended(clock.pauses, at)
        _set(clock, clock.policy, clock.minutes)
    _save(running)
    sync([request.pk])


def next_step(clock, policy, told):
    """When somebody is to hear of the clock next; `told` is how far they have."""
    if told == 0:
        return _due(clock, policy, max(clock.minutes - policy.warn_minutes, 0))
    if told == WARNED:
        return clock.due_at
    if told == OVERDUE:
        return _due(clock, policy, clock.minutes + policy.escalate_minutes)
    return None


def _aim(fresh, changed, clock, request, kind, policy, at):
    """Bring one clock of a request under `policy`, or make it; without a target there is none."""
    minutes = getattr(policy, f"{kind}_minutes") if policy else None
    if clock is None:
        if minutes:
            clock = Clock(request=request, kind=kind, policy=policy, minutes=minutes, started_at=at)
            if request.snoozed_until and request.snoozed_until > at:
                clock.pauses = [[at.isoformat(), request.snoozed_until.isoformat()]]
            fresh.append(_set(clock, policy, minutes))
    elif minutes and (clock.policy_id, clock.minutes) != (policy.pk, minutes):
        clock.policy = policy
        changed.append(_set(clock, policy, minutes))


def _set(clock, policy, minutes):
    """Compute what is due when. What people were told of a time that moved away is forgotten."""
    clock.minutes = minutes
    before, clock.due_at = clock.due_at, _due(clock, policy, minutes)
    if before is None or clock.due_at > before + MOVED:
        clock.told = 0
    clock.next_step_at = None if clock.met_at else next_step(clock, policy, clock.told)
    return clock


def _due(clock, policy, minutes):
    return due(clock.started_at, minutes, policy.calendar.hours(), clock.rests)


def _ended(pauses, at):
    """The pauses, none of them beyond `at`."""
    return [
        [start, min(dt.datetime.fromisoformat(end), at).isoformat()]
        for start, end in pauses
        if dt.datetime.fromisoformat(start) < at
    ]


def _meet(ids, at, **which):
    _hold(ids)
    won = Clock.objects.filter(request__in=ids, met_at=None, **which).update(met_at=at, next_step_at=None)
    if won:
        sync(ids)


def tiers_of(requests):
    """{request id: the best tier among its accounts}."""
    found = {one.pk: Tier.NONE for one in requests}
    voices = Voice.objects.filter(request__in=found).order_by().distinct()
    for pk, tier in voices.values_list("request_id", "account__tier"):
        found[pk] = min(found[pk], Tier(tier), key=BEST_FIRST.index)
    return found


def _hold(ids):
    """Wait for the requests first, as everybody does, so that no two wait for each other's clocks."""
    rows = Request.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


def _held(ids):
    """The clocks of these requests, which nobody else changes up to the transaction's end."""
    _hold(ids)
    clocks = Clock.objects.select_related("policy__calendar").select_for_update(of=("self",))
    return list(clocks.filter(request__in=ids).order_by("pk"))


def _running(request):
    return [clock for clock in _held([request.pk]) if clock.met_at is None]


def _by_kind(requests):
    return {(one.request_id, one.kind): one for one in _held([one.pk for one in requests])}


def _write(fresh, changed, requests):
    Clock.objects.bulk_create(fresh, ignore_conflicts=True)
    _save(changed)
    if fresh or changed:
        sync([one.pk for one in requests])


def _save(clocks):
    fields = ["policy", "by_rule", "minutes", "pauses", "due_at", "met_at", "told", "next_step_at"]
    Clock.objects.bulk_update(clocks, fields)


def sync(ids):
    """Write on these requests which of their clocks runs out first."""
    with connection.cursor() as cursor:
        cursor.execute(_SYNC, [list(ids)])
