"""Jobs of process."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from process.models import CycleState, OkrCycle
from process.services import gates, reminders


@shared_task
def remind_check_ins(**_):
    """Ask the owners of key results without a check-in or, in grading, without a grade: once a week.

    Beat calls it every hour, so that a beat that slept through Thursday morning asks when it wakes.
    """
    now = timezone.now()
    if reminders.is_time(timezone.localtime(now, ZoneInfo(settings.TIME_ZONE))):
        for cycle in OkrCycle.objects.active():
            reminders.ask(cycle, at=now)
        for cycle in OkrCycle.objects.filter(state=CycleState.GRADING):
            reminders.ask_for_grades(cycle, at=now)


@shared_task
def watch_gates(**_):
    """Ask for what cycles' gates wait for, before and after their deadlines; each is asked for once."""
    now = timezone.now()
    for cycle in OkrCycle.objects.exclude(state=CycleState.CLOSED):
        gates.watch(cycle, at=now)
