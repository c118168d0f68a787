"""At-least-once delivery of events to their subscribers, from the database's own outbox."""

import logging
from datetime import timedelta

from django.db import transaction

from prodops import activity
from prodops.jobs import SILENCE
from prodops.models import Event, Heartbeat, Job, JobState, MailPreference, Notification

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
BATCH = 500


def deliver(event_id, *, at):
    """Call every subscriber of the event in one transaction with the mark that it was delivered.

    A locked row is in another worker's hands. A subscriber that fails undoes the attempt, which is
    tried again later, ever more rarely, and after `MAX_ATTEMPTS` no more; the error stays on the event.
    """
    with transaction.atomic():
        free = Event.objects.select_for_update(skip_locked=True, of=("self",))
        event = free.filter(pk=event_id, delivered_at=None).select_related("by").first()
        if event is None:
            return
        try:
            with transaction.atomic():
                for subscriber in activity.subscribers(event.verb):
                    subscriber(event)
        except Exception as error:
            log.exception("Event %s (%s) was not delivered", event.pk, event.verb)
            _put_off(event, error, at)
            return
        Event.objects.filter(pk=event.pk).update(delivered_at=at, next_try_at=None, error="")


def _put_off(event, error, at):
    attempts = event.attempts + 1
    wait = timedelta(seconds=min(30 * 2**attempts, 6 * 3600))
    Event.objects.filter(pk=event.pk).update(
        attempts=attempts,
        error=f"{type(error).__name__}: {error}"[:2000],
        next_try_at=at + wait if attempts < MAX_ATTEMPTS else None,
    )


def overdue(*, at):
    """Ids of events whose delivery is due and has not happened, oldest first."""
    due = Event.objects.filter(delivered_at=None, next_try_at__lte=at).order_by("next_try_at", "pk")
    return list(due.values_list("pk", flat=True)[:BATCH])


def stranded_jobs(*, at):
    """(task, job id) of jobs that nobody works on: never taken, or their worker has gone silent."""
    waiting = Job.objects.filter(state=JobState.WAITING, asked_at__lt=at - SILENCE)
    silent = Job.objects.filter(state=JobState.RUNNING, beat_at__lt=at - SILENCE)
    return list((waiting | silent).order_by("pk").values_list("task", "pk")[:BATCH])


def unmailed(*, at):
    """Ids of events with notifications that should have been mailed at once and were not."""
    late = Notification.objects.filter(
        mailed_at=None,
        read_at=None,
        at__range=(at - timedelta(days=1), at - timedelta(minutes=2)),
        recipient__mail_preference=MailPreference.AT_ONCE,
    )
    return list(late.order_by().values_list("event_id", flat=True).distinct()[:BATCH])


def beat(name, *, at):
    """Note that a process of this kind is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
