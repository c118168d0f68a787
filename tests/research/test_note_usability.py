"""Tasks of a usability test, results session by session, and what they come to."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from prodops.models import Role
from research import queries
from research.formats import usability as notes
from research.models import InsightEvidence, SusAnswers, TaskResult, UsabilityTask
from research.services import usability
from tests.factories.research import InsightFactory, SessionFactory
from tests.research.samples_surveys import usability_study


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        *(("83", 83), ("1:23", 83), ("0:01:23", 83), ("1 min 23 s", 83), ("1m23s", 83), ("2min", 120)),
        *(("8,5", 8.5), ("1 h", 3600), ("12:00.5", 720.5), ("n/a", None), ("", None)),
    ],
)
def test_times_as_people_note_them(cell, seconds):
    assert notes.seconds(cell) == seconds


@pytest.mark.parametrize("cell", ["soon", "-5", "0", "1:2:3:4", "99999999"])
def test_what_is_no_time_says_what_to_write(cell):
    with pytest.raises(notes.NotThat, match="time"):
        notes.seconds(cell)


def test_outcomes_and_sus_answers_in_words():
    assert [notes.outcome(cell) for cell in ("Passed", "with help", "gave up")] == [
        "success",
        "partial",
        "fail",
    ]
    assert [notes.sus_answer(cell) for cell in ("Strongly agree", "2", "", "neutral")] == [5, 2, None, 3]
    with pytest.raises(notes.NotThat):
        notes.sus_answer("6")


@pytest.fixture
def study(people):
    return usability_study(people)


@pytest.mark.django_db
def test_tasks_are_added_and_put_in_order(client, people, study):
    client.force_login(people[Role.MEMBER])
    task = study.tasks.get()
    url = reverse("research:usability_tasks", args=[study.slug])
    data = {
        f"position_{task.pk}": "2",
        f"title_{task.pk}": "Plan two routes",
        f"criterion_{task.pk}": "Sent.",
    }
    response = client.post(url, data | {"position_new0": "1", "title_new0": "Sign in"})
    assert response.status_code == 302
    assert [one.title for one in study.tasks.order_by("position")] == ["Sign in", "Plan two routes"]
    assert client.post(url, data | {f"title_{task.pk}": ""}).status_code == 422


@pytest.mark.django_db
def test_a_grid_is_filled_in_and_says_what_is_wrong(client, people, study):
    client.force_login(people[Role.MEMBER])
    task, session = study.tasks.get(), SessionFactory(study=study)
    url = reverse("research:usability_entry", args=[session.pk])
    wrong = client.post(url, {f"seconds_{task.pk}": "a while", f"seq_{task.pk}": "9", "sus_1": "maybe"})
    assert wrong.status_code == 422
    for words in ("is no time", "from 1 to 7", "from 1 to 5"):
        assert words in wrong.text
    lonely = client.post(url, {f"seconds_{task.pk}": "1:23"})
    assert "Say how “Plan a route” went" in lonely.text
    good = {f"outcome_{task.pk}": "partial", f"seconds_{task.pk}": "1:23", f"errors_{task.pk}": "0"}
    good |= {f"sus_{number}": "Agree" for number in range(1, 10)}
    assert client.post(url, good).status_code == 302
    noted = TaskResult.objects.get(session=session)
    assert (noted.outcome, noted.seconds, noted.errors, noted.seq) == ("partial", 83, 0, None)
    assert SusAnswers.objects.get(session=session).items == [4] * 9 + [None]
    client.post(url, {})
    assert not TaskResult.objects.filter(session=session).exists()
    assert not SusAnswers.objects.filter(session=session).exists()


@pytest.mark.django_db
def test_a_file_goes_in_whole_or_not_at_all_and_comes_out_again(client, people, study):
    client.force_login(people[Role.MEMBER])
    first, second = study.sessions.get(), SessionFactory(study=study)
    url = reverse("research:usability_import", args=[study.slug])

    def send(text):
        return client.post(url, {"file": SimpleUploadedFile("r.csv", text.encode())})

    head = "Participant,Task,Outcome,Time\n"
    wrong = send(f"{head}{second.participant.name},1,yes,1:00\nNobody,1,yes,\n{second.title},Fly,no,\n")
    assert wrong.status_code == 422
    assert "No session of this study is called that" in wrong.text
    assert "no such task" in wrong.text
    assert not second.task_results.exists()
    assert send(f"{head}{second.participant.name},plan a route,gave up,1:00\n").status_code == 302
    assert second.task_results.get().outcome == "fail"
    csv = b"".join(
        client.get(reverse("research:usability_csv", args=[study.slug])).streaming_content
    ).decode()
    before = list(TaskResult.objects.values_list("session", "task", "outcome", "seconds", "errors", "seq"))
    TaskResult.objects.all().delete()
    assert send(csv).status_code == 302
    after = list(TaskResult.objects.values_list("session", "task", "outcome", "seconds", "errors", "seq"))
    assert sorted(after, key=str) == sorted(before, key=str)
    assert SusAnswers.objects.get(session=first).items == [4, 2] * 5


@pytest.mark.django_db
def test_results_are_shown_and_can_be_cited(client, people, study):
    client.force_login(people[Role.SUBMITTER])
    url = reverse("research:usability_results", args=[study.slug])
    assert client.get(url).status_code == 403
    client.force_login(people[Role.MEMBER])
    page = client.get(url).text
    for words in ("Plan a route", "1 min 23 s", "100 %", "75.0", "Enter results"):
        assert words in page
    task = UsabilityTask.objects.select_related("study").get()
    result = queries.task_result(task)
    assert result.sentence.startswith("1 of 1 succeeded, 100 % (21 to 100 %), typically in 1 min 23 s")
    InsightEvidence.objects.create(insight=InsightFactory(team=study.team), task=task, position=0)
    client.post(reverse("research:task_remove", args=[task.pk]))
    assert UsabilityTask.objects.exists()
    with pytest.raises(usability.Cited):
        usability.remove(task, by=people[Role.MEMBER], at=timezone.now())
