"""The door to the workers: services enqueue by name and never import Celery."""

import logging
import threading
import time
from datetime import timedelta

from celery import current_app, current_task
from celery.signals import task_failure, task_postrun
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db import OperationalError as DatabaseLost
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from kombu.exceptions import OperationalError

from prodops.models import Job, JobState

log = logging.getLogger(__name__)
SILENCE = timedelta(seconds=settings.JOB_SILENCE_SECONDS)  # a worker quiet for longer has died
MAX_ATTEMPTS = 3  # a job that took so many workers down with it is not given another
BREATHER = 10  # seconds for which a broker that did not answer is left alone
_quiet_until = 0.0


class Cancelled(Exception):
    """The person who waits has asked to stop, or another worker has taken the job over."""


def enqueue(name, **kwargs):
    """Run the task after this transaction commits; a rolled-back transaction enqueues nothing.

    A dead broker is logged and does not fail the request: the sweep delivers what was recorded as an
    event or a `Job`. `kwargs` are JSON.
    """
    task = current_app.tasks[name]  # a typo fails here, not in the worker
    transaction.on_commit(lambda: _publish(task, kwargs), robust=True)


def publish(name, **kwargs):
    """Run the task now: for what already runs after the commit."""
    _publish(current_app.tasks[name], kwargs)


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

    Claiming is a conditional update: a job delivered twice is worked once, unless the first worker has
    been silent for `SILENCE` (it was killed), when the second takes over. A worker that was only
    slow finds out at its next step, and its `finish` does nothing: call that in the transaction that
    writes the result.
    """

    def __init__(self, job_id):
        self.job_id = job_id
        self.job = None

    def claim(self):
        """The job, or None if it is finished, cancelled or in another worker's hands."""
        now = timezone.now()
        silent = Q(state=JobState.RUNNING, beat_at__lt=now - SILENCE)
        free = Job.objects.filter(Q(state=JobState.WAITING) | silent, pk=self.job_id)
        spent = free.filter(attempts__gte=MAX_ATTEMPTS)
        if spent.update(state=JobState.FAILED, stage="Every worker that tried was lost", finished_at=now):
            return None
        fields = {"started_at": now, "beat_at": now, "done": 0, "stage": "Starting"}
        if free.update(state=JobState.RUNNING, attempts=F("attempts") + 1, **fields):
            self.job = Job.objects.get(pk=self.job_id)
            _beat_for(self._mine())
        return self.job

    def _mine(self):
        """The job's row for as long as this worker has it: the attempt's number is the token."""
        attempt = self.job.attempts if self.job else 0
        return Job.objects.filter(pk=self.job_id, state=JobState.RUNNING, attempts=attempt)

    def stage(self, name, *, total=None):
        """Begin a stage; raises `Cancelled` if that was asked for."""
        fields = {"stage": name[:120], "log": Concat(F("log"), Value(f"{name}\n"))}
        if total is not None:
            fields |= {"total": total, "done": 0}
        self._update(**fields)

    def step(self, done):
        """Say that `done` of the stage's total are done; raises `Cancelled` if that was asked for."""
        self._update(done=done)

    def _update(self, **fields):
        if not self._mine().filter(cancel_asked_at=None).update(beat_at=timezone.now(), **fields):
            raise Cancelled

    def finish(self, url=""):
        """End the job; False if it was another worker's by then."""
        return self._end(JobState.DONE, "Done", result_url=url)

    def fail(self, reason):
        """End the job with words for the person who waits: what happened and what to do."""
        return self._end(JobState.FAILED, reason)

    def cancelled(self):
        return self._end(JobState.CANCELLED, "Cancelled; nothing was kept")

    def _end(self, state, line, **fields):
        return _finish(self._mine(), state, line, **fields)


def run(job_id, work, *, refused=()):
    """Claim the job and do `work(job, progress)`; one that is done or in other hands is left alone.

    Whoever asked reads that it was cancelled, or why: the words of an exception of `refused`.
    """
    progress = Progress(job_id)
    job = progress.claim()
    if job is None:
        return
    try:
        work(job, progress)
    except Cancelled:
        progress.cancelled()
    except refused as error:
        progress.fail(str(error))


def _finish(jobs, state, line, **fields):
    return bool(
        jobs.update(
            state=state,
            stage=line[:120],
            finished_at=timezone.now(),
            log=Concat(F("log"), Value(f"{line}\n")),
            **fields,
        )
    )


_stops: set[threading.Event] = set()


def _beat_for(mine):
    """Say from a thread that the worker lives until its task ends: a stage may outlast `SILENCE`."""
    if not current_task or current_task.request.is_eager or current_task.request.called_directly:
        return
    stop = threading.Event()
    _stops.add(stop)

    def beat():
        while not stop.wait(SILENCE.total_seconds() / 4):
            try:
                mine.update(beat_at=timezone.now())
            except DatabaseError:
                log.warning("A job's sign of life was not written", exc_info=True)
            finally:
                connection.close()

    threading.Thread(target=beat, daemon=True).start()


@task_postrun.connect
def _stop_beating(**_):
    while _stops:
        _stops.pop().set()


@task_failure.connect
def _fail_job(kwargs=None, exception=None, **_):
    """A task that raised must not leave its job running: whoever waits is told.

    Where it was the database that went away, nothing is wrong with the task: the job falls silent, and
    the sweep gives it to another worker.
    """
    if isinstance(exception, DatabaseLost | InterfaceError):
        return
    if job_id := (kwargs or {}).get("job_id"):
        running = Job.objects.filter(pk=job_id, state=JobState.RUNNING)
        _finish(running, JobState.FAILED, "Something broke on our side; nothing half-done was kept")
