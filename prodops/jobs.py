"""The door to the workers: services enqueue by name and never import Celery."""

import logging
import time
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from prodops.models import Job, JobState

log = logging.getLogger(__name__)
BREATHER = 10  # seconds for which a broker that did not answer is left alone
_quiet_until = 0.0


class Cancelled(Exception):
    """The person who waits has asked to stop."""


def enqueue(name, **kwargs):
    """Run the task after this transaction commits; a rolled-back transaction enqueues nothing.

    A dead broker is logged and does not fail the request: the sweep delivers what was recorded as an
    event or a `Job`. `kwargs` are JSON.
    """
    task = current_app.tasks[name]  # a typo fails here, not in the worker
    transaction.on_commit(lambda: _publish(task, kwargs), robust=True)


def _publish(task, kwargs):
    """Hand the job to the broker; while that is out of reach no request waits for it twice."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        task.apply_async(kwargs=kwargs)
    except OperationalError as error:
        _quiet_until = time.monotonic() + BREATHER
        log.warning("The broker is out of reach, the sweep will deliver %s: %s", task.name, error)


def start(title, task, *, by, at, **arguments):
    """A `Job` that somebody waits for: its row is written now, its task runs after commit.

    The task is called with `job_id` and reports through `Progress`.
    """
    job = Job.objects.create(title=title, task=task, arguments=arguments, asked_by=by, asked_at=at)
    enqueue(task, job_id=job.pk)
    return job


def cancel(job, *, at):
    """Ask a running job to stop at its next stage; one that waits never starts."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.WAITING)
    if not waiting.update(state=JobState.CANCELLED, cancel_asked_at=at, finished_at=at):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_asked_at=at)


class Progress:
    """What a task uses to claim its job and to say how far it is.

    A task claims, works in stages, and ends with `finish`, `fail` or `cancelled`:

        progress = Progress(job_id)
        if job := progress.claim():
            progress.stage("Counting", total=3)

    Claiming is a conditional update: a job delivered twice is worked once, unless the first worker
    has been silent for `SILENCE` seconds (it was killed), when the second takes over.
    """

    SILENCE = 60

    def __init__(self, job_id):
        self.job_id = job_id
        self.job = None

    def claim(self):
        """The job, or None if it is finished, cancelled or in another worker's hands."""
        now = timezone.now()
        quiet_since = now - timedelta(seconds=self.SILENCE)
        free = Job.objects.filter(pk=self.job_id, state=JobState.WAITING) | Job.objects.filter(
            pk=self.job_id, state=JobState.RUNNING, beat_at__lt=quiet_since
        )
        if free.update(state=JobState.RUNNING, started_at=now, beat_at=now, done=0, stage="Starting"):
            self.job = Job.objects.get(pk=self.job_id)
        return self.job

    def stage(self, name, *, total=None):
        """Begin a stage; raises `Cancelled` if that was asked for."""
        job = Job.objects.get(pk=self.job_id)
        if job.cancel_asked_at:
            raise Cancelled
        fields = {"stage": name, "beat_at": timezone.now(), "log": f"{job.log}{name}\n"}
        if total is not None:
            fields |= {"total": total, "done": 0}
        Job.objects.filter(pk=self.job_id).update(**fields)

    def step(self, done):
        """Say that `done` of the stage's total are done; raises `Cancelled` if that was asked for."""
        running = Job.objects.filter(pk=self.job_id, cancel_asked_at=None)
        if not running.update(done=done, beat_at=timezone.now()):
            raise Cancelled

    def finish(self, url=""):
        self._end(JobState.DONE, "Done", result_url=url)

    def fail(self, reason):
        """End the job with words for the person who waits: what happened and what to do."""
        self._end(JobState.FAILED, reason)

    def cancelled(self):
        self._end(JobState.CANCELLED, "Cancelled; nothing was kept")

    def _end(self, state, line, **fields):
        job = Job.objects.get(pk=self.job_id)
        Job.objects.filter(pk=self.job_id, state=JobState.RUNNING).update(
            state=state, stage=line[:120], finished_at=timezone.now(), log=f"{job.log}{line}\n", **fields
        )
