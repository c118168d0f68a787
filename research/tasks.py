"""Research's jobs."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from prodops import jobs
from research.services import reports

log = logging.getLogger(__name__)


@shared_task
def build_report(*, job_id, **_):
    """Build an insight report for somebody who watches its bar. Safe to run twice and to kill."""
    progress = jobs.Progress(job_id)
    job = progress.claim()
    if job is None:
        return
    try:
        reports.work(job, progress, at=timezone.now())
    except jobs.Cancelled:
        progress.cancelled()
    except reports.Refused as error:
        progress.fail(str(error))
    except OperationalError:
        raise  # the database went away: the sweep has it built again
    except Exception:
        log.exception("Report of job %s could not be built", job_id)
        progress.fail("The report could not be built. Ask an admin to look at the worker's log.")
