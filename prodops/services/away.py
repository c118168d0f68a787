"""Saying when somebody is not at work."""

from django.db import transaction

from prodops import activity
from prodops.models import Away


@transaction.atomic
def plan(person, *, first_day, last_day, by, at):
    """Note that `person` is away from `first_day` to `last_day`, both included."""
    period, new = Away.objects.get_or_create(user=person, first_day=first_day, last_day=last_day)
    if new:
        days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
        activity.record("person.away_planned", on=person, by=by, at=at, data=days)
    return period


@transaction.atomic
def cancel(period, *, by, at):
    """Take a period back."""
    days = {"first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat()}
    deleted, _ = Away.objects.filter(pk=period.pk).delete()
    if deleted:
        activity.record("person.away_cancelled", on=period.user, by=by, at=at, data=days)
