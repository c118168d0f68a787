"""Queries that fetch a KPI's values: written, tried out, asked on their schedule."""

from django.conf import settings
from django.db import transaction
from django.db.models import F

from metrics.formats import pull_sql, pulled, schedule
from metrics.models import Frequency, Pull, PullRun, RunState, SourceKind
from metrics.services import ingest, series
from metrics.services.ingest import Row
from metrics.sources import databases
from metrics.stats import periods
from prodops import activity, jobs, vault
from prodops.clock import company_zone

LOOK_BACK = 45  # periods before the newest that `:since` goes back to: late corrections come along
FAULTS_KEPT = 50
TRIED_ROWS = 20


class NotReady(Exception):
    """The query cannot be asked now: it runs already, or rests."""


def since_of(kpi):
    """The moment that `:since` stands for: some periods before the newest value, or the beginning."""
    newest = kpi.points.main().order_by("-period").values_list("period", flat=True).first()
    if newest is None:
        return None
    return newest - LOOK_BACK * (periods.next_period(newest, kpi.grain) - newest)


def try_out(kpi, source, sql, *, seconds, most_rows, at):
    """Ask once and keep nothing; gives (columns chosen, `pulled.Pulled`, counts of what would change)."""
    proved = pull_sql.prove(sql, since_of(kpi))
    answer = _ask(source, proved, seconds, most_rows)
    if not answer.rows:
        raise pulled.NoColumns("The query answers no rows.")
    chosen = pulled.columns(answer.columns, answer.rows[0], kpi.dimensions)
    found = pulled.read(answer.columns, answer.rows, chosen, ingest.subject(kpi, at))
    return chosen, found, ingest.compare(kpi, [Row(*row) for row in found.rows])


@transaction.atomic
def write(kpi, *, pull=None, by, at, **fields):
    """Keep a query, new or changed; it is asked at its next time. Gives the pull."""
    pull_sql.prove(fields["sql"])
    usual = _next(at, fields["frequency"], fields["hour"])
    if pull is None:
        pull = Pull.objects.create(kpi=kpi, by=by, at=at, next_at=usual, **fields)
        activity.record("pull.written", on=kpi, by=by, at=at, data=_said(pull))
        return pull
    for name, value in {**fields, "next_at": usual, "failures": 0, "by": by}.items():
        setattr(pull, name, value)
    pull.save(update_fields=[*fields, "next_at", "failures", "by"])
    activity.record("pull.changed", on=kpi, by=by, at=at, data=_said(pull))
    return pull


@transaction.atomic
def rest(pull, *, by, at):
    """Ask no more until it is woken."""
    if not Pull.objects.filter(pk=pull.pk, active=True).update(active=False):
        raise NotReady("This query rests already.")
    activity.record("pull.rested", on=pull.kpi, by=by, at=at, data=_said(pull))


@transaction.atomic
def wake(pull, *, by, at):
    """Ask again on schedule."""
    usual = _next(at, pull.frequency, pull.hour)
    resting = Pull.objects.filter(pk=pull.pk, active=False, source__retired_at=None)
    if not resting.update(active=True, next_at=usual, failures=0):
        raise NotReady("This query is awake already, or its database is disconnected.")
    activity.record("pull.woken", on=pull.kpi, by=by, at=at, data=_said(pull))


@transaction.atomic
def ask_now(pull, *, at):
    """Have it asked at once."""
    if not Pull.objects.filter(pk=pull.pk, active=True, running_since=None).update(next_at=at):
        raise NotReady("This query rests, or is being asked right now.")
    jobs.enqueue("metrics.tasks.run_pull", pull_id=pull.pk)


@transaction.atomic
def begin(pull_id, *, at):
    """Claim a query that is due; gives its run, or None if it is not or another worker has it."""
    if not Pull.objects.due(at).filter(pk=pull_id).update(running_since=at):
        return None
    lost = PullRun.objects.filter(pull=pull_id, state=RunState.RUNNING)
    lost.update(state=RunState.FAILED, finished_at=at, error="The worker that asked was lost. Asked again.")
    return PullRun.objects.create(pull_id=pull_id, at=at)


def fetch(run):
    """Ask the database for what a run wants; outside any transaction. Raises one of `FAILURES`."""
    pull = Pull.objects.select_related("kpi", "source").get(pk=run.pull_id)
    return _ask(pull.source, pull_sql.prove(pull.sql, since_of(pull.kpi)), pull.seconds, pull.most_rows)


@transaction.atomic
def end(run, answer, *, at):
    """Take an answer's values in, and close the run; twice, or after another worker took over, nothing."""
    pull = _held(run)
    if pull is None:
        return False
    subject = ingest.subject(pull.kpi, at)
    found = pulled.read(answer.columns, answer.rows, pull.columns, subject)
    rows = [Row(*row) for row in found.rows]
    if found.faults and not rows:
        raise pulled.NoColumns(f"No row can be taken; the first one because {found.faults[0][1]}.")
    said = {"source_kind": SourceKind.SQL, "said": pull.source.name, "rejected": len(found.faults)}
    load, _ = series.bring_in(pull.kpi, rows, **said, by=pull.by, at=at) if rows else (None, None)
    usual = _next(at, pull.frequency, pull.hour)
    Pull.objects.filter(pk=pull.pk).update(running_since=None, next_at=usual, failures=0)
    PullRun.objects.filter(pk=run.pk).update(
        state=RunState.DONE,
        finished_at=at,
        rows=len(answer.rows),
        rejected=len(found.faults),
        faults=[[number, why[:200]] for number, why in found.faults[:FAULTS_KEPT]],
        load=load,
    )
    if pull.failures:
        activity.record("pull.recovered", on=pull.kpi, by=None, at=at, data=_said(pull))
    return True


@transaction.atomic
def fail(run, error, *, at):
    """Close a run that went wrong: it is tried again soon, then later, and its owner hears once."""
    pull = _held(run)
    if pull is None:
        return False
    failures = pull.failures + 1
    when = schedule.again(at, failures, _next(at, pull.frequency, pull.hour))
    Pull.objects.filter(pk=pull.pk).update(running_since=None, next_at=when, failures=F("failures") + 1)
    words = str(error)[:1000]
    PullRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, finished_at=at, error=words)
    if failures == 1:
        activity.record(
            "pull.failed", on=pull.kpi, by=None, at=at, data={**_said(pull), "error": words[:300]}
        )
    return True


FAILURES = (databases.SourceError, pull_sql.NotASelect, pulled.NoColumns, vault.Unreadable)
REFUSALS = (ingest.TooManySlices, *FAILURES)


def due_ids(*, at):
    """The queries whose time has come."""
    return list(Pull.objects.due(at).order_by("next_at").values_list("pk", flat=True))


def _held(run):
    """The pull, locked, if this run still has it."""
    held = Pull.objects.select_for_update(of=("self",)).select_related("kpi", "source", "by")
    return held.filter(pk=run.pull_id, running_since=run.at).first()


def _ask(source, sql, seconds, most_rows):
    url = vault.unseal(source.sealed_url)
    return databases.ask(url, sql, seconds=seconds, most_rows=most_rows, zone=company_zone().key)


def _next(at, frequency, hour):
    return schedule.next_time(at, frequency, hour, settings.WEEK_STARTS_ON, company_zone())


def _said(pull):
    return {"source": str(pull.source), "frequency": Frequency(pull.frequency).label.lower(), "pull": pull.pk}
