"""Who reads what is not for everybody is written down, and shown to those who answer for it."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from prodops import search
from prodops.models import Role
from prodops.services import attachments, structure
from research.models import AccessRecord, Part, Survey
from research.services import access_log
from tests.factories.prodops import EventFactory, NotificationFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(team):
    session = SessionFactory(
        study=StudyFactory(team=team, lead=UserFactory(), visibility="team", title="Quiet one")
    )
    session.source.save("a.txt", ContentFile(b"Dana: Yes."))
    HighlightFactory(session=session, tagged=[TagFactory()])
    return session


def noted():
    rows = AccessRecord.objects.order_by("what", "session_pk")
    return [(one.what, bool(one.session_pk), one.times) for one in rows]


def test_reading_is_one_row_a_day(as_, member, session):
    client = as_(member)
    for _ in range(3):
        client.get(session.get_absolute_url())
    client.get(session.study.get_absolute_url())
    assert noted() == [("read", False, 1), ("read", True, 3)]


def test_quotes_files_exports_and_hits_are_written_down(as_, member, session, now):
    client = as_(member)
    quote = session.highlights.get()
    for url in (
        reverse("research:highlight_list"),
        quote.get_absolute_url(),
        quote.tags.get().get_absolute_url(),
    ):
        client.get(url)
    assert noted() == [("read", True, 3)]
    assert b"".join(client.get(reverse("research:session_source", args=[session.pk])).streaming_content)
    client.get(reverse("research:highlight_csv"))
    client.get(reverse("research:session_csv"))
    cue = CueFactory(session=session, position=99, text="A zebrafish was there.")
    search.index(cue)
    client.get(reverse("search"), {"q": "zebrafish"})
    [file] = attachments.add(session, [upload()], by=member, at=now)
    assert b"".join(client.get(file.get_absolute_url()).streaming_content)
    assert noted() == [
        ("downloaded", True, 2),
        ("exported", False, 1),
        ("exported", True, 1),
        ("found", True, 1),
        ("read", True, 3),
    ]


def test_documents_reviews_results_and_personal_data_are_written_down(as_, member, session, now):
    client, study = as_(member), session.study
    part = Part.objects.create(
        session=session, kind="document", title="A", position=0, created_by=member, created_at=now
    )
    part.source.save("a.txt", ContentFile(b"Dana: Yes."))
    assert b"".join(client.get(reverse("research:part_source", args=[part.pk])).streaming_content)
    assert noted() == [("downloaded", True, 1)]
    session.highlights.update(orphaned_at=now)
    client.get(reverse("research:review_list"))
    client.get(reverse("research:redaction", args=[study.slug]), {"session": session.pk})
    client.get(reverse("research:redaction", args=[study.slug]))
    client.get(reverse("research:usability_results", args=[study.slug]))
    client.get(reverse("research:tag_palette"), {"study": study.slug})
    b"".join(client.get(reverse("research:usability_csv", args=[study.slug])))
    survey = Survey.objects.create(session=session)
    b"".join(client.get(reverse("research:survey_results_csv", args=[survey.pk])))
    assert noted() == [
        ("downloaded", True, 1),
        ("exported", False, 1),
        ("exported", True, 1),
        ("read", False, 3),
        ("read", True, 2),
    ]


def upload():
    file = ContentFile(b"hello", name="a.txt")
    file.content_type = "text/plain"
    return file


def test_what_everybody_may_read_is_not_written_down(as_, member, team):
    session = SessionFactory(study=StudyFactory(team=team))
    HighlightFactory(session=session)
    client = as_(member)
    for url in (
        session.get_absolute_url(),
        session.study.get_absolute_url(),
        reverse("research:highlight_csv"),
    ):
        client.get(url)
    assert noted() == []


def test_the_lead_and_product_ops_see_it(as_, people, session, now):
    member = people[Role.MEMBER]
    access_log.sessions(member, "read", [session], at=now)
    url = reverse("research:study_access", args=[session.study.slug])
    assert as_(member).get(url).status_code == 403
    assert as_(UserFactory()).get(url).status_code == 404
    for person in (session.study.lead, people[Role.PRODUCT_OPS]):
        page = as_(person).get(url).text
        assert member.name in page
        assert session.title in page
    table = b"".join(
        as_(session.study.lead).get(reverse("research:study_access_csv", args=[session.study.slug]))
    )
    assert member.email in table.decode()


def test_who_leaves_the_team_keeps_no_titles(member, team, session, now, django_capture_on_commit_callbacks):
    told = EventFactory(subject_type="research.session", subject_id=session.pk)
    NotificationFactory(recipient=member, event=told, text="About “Quiet one”")
    with django_capture_on_commit_callbacks(execute=True):
        structure.remove_member(team, member, by=None, at=now)
    assert not member.notifications.exists()


def test_how_to_reach_somebody_is_for_few_and_written_down(as_, people, team, now):
    person = ParticipantFactory(email="dana@northwind.example")
    session = SessionFactory(study=StudyFactory(team=team), participant=person)
    card, contact = (
        reverse(f"research:participant_{name}", args=[person.pk]) for name in ("detail", "contact")
    )
    page = as_(people[Role.MEMBER]).get(card).text
    assert session.title in page
    assert person.email not in page
    assert as_(people[Role.MEMBER]).get(contact).status_code == 403
    assert person.email not in as_(people[Role.PRODUCT_OPS]).get(card).text
    assert noted() == []
    client = as_(people[Role.PRODUCT_OPS])
    assert person.email in client.get(contact).text
    assert noted() == [("contact", False, 1)]
    assert client.post(contact, {"email": "no address"}).status_code == 422
    client.post(contact, {"email": "new@northwind.example"})
    person.refresh_from_db()
    assert person.email == "new@northwind.example"
