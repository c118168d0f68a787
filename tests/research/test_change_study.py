import pytest
from django.urls import reverse

from prodops.models import Event, SearchEntry
from research.models import Study
from research.services import conflicts, studies
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, SessionFactory, StudyFactory

pytestmark = pytest.mark.django_db


def test_a_study_gets_an_address_of_its_own(member, team, now):
    made = [
        studies.create(title=title, team=team, lead=member, by=member, at=now)
        for title in ("Onboarding friction", "Onboarding friction", "New", "数据")
    ]
    assert [study.slug for study in made] == [
        "onboarding-friction",
        "onboarding-friction-2",
        "new-2",
        "study",
    ]
    assert Event.objects.filter(verb="study.created").count() == 4


def test_the_second_of_two_editors_is_told(member, now):
    study = StudyFactory(title="As it was")
    studies.edit(study, version=1, title="Theirs", by=UserFactory(), at=now)
    with pytest.raises(conflicts.Conflict) as caught:
        studies.edit(study, version=1, title="Mine", by=member, at=now)
    assert caught.value.current.title == "Theirs"
    study.refresh_from_db()
    assert (study.title, study.version) == ("Theirs", 2)


def test_the_page_shows_both_versions(as_, member, now):
    study = StudyFactory(team=member.teams.get(), lead=member, title="As it was")
    studies.edit(study, version=1, title="Their title", by=UserFactory(), at=now)
    fields = {"title": "My title", "method": "interview", "status": "running", "version": 1}
    fields |= {"team": study.team_id, "lead": study.lead_id}
    response = as_(member).post(reverse("research:study_edit", args=[study.slug]), fields)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Their title" in page
    assert "My title" in page
    again = as_(member).post(reverse("research:study_edit", args=[study.slug]), fields | {"version": 2})
    assert again.status_code == 302
    assert Study.objects.get(pk=study.pk).title == "My title"


def test_what_was_said_is_found_under_the_new_title(now):
    cue = CueFactory(session=SessionFactory())
    study = cue.session.study
    studies.edit(study, version=1, title="A better name", by=study.lead, at=now)
    assert "A better name" in SearchEntry.objects.get(kind="cue", object_id=cue.pk).context


def test_a_study_cannot_end_before_it_starts(as_, member):
    fields = {"title": "T", "method": "interview", "status": "running", "lead": member.pk}
    fields |= {"team": member.teams.get().pk, "started_on": "2026-02-02", "ended_on": "2026-02-01"}
    response = as_(member).post(reverse("research:study_create"), fields)
    assert response.status_code == 422
    assert "cannot end before it starts" in response.content.decode()


def test_only_editors_of_the_team_edit(as_, team):
    study = StudyFactory()
    url = reverse("research:study_edit", args=[study.slug])
    assert as_(UserFactory(viewer_of=study.team)).get(url).status_code == 404
    assert as_(UserFactory(editor_of=team)).get(url).status_code == 404
    assert as_(UserFactory(editor_of=study.team)).get(url).status_code == 200
