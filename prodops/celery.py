import os

from celery import Celery
from celery.signals import celeryd_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prodops.settings")
app = Celery("prodops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def catch_up(**_):
    """A worker that has just come up says so, and sweeps up what was left while there was none."""
    for name in ("prodops.tasks.heartbeat", "prodops.tasks.sweep", "prodops.tasks.embed"):
        app.send_task(name, expires=60)


@worker_init.connect
def preload_meaning(**_):
    """In the process that forks the pool: its children share the model's memory."""
    from prodops import meaning

    meaning.preload()


@celeryd_init.connect
def wait_for_the_broker(conf, **_):
    """A request that enqueues gives up at once on a dead broker; a worker has nothing else to wait for."""
    hurried = ("max_retries", "interval_start", "interval_step", "interval_max")
    options = conf.broker_transport_options
    conf.broker_transport_options = {key: options[key] for key in options if key not in hurried}
