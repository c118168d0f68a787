"""A long job: claimed once, cancelled, taken over from a killed worker, told of its end."""

from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError

from prodops import jobs
from prodops.models import Job, JobState
from prodops.services import delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(now):
    return Job.objects.create(title="A report", task="prodops.tasks.heartbeat", asked_at=now)


def fall_silent(job, now):
    Job.objects.filter(pk=job.pk).update(beat_at=now - jobs.SILENCE * 2)


def state(job):
    job.refresh_from_db()
    return job.state


def test_a_job_delivered_twice_is_claimed_once(job):
    assert jobs.Progress(job.pk).claim() == job
    assert jobs.Progress(job.pk).claim() is None


def test_progress_is_seen_while_it_runs(job):
    progress = jobs.Progress(job.pk)
    progress.claim()
    progress.stage("Counting", total=4)
    progress.step(1)
    job.refresh_from_db()
    assert (job.stage, job.percent, job.log) == ("Counting", 25, "Counting\n")
    assert progress.finish("/research/")
    assert (state(job), job.percent, job.result_url) == (JobState.DONE, 100, "/research/")
    assert job.log == "Counting\nDone\n"


def test_a_silent_worker_loses_its_job_and_cannot_end_it(job, now):
    slow, quick = jobs.Progress(job.pk), jobs.Progress(job.pk)
    slow.claim()
    fall_silent(job, now)
    assert quick.claim() == job
    with pytest.raises(jobs.Cancelled):
        slow.step(1)
    assert not slow.finish()
    assert state(job) == JobState.RUNNING
    assert quick.finish()


def test_a_job_that_takes_its_workers_down_is_given_up(job, now):
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.Progress(job.pk).claim()
        fall_silent(job, now)
    assert jobs.Progress(job.pk).claim() is None
    assert state(job) == JobState.FAILED


def test_cancelling_a_waiting_job_means_it_never_starts(job, now):
    jobs.cancel(job, at=now)
    assert state(job) == JobState.CANCELLED
    assert jobs.Progress(job.pk).claim() is None


def test_cancelling_a_running_job_stops_it_at_its_next_step(job, now):
    progress = jobs.Progress(job.pk)
    progress.claim()
    jobs.cancel(job, at=now)
    with pytest.raises(jobs.Cancelled):
        progress.step(1)
    progress.cancelled()
    assert state(job) == JobState.CANCELLED


def test_a_task_that_raises_ends_its_job_in_words(job):
    jobs.Progress(job.pk).claim()
    jobs._fail_job(kwargs={"job_id": job.pk})
    assert state(job) == JobState.FAILED
    assert "broke" in job.stage


@pytest.mark.parametrize("lost", [OperationalError, InterfaceError])
def test_a_job_whose_database_went_away_is_taken_over(job, now, lost):
    jobs.Progress(job.pk).claim()
    jobs._fail_job(kwargs={"job_id": job.pk}, exception=lost("the connection is lost"))
    assert state(job) == JobState.RUNNING
    fall_silent(job, now)
    assert delivery.stranded_jobs(at=now) == [(job.task, job.pk)]


def test_the_sweep_finds_jobs_nobody_works_on(job, now):
    soon, later = now + timedelta(seconds=1), now + jobs.SILENCE * 2
    assert delivery.stranded_jobs(at=soon) == []
    assert delivery.stranded_jobs(at=later) == [(job.task, job.pk)]
    progress = jobs.Progress(job.pk)
    progress.claim()
    assert delivery.stranded_jobs(at=soon) == []
    fall_silent(job, now)
    assert delivery.stranded_jobs(at=now) == [(job.task, job.pk)]
    progress.finish()
    assert delivery.stranded_jobs(at=later) == []
