"""The app's jobs."""

from celery import shared_task

from coordination.services import impact


@shared_task
def recount_impact(**_):
    """Count every request's accounts and amounts again: the accounts' ARR changes without us."""
    impact.recount_all()
