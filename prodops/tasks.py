"""The kernel's jobs: delivering events, sweeping up what was left, mail, the index's vocabulary."""

import time

from celery import current_app, shared_task
from django.utils import timezone

from prodops.clock import company_day
from prodops.services import delivery, digests, embedding, rates, saved_searches, vocabulary


@shared_task
def deliver(*, event_id, **_):
    """Tell an event's subscribers. A second delivery of a delivered event does nothing."""
    delivery.deliver(event_id, at=timezone.now())


@shared_task
def sweep(**_):
    """Deliver again what a dead broker or a killed worker left behind."""
    now = timezone.now()
    for event_id in delivery.overdue(at=now):
        deliver.delay(event_id=event_id)
    for name, job_id in delivery.stranded_jobs(at=now):
        if task := current_app.tasks.get(name):
            task.apply_async(kwargs={"job_id": job_id}, expires=300)
    for event_id in delivery.unmailed(at=now):
        send_notification_mails.delay(event_id=event_id)


@shared_task
def heartbeat(**_):
    delivery.beat("worker", at=timezone.now())


@shared_task
def keep_account_figures(**_):
    """Write down what accounts are worth from today, where that changed."""
    rates.keep_figures(today=company_day(timezone.now()))


@shared_task
def send_notification_mails(*, event_id, **_):
    """Mail an event's notifications to those who want mail at once; each once."""
    digests.mail_event(event_id, at=timezone.now())


@shared_task
def send_digests(**_):
    digests.mail_digests(at=timezone.now())


@shared_task
def refresh_vocabulary(**_):
    vocabulary.refresh()


EMBEDDING = 10.0  # seconds after which others get their turn


@shared_task
def embed(**_):
    """Make the vectors that are missing or out of date; safe to run twice and beside itself."""
    until = time.monotonic() + EMBEDDING
    while embedding.embed_batch():
        if time.monotonic() > until:
            embed.apply_async(expires=60)
            return


@shared_task
def tell_of_new_hits(**_):
    """Look for what is new under saved searches with a bell."""
    saved_searches.tell_all(at=timezone.now())
