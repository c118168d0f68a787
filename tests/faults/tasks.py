"""An event's subscriber and a job whose effects can be counted, and which take as long as they are told."""

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from prodops import activity, jobs
from prodops.models import Heartbeat, SentMail


@activity.subscribe("probe.saved")
def write_effect(event):
    """Not idempotent on purpose: a second delivery would be seen."""
    _sleep(event.data.get("seconds", 0))
    SentMail.objects.create(at=event.at, to="event", subject=str(event.pk), body="")


@shared_task
def work(*, job_id, **_):
    progress = jobs.Progress(job_id)
    job = progress.claim()
    if job is None:
        return
    progress.stage("Working", total=1)
    Heartbeat.objects.update_or_create(name=f"job-{job_id}", defaults={"at": timezone.now()})
    with transaction.atomic():
        _sleep(job.arguments["seconds"])
        SentMail.objects.create(at=timezone.now(), to="job", subject=str(job_id), body="")
        progress.finish()


def _sleep(seconds):
    """In the database, where a test can see it happen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
