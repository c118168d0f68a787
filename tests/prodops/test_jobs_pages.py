from datetime import timedelta

import pytest
from django.urls import reverse

from prodops import jobs, words
from prodops.models import Event, Job, JobState
from tests.factories.prodops import UserFactory


@pytest.fixture
def job(member, now):
    return Job.objects.create(title="Report", task="t", asked_by=member, asked_at=now, total=10, done=5)


def test_a_running_job_is_polled_and_a_finished_one_is_not(as_, member, job, now):
    client, url = as_(member), reverse("job_detail", args=[job.pk])
    Job.objects.update(state=JobState.RUNNING, started_at=now - timedelta(minutes=4))
    part = client.get(url, headers={"HX-Request": "true"}).text
    assert "hx-get" in part
    assert "50 %" in part
    assert "About 4 min left." in part
    Job.objects.update(
        state=JobState.DONE, started_at=now, finished_at=now + timedelta(seconds=7), result_url="/x/"
    )
    part = client.get(url, headers={"HX-Request": "true"}).text
    assert "hx-get" not in part
    assert "took 7 s" in part
    assert "Open the result" in part


def test_a_job_is_seen_and_cancelled_by_who_asked_for_it(as_, member, job):
    stranger = as_(UserFactory())
    for name in ("job_detail", "job_cancel"):
        assert stranger.post(reverse(name, args=[job.pk])).status_code in (404, 405)
    assert "Report" not in stranger.get(reverse("job_list")).text
    client = as_(member)
    assert "Report" in client.get(reverse("job_list")).text
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_cancelled_job_is_never_begun(job, now):
    jobs.cancel(job, at=now)
    assert jobs.Progress(job.pk).claim() is None


@pytest.mark.parametrize(
    ("verb", "subject", "data", "said"),
    [
        ("insight.published", "research.insight", {}, "published this insight"),
        ("highlight.removed", "research.session", {}, "removed a highlight"),
        ("insight.cited", "process.document", {}, "cited an insight"),
        ("request.moved", "coordination.request", {"state": "accepted"}, "moved this to accepted"),
        ("request.moved", "coordination.request", {}, "moved this request"),
        ("odd", "x.y", {}, "odd"),
    ],
)
def test_a_verb_is_said_in_words(verb, subject, data, said, monkeypatch):
    monkeypatch.setattr(words, "_sentences", {})
    words.register("request.moved", "moved this to {state}")
    assert words.of(Event(verb=verb, subject_type=subject, data=data)) == said
