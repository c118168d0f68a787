"""Results of experiments: taken in by hand, from files, by the API and by queries; each a snapshot."""

import datetime as dt

from django.db import transaction

from metrics.formats import experiments as documents
from metrics.formats import pull_sql, result_rows
from metrics.models import Experiment, ExperimentPeek, ExperimentPull, ExperimentSnapshot, ExperimentState
from metrics.queries import results
from metrics.sources import databases
from prodops import activity, vault
from prodops.clock import company_day, company_zone

SOURCES = {"hand": "By hand", "file": "From a file", "api": "By the API", "sql": "By a query"}
SECONDS, MOST_ROWS, HOUR = 60, 5_000, 6
TAKING = (ExperimentState.RUNNING, ExperimentState.STOPPED, ExperimentState.DECIDED)


class NotTaken(Exception):
    """Results cannot come in now; the message says why."""


Unreadable = documents.Unreadable
FAILURES = (databases.SourceError, pull_sql.NotASelect, vault.Unreadable, Unreadable)


@transaction.atomic
def take(experiment, data, *, source, by, at):
    """Read the results out by the plan and keep both; gives (snapshot, whether it is new).

    The same numbers again on the same day are no new snapshot. Raises `NotTaken` and `Unreadable`.
    """
    row = loaded(experiment.pk)
    if row.state not in TAKING:
        raise NotTaken(_why_not(row))
    _check_names(row, data)
    document = results.document_of(row, data, at=at)
    readout = documents.readout(document)
    former = results.newest(row)
    if former and former.data == data and former.readout == readout:
        return former, False
    made = ExperimentSnapshot.objects.create(
        experiment=row, at=at, by=by, source=source, data=data, readout=readout
    )
    said = {"how": SOURCES[source].lower(), "verdict": readout["verdict"][:300], "snapshot": made.pk}
    activity.record("experiment.results_in", on=row, by=by, at=at, data=said)
    return made, True


def loaded(pk):
    """An experiment with all that a read-out needs of its plan."""
    return results.with_plan(Experiment.objects.filter(pk=pk)).prefetch_related("changes").get()


def _why_not(row):
    if row.state == ExperimentState.CLOSED:
        return "This experiment is closed. Plan a rerun to look at it again."
    return "Results come in once the experiment has been started: its plan is not frozen yet."


def _check_names(row, data):
    """Every variant must be there, and none that the plan does not know; so with its KPIs."""
    variants, kpis = results.names_of(row)
    given = data.get("variants")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Unreadable("Send “variants”: a list of objects with “key”, “n” and “kpis”.")
    keys = [str(one.get("key", "")) for one in given]
    for key in keys:
        if key not in variants:
            known = ", ".join(f"“{one}”" for one in variants)
            raise Unreadable(f"“{key[:60]}” is no variant of the plan: {known}.")
    if missing := [key for key in variants if key not in keys]:
        raise Unreadable(f"The numbers of variant “{missing[0]}” are missing.")
    for one in given:
        cells = one.get("kpis")
        if not isinstance(cells, dict):
            raise Unreadable(f"“kpis” of variant “{one['key']}” must be an object with one for each KPI.")
        if unknown := [str(name) for name in cells if name not in kpis]:
            known = ", ".join(f"“{key}”" for key in kpis)
            raise Unreadable(f"“{unknown[0][:60]}” is no KPI of the plan: {known}.")


def peek(experiment, snapshot, *, by, at):
    """Note that somebody saw a fixed-horizon test's results before its stop date, once for each snapshot."""
    if results.is_early(experiment, today=company_day(at)):
        fields = {"experiment": experiment, "at": at}
        ExperimentPeek.objects.get_or_create(snapshot=snapshot, by=by, defaults=fields)


def from_text(experiment, text, *, by, at):
    """Results of a CSV file or of pasted cells; gives what `take` gives."""
    variants, kpis = results.names_of(experiment)
    return take(experiment, result_rows.of_text(text, variants, kpis), source="file", by=by, at=at)


# By a query


def ask(experiment, source, sql):
    """What a query answers, as results; outside any transaction. Raises one of `FAILURES`."""
    proved = pull_sql.prove(sql)
    url = vault.unseal(source.sealed_url)
    answer = databases.ask(url, proved, seconds=SECONDS, most_rows=MOST_ROWS, zone=company_zone().key)
    variants, kpis = results.names_of(experiment)
    return result_rows.of_rows(answer.columns, enumerate(answer.rows, start=1), variants, kpis)


@transaction.atomic
def keep_query(experiment, *, source, sql, data, by, at):
    """Keep a query that has just answered `data`, which is taken in; gives what `take` gives.

    While the experiment runs it is asked again every morning.
    """
    fields = {"source": source, "sql": sql, "by": by, "at": at, "next_at": _morning(at)}
    fields |= {"running_since": None, "asked_at": at, "error": ""}
    ExperimentPull.objects.update_or_create(experiment=experiment, defaults=fields)
    said = {"source": source.name}
    activity.record("experiment.query_kept", on=experiment, by=by, at=at, data=said)
    return take(experiment, data, source="sql", by=by, at=at)


@transaction.atomic
def drop_query(experiment, *, by, at):
    """Ask no more; gives whether there was a query."""
    gone = ExperimentPull.objects.filter(experiment=experiment).delete()[0]
    if gone:
        activity.record("experiment.query_dropped", on=experiment, by=by, at=at)
    return bool(gone)


def due_ids(*, at):
    """The queries whose time has come."""
    return list(ExperimentPull.objects.due(at).order_by("next_at").values_list("pk", flat=True))


def pull(pull_id, *, at, clock):
    """Ask one query that is due and take its answer in. `clock()` is read again once it has answered.

    A worker that was killed is followed by another after some minutes; the same answer twice is one snapshot.
    """
    if not ExperimentPull.objects.due(at).filter(pk=pull_id).update(running_since=at):
        return
    row = ExperimentPull.objects.select_related("experiment", "source", "by").get(pk=pull_id)
    held = ExperimentPull.objects.filter(pk=pull_id, running_since=at)
    error = ""
    try:
        data = ask(loaded(row.experiment_id), row.source, row.sql)
        take(row.experiment, data, source="sql", by=row.by, at=clock())
    except (*FAILURES, NotTaken) as failure:
        error = str(failure)[:1000]
    now = clock()
    done = held.update(running_since=None, asked_at=now, error=error, next_at=_morning(now))
    if done and error and not row.error:
        activity.record(
            "experiment.query_failed", on=row.experiment, by=None, at=now, data={"error": error[:300]}
        )


def _morning(at):
    """The next morning by the company's clock."""
    local = at.astimezone(company_zone())
    morning = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + dt.timedelta(days=1)
