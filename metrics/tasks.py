"""The checks as jobs: beat fans out, batches look for what has news, an import checks its own KPI."""

import datetime as dt
from functools import partial

from celery import shared_task
from django.utils import timezone

from metrics import queries
from metrics.models import Dashboard
from metrics.services import (
    api,
    checks,
    conflicts,
    dashboards,
    digests,
    exchange,
    links,
    pulls,
    results,
    verification,
)
from prodops import jobs

BATCH = 200
KEYS_KEPT = dt.timedelta(days=2)  # how long a repeated call of the API is answered the same


@shared_task
def check_all(**_):
    """Have every live KPI checked, in batches that workers share."""
    ids = queries.live_ids()
    for start in range(0, len(ids), BATCH):
        check_kpis.delay(kpi_ids=ids[start : start + BATCH])


@shared_task
def check_kpis(*, kpi_ids, **_):
    """Check those of a batch that have news, all or none: killed half-way, a second run does it all."""
    now = timezone.now()
    checks.check_many(queries.ids_with_news(kpi_ids, at=now), at=now, wait=False)


@shared_task
def check_kpi(*, kpi_id, **_):
    """Check one KPI now."""
    checks.check(kpi_id, at=timezone.now())


LINKS = 20  # in one task: at their slowest they take four minutes


@shared_task
def check_links(**_):
    """Have the links of all dashboards asked, in small batches that workers share."""
    ids = list(Dashboard.objects.active().links().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), LINKS):
        check_some_links.delay(dashboard_ids=ids[start : start + LINKS])


@shared_task
def check_some_links(*, dashboard_ids, **_):
    """Ask the links of a batch; each result is noted for itself, and a second run harms nothing."""
    entries = links.listed()
    for dashboard_id in dashboard_ids:
        links.check(dashboard_id, entries=entries, at=timezone.now())


@shared_task
def remind_of_reviews(**_):
    """Ask the owners of dashboards whose verification runs out to look at them; once each time."""
    dashboards.remind(at=timezone.now())


@shared_task
def send_board_digests(**_):
    """Send the week's digests that are due; each person has each board once a week."""
    digests.send_all(at=timezone.now())


@shared_task
def remind_verification(**_):
    """Ask the owners of KPIs whose verification ends soon to look at them again, once each."""
    verification.remind(at=timezone.now())


@shared_task
def pull_due(**_):
    """Have the queries asked whose time has come, each by a worker of its own."""
    now = timezone.now()
    for pull_id in pulls.due_ids(at=now):
        run_pull.delay(pull_id=pull_id)
    for pull_id in results.due_ids(at=now):
        pull_results.delay(pull_id=pull_id)


@shared_task
def run_pull(*, pull_id, **_):
    """Ask one query. A run that was killed leaves nothing, and is taken over by a later one."""
    run = pulls.begin(pull_id, at=timezone.now())
    if run is None:
        return
    try:
        answer = pulls.fetch(run)
        pulls.end(run, answer, at=timezone.now())
    except pulls.REFUSALS as error:
        pulls.fail(run, error, at=timezone.now())


@shared_task
def pull_results(*, pull_id, **_):
    """Ask for the results of one experiment. A worker that was killed is followed by another."""
    results.pull(pull_id, at=timezone.now(), clock=timezone.now)


@shared_task
def forget_calls(**_):
    """Forget what was answered to calls of the API that nobody repeats any more."""
    api.forget(before=timezone.now() - KEYS_KEPT)


@shared_task
def work_registry_import(*, job_id, **_):
    """Read or apply a file of definitions for somebody who watches its bar. Safe to run twice and to kill."""
    jobs.run(job_id, partial(exchange.work, at=timezone.now()))


@shared_task
def find_conflicts(*, kpi_ids=None, **_):
    """Look for KPIs that may be one, among all or beside these. A second run finds the same."""
    conflicts.refresh(kpi_ids, at=timezone.now())
