import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prodops.settings")
app = Celery("prodops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def catch_up(**_):
    """A worker that has just come up says so, and sweeps up what was left while there was none."""
    for name in ("prodops.tasks.heartbeat", "prodops.tasks.sweep"):
        app.send_task(name, expires=60)
