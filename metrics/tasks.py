"""The checks as jobs: beat fans out, batches look for what has news, an import checks its own KPI."""

from celery import shared_task
from django.utils import timezone

from metrics import queries
from metrics.services import checks

BATCH = 200


@shared_task
def check_all(**_):
    """Have every live KPI checked, in batches that workers share."""
    ids = queries.live_ids()
    for start in range(0, len(ids), BATCH):
        check_kpis.delay(kpi_ids=ids[start : start + BATCH])


@shared_task
def check_kpis(*, kpi_ids, **_):
    """Check those of a batch that have news. Each is a transaction of its own: a second run does the rest."""
    now = timezone.now()
    for kpi_id in queries.ids_with_news(kpi_ids, at=now):
        checks.check(kpi_id, at=now)


@shared_task
def check_kpi(*, kpi_id, **_):
    """Check one KPI now."""
    checks.check(kpi_id, at=timezone.now())
