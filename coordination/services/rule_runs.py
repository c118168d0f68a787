"""Applying rules to what came in before, and taking that back."""

import hashlib
import json
from itertools import batched

from django.db import transaction

from coordination import queries
from coordination.models import Request, Routed, RoutingRule, RoutingRun, State
from prodops import activity, jobs, search
from prodops.models import JobState

from . import routing

BATCH = 200
APPLY, UNDO = "coordination.tasks.apply_rules", "coordination.tasks.undo_rules"
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
MOVED_ON = "changed since"


class RunRefused(Exception):
    """It cannot be done; the words say why."""


@transaction.atomic
def start(*, rule, newest, decided_too, by, at):
    """Apply `rule`, or all live rules where that is None, to the newest requests, as a job."""
    run = RoutingRun.objects.create(
        rule=rule,
        rule_name=rule.name if rule else "",
        rules_were=_digest(_rules(rule)),
        newest=newest,
        decided_too=decided_too,
        asked_by=by,
        asked_at=at,
    )
    run.job = jobs.start(str(run), APPLY, by=by, at=at, run=run.pk)
    run.save(update_fields=["job"])
    on = rule or run
    activity.record("routing_rule.applied", on=on, by=by, at=at, data={"run": run.pk, "newest": newest})
    return run


def preview(*, rule, newest, decided_too):
    """{rule name: how many requests it would match} of what `start` would look at, and their number."""
    good = _rules(rule)
    among = _among(newest, decided_too)
    return among.count(), {one.name: among.filter(queries.compiled(asked)).count() for one, asked in good}


def _rules(rule):
    rules = RoutingRule.objects.filter(pk=rule.pk) if rule else RoutingRule.objects.live()
    return queries.readable(rules.for_list())[0]


def _digest(good):
    """A name for all that rules ask for and do, in their order: another after any change."""
    said = [
        [
            *(rule.pk, rule.conditions, rule.goes_on, rule.urgency),
            *(rule.area_id, rule.team_id, rule.assignee_id, rule.rotation_id),
            sorted(tag.pk for tag in rule.tags.all()),
        ]
        for rule, _ in good
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _among(newest, decided_too):
    found = queries.last(newest).exclude(state=State.MERGED)
    return found if decided_too else found.filter(state=State.NEW)


def run(run, progress, *, at):
    """The job: in batches that are each committed, so that what is done stays done when a worker dies.

    A request that the run has dealt with already is left out, and a second worker goes on from there.
    Nobody is told and nothing is answered: these have waited or been decided long since. Raises
    `RunRefused` where its rule is gone (without one all rules are meant), and where the rules are not those
    that somebody looked at when they started it.
    """
    if run.rule_name and run.rule is None:
        raise RunRefused(f"The rule “{run.rule_name}” was deleted before it was applied.")
    good = _rules(run.rule)
    if run.rules_were and run.rules_were != _digest(good):
        raise RunRefused("The rules were changed after this was started. Look at them and apply them again.")
    ids = _matching(good, run)
    progress.stage("Applying the rules", total=len(ids))
    done = 0
    for batch in batched(ids, BATCH, strict=False):
        _apply(batch, good, run, at)
        done += len(batch)
        progress.step(done)
    changed = Routed.objects.filter(run=run).values("request").distinct().count()
    RoutingRun.objects.filter(pk=run.pk).update(changed=changed)
    return changed


def _matching(good, run):
    if not good:
        return []
    either = queries.compiled(good[0][1])
    for _, asked in good[1:]:
        either |= queries.compiled(asked)
    among = _among(run.newest, run.decided_too).filter(either)
    seen = Routed.objects.filter(run=run).values("request")
    return list(among.exclude(pk__in=seen).order_by("submitted_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _apply(ids, good, run, at):
    requests = list(
        Request.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("area", "team", "assignee", "submitter", "submitter_team")
        .prefetch_related("tags")
        .order_by("pk")
    )
    hits = queries.matched_many([one.pk for one in requests], good)
    rows, tagged, events = [], [], []
    for one in requests:
        decided = one.state != State.NEW
        steps = [
            step for step in routing.plan(one, hits[one.pk], at=at, decided=decided, past=True) if step.did
        ]
        for step in steps:
            for field, done in step.did.items():
                if field == "tags":
                    tagged += [(one.pk, tag) for tag in done[1]]
                elif field in routing.FIELDS:
                    setattr(one, routing.column(field), done[1])
        mine = routing.rows_of(one, steps, at, run)
        rows += mine
        if mine:
            events.append(one)
    through = Request.tags.through
    through.objects.bulk_create(
        [through(request_id=pk, requesttag_id=tag) for pk, tag in tagged], ignore_conflicts=True
    )
    Request.objects.bulk_update(events, [routing.column(field) for field in routing.FIELDS])
    Routed.objects.bulk_create(rows)
    activity.record_past(
        "request.routed",
        [(one, run.asked_by, at) for one in events],
        at=at,
        data={"rules": _named(run), "did": "applied to the past"},
    )
    _index([one.pk for one in events])


def _named(run):
    return f"“{run.rule_name}”" if run.rule_name else "the rules"


def _index(ids):
    """Where a request stands is part of what the index says of it."""
    search.index_many(Request.objects.for_list().filter(pk__in=ids))


def undoable(run):
    """Whether it can be taken back: it has ended, also half-way, and nobody has taken all of it back."""
    job = run.undo_job if run.undone_at else run.job
    if job is not None and job.state not in ENDED:
        return False
    return run.undone_at is None or Routed.objects.filter(run=run, undone_at=None).exists()


@transaction.atomic
def start_undo(run, *, by, at):
    """Take a run back, as a job; an undo that was stopped half-way is gone on with."""
    held = RoutingRun.objects.select_for_update(of=("self",)).select_related("job", "undo_job")
    if not undoable(held.get(pk=run.pk)):
        raise RunRefused("It still runs, or somebody has taken it back already.")
    RoutingRun.objects.filter(pk=run.pk).update(undone_at=at, undone_by=by)
    run.refresh_from_db()
    run.undo_job = jobs.start(f"Taking back: {run}", UNDO, by=by, at=at, run=run.pk)
    run.save(update_fields=["undo_job"])
    return run.undo_job


def undo(run, progress, *, at):
    """The job: put back what the run changed. What somebody changed since stays, and is named."""
    open_ones = Routed.objects.filter(run=run, undone_at=None)
    ids = list(open_ones.order_by("request").values_list("request", flat=True).distinct())
    progress.stage("Putting back", total=len(ids))
    done = 0
    for batch in batched(ids, BATCH, strict=False):
        _put_back(batch, run, at)
        done += len(batch)
        progress.step(done)
    put_back = (
        Routed.objects.filter(run=run, left="", undone_at__isnull=False).values("request").distinct().count()
    )
    RoutingRun.objects.filter(pk=run.pk).update(put_back=put_back)
    return put_back


@transaction.atomic
def _put_back(ids, run, at):
    requests = {
        one.pk: one
        for one in Request.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    rows = list(Routed.objects.filter(run=run, request__in=ids, undone_at=None).order_by("-pk"))
    untagged: set[tuple[int, int]] = set()
    changed = []
    for row in rows:
        one = requests[row.request_id]
        left = []
        for field, (was, now, _) in row.did.items():
            if field == "tags":
                untagged.update((one.pk, tag) for tag in now)
            elif field not in routing.FIELDS:
                continue
            elif getattr(one, routing.column(field)) == now:
                setattr(one, routing.column(field), was)
            else:
                left.append(f"{field} was {MOVED_ON}")
        row.undone_at, row.left = at, "; ".join(left)[:200]
        changed.append(one)
    through = Request.tags.through
    for pk, tag in untagged:
        through.objects.filter(request=pk, requesttag=tag).delete()
    Request.objects.bulk_update(set(changed), [routing.column(field) for field in routing.FIELDS])
    Routed.objects.bulk_update(rows, ["undone_at", "left"])
    events = [(one, run.undone_by, at) for one in requests.values()]
    data = {"rules": _named(run)}
    activity.record_past("request.routing_undone", events, at=at, data=data)
    _index(list(requests))
