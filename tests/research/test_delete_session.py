import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from prodops import search
from prodops.models import SearchEntry
from research.models import Cue, Part, Session
from research.services import participants, sessions
from tests.factories.research import CueFactory, HighlightFactory, InsightFactory, SessionFactory

pytestmark = pytest.mark.django_db


def test_a_session_goes_with_all_it_holds(now, django_capture_on_commit_callbacks):
    session = SessionFactory()
    session.source.save("a.txt", ContentFile(b"Dana: Yes."))
    part = Part.objects.create(
        session=session,
        kind="document",
        title="Visit",
        position=0,
        created_by=session.created_by,
        created_at=now,
    )
    part.source.save("visit.pdf", ContentFile(b"%PDF"))
    HighlightFactory(session=session)
    search.index_many(session.cues.select_related("session__study"))
    with django_capture_on_commit_callbacks(execute=True):
        sessions.delete(session, by=session.created_by, at=now)
    assert not Session.objects.exists()
    assert not Cue.objects.exists()
    assert not SearchEntry.objects.filter(kind__in=["session", "cue", "highlight"]).exists()
    assert not default_storage.exists(session.source.name)
    assert not default_storage.exists(part.source.name)


def test_a_session_that_insights_stand_on_stays(as_, member):
    session = SessionFactory(study__team=member.teams.get())
    InsightFactory(evidence=[HighlightFactory(session=session)])
    response = as_(member).post(reverse("research:session_delete", args=[session.pk]), follow=True)
    assert "1 insight stands on highlights of this session" in response.content.decode()
    assert Session.objects.exists()


def test_a_new_title_and_another_day_are_found(now):
    cue = CueFactory()
    session = cue.session
    person = participants.Person("Dana", None, "Dispatcher")
    day = dt.date(2026, 3, 2)
    sessions.edit(session, title="A second call", held_on=day, person=person, by=session.created_by, at=now)
    assert SearchEntry.objects.get(kind="session", object_id=session.pk).title == "A second call"
    assert SearchEntry.objects.get(kind="cue", object_id=cue.pk).happened_at.date() == day
    assert session.participant.role == "Dispatcher"
