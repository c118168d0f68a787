"""Jobs of process."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from process.models import OkrCycle
from process.services import reminders


@shared_task
def remind_check_ins(**_):
    """Ask the owners of key results without a check-in, once a week.

    Beat calls it every hour, so that a beat that slept through Thursday morning asks when it wakes.
    """
    now = timezone.now()
    if reminders.is_time(timezone.localtime(now, ZoneInfo(settings.TIME_ZONE))):
        for cycle in OkrCycle.objects.active():
            reminders.ask(cycle, at=now)
