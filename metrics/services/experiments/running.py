"""The course of an experiment: ready, started with its plan frozen, stopped, extended, dropped."""

from django.db import transaction

from metrics.models import (
    EXPERIMENT_MOVES,
    Experiment,
    ExperimentDecision,
    ExperimentState,
    PlanChange,
    RulingState,
    StopReason,
)
from metrics.queries import launching
from metrics.queries.experiments import hash_of, plan_of, with_plan
from prodops import activity
from prodops.clock import company_day

from .drafting import NotPossible, ReasonMissing, WrongState, locked


class NotReady(NotPossible):
    """Something required is missing; `missing` are the checks that fail."""

    def __init__(self, missing):
        super().__init__("Not yet: " + " ".join(one.why for one in missing))
        self.missing = missing


def _move(row, state):
    if row.state not in EXPERIMENT_MOVES[state]:
        raise WrongState(f"“{row}” is {row.get_state_display().lower()} now; this cannot be done any more.")
    row.state = state


def _save(row, *fields, at):
    row.updated_at, row.version = at, row.version + 1
    row.save(update_fields=["state", "updated_at", "version", *fields])


def _planned(row):
    """The row as it is stored, with all of its plan."""
    return with_plan(Experiment.objects.filter(pk=row.pk)).get()


@transaction.atomic
def make_ready(experiment, *, by, at):
    """Say that the plan is complete. Raises `NotReady` with what is missing."""
    row = locked(experiment)
    _move(row, ExperimentState.READY)
    missing = [one for one in launching.of_plan(_planned(row), at=at) if one.gates and not one.ok]
    if missing:
        raise NotReady(missing)
    _save(row, at=at)
    activity.record("experiment.ready", on=row, by=by, at=at)


@transaction.atomic
def back_to_draft(experiment, *, by, at):
    row = locked(experiment)
    _move(row, ExperimentState.DRAFT)
    _save(row, "drop_note", at=at)
    activity.record("experiment.redrafted", on=row, by=by, at=at)


take_up = back_to_draft  # one that was dropped


@transaction.atomic
def drop(experiment, *, reason, by, at):
    """Give up an idea before it started, and say why."""
    row = locked(experiment)
    if not reason.strip():
        raise ReasonMissing("Say why: the next person with this idea will look here.")
    _move(row, ExperimentState.DROPPED)
    row.drop_note = reason.strip()[:1000]
    _save(row, "drop_note", at=at)
    activity.record("experiment.dropped", on=row, by=by, at=at, data={"reason": row.drop_note})


@transaction.atomic
def start(experiment, *, by, at):
    """Freeze the plan with its hash and each KPI's version, and run. Raises `NotReady` with what misses."""
    row = locked(experiment)
    _move(row, ExperimentState.RUNNING)
    if row.started_at is not None:
        raise WrongState("It has run already: extend it instead.")
    checks = [*launching.of_plan(_planned(row), at=at), *launching.ticked(row)]
    missing = [one for one in checks if one.gates and not one.ok]
    if missing:
        raise NotReady(missing)
    day = company_day(at)
    if row.planned_to < day:
        raise NotPossible("The planned last day has passed. Plan the days anew first.")
    for one in row.kpis.select_related("kpi"):
        one.version_id = one.kpi.pinned_version_id()
        one.save(update_fields=["version"])
    row.started_by, row.started_at, row.started_on = by, at, day
    row.planned_from = day
    fresh = _planned(row)
    fresh.started_on = day
    row.plan = plan_of(fresh)
    row.plan_hash = hash_of(row.plan)
    _save(row, "started_by", "started_at", "started_on", "planned_from", "plan", "plan_hash", at=at)
    activity.record("experiment.started", on=row, by=by, at=at, data={"hash": row.plan_hash[:12]})


@transaction.atomic
def stop(experiment, *, reason, note, by, at):
    """End the run and say why; anything but its planned end takes a few words too."""
    row = locked(experiment)
    _move(row, ExperimentState.STOPPED)
    if row.stopped_at is not None or row.started_at is None:
        raise WrongState("It does not run.")
    note = note.strip()[:1000]
    if reason not in StopReason.values or (reason != StopReason.PLANNED and not note):
        raise ReasonMissing("Say in a few words why it stops.")
    row.stopped_by, row.stopped_at, row.stopped_on = by, at, company_day(at)
    row.stop_reason, row.stop_note = reason, note
    _save(row, "stopped_by", "stopped_at", "stopped_on", "stop_reason", "stop_note", at=at)
    data = {"reason": row.get_stop_reason_display().lower(), "note": note}
    activity.record("experiment.stopped", on=row, by=by, at=at, data=data)


@transaction.atomic
def extend(experiment, *, until, reason, by, at):
    """Let it run to a later day; one that was stopped runs again. Kept as a change of the plan."""
    row = locked(experiment)
    was = row.stopped_on
    if row.state == ExperimentState.STOPPED:
        if row.decisions.filter(state=RulingState.WAITING).exists():
            raise WrongState("A decision on it waits for a second reviewer.")
        _move(row, ExperimentState.RUNNING)
    elif row.state != ExperimentState.RUNNING:
        raise WrongState("Only an experiment that runs, or has just been stopped, can be extended.")
    reason = reason.strip()[:1000]
    if not reason:
        raise ReasonMissing("Say why it needs longer: it stands on the read-out.")
    if until <= max(row.planned_to, company_day(at)) and not (was and until >= company_day(at)):
        raise NotPossible(f"Choose a day after {max(row.planned_to, company_day(at)):%-d %b %Y}.")
    before, row.planned_to = row.planned_to, until
    row.stopped_by = row.stopped_at = row.stopped_on = None
    row.stop_reason = row.stop_note = ""
    _save(
        row,
        *("planned_to", "stopped_by", "stopped_at", "stopped_on", "stop_reason", "stop_note"),
        at=at,
    )
    digest = hash_of(plan_of(_planned(row)))
    PlanChange.objects.create(
        experiment=row,
        field="stops",
        label="Ran again, to" if was else "Planned last day",
        before=f"stopped on {was:%-d %b %Y}" if was else f"{before:%-d %b %Y}",
        after=f"{until:%-d %b %Y}",
        reason=reason,
        plan_hash=digest,
        by=by,
        at=at,
    )
    data = {"until": f"{until:%-d %b %Y}", "reason": reason}
    activity.record("experiment.extended", on=row, by=by, at=at, data=data)


def undecide(experiment, *, at):
    """Back from a decision that no longer stands, inside the transaction of whoever says so."""
    row = locked(experiment)
    _move(row, ExperimentState.STOPPED)
    row.closed_by = row.closed_at = None
    ExperimentDecision.objects.filter(experiment=row, state=RulingState.STANDS).update(
        state=RulingState.WITHDRAWN
    )
    _save(row, "closed_by", "closed_at", at=at)


def settle(experiment, state, *, at, **fields):
    """To decided or closed, inside the transaction of whoever says so."""
    row = locked(experiment)
    _move(row, state)
    for name, value in fields.items():
        setattr(row, name, value)
    _save(row, *fields, at=at)
    return row
