"""The app's jobs."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from coordination.services import impact, outgoing


@shared_task
def recount_impact(**_):
    """Count every request's accounts and amounts again: the accounts' ARR changes without us."""
    impact.recount_all()


@shared_task
def mail_message(*, message_id, **_):
    """Mail a message to its addressees outside; each once."""
    outgoing.mail(message_id, at=timezone.now())


@shared_task
def mail_late(**_):
    """Mail what a dead broker or a mail server that was down left behind."""
    now = timezone.now()
    for message_id in outgoing.unmailed(before=now - timedelta(minutes=2)):
        outgoing.mail(message_id, at=now)
