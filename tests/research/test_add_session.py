import datetime as dt
import html
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from prodops.models import Event, SearchEntry
from research.models import Cue, Participant, Session
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import ParticipantFactory, SessionFactory, StudyFactory

pytestmark = pytest.mark.django_db
VTT = b"""WEBVTT

00:00:04.000 --> 00:00:09.500
<v Maya Lindqvist>What happened the first time?

00:00:10.000 --> 00:00:21.000
<v Dana Whitlock>I gave up after the second error.
"""
SRT = b"""1
00:00:01,000 --> 00:00:03,000
Dana: I gave up.

2
00:00:04,000 --> 00:00:06,000
Maya: And then?
"""


@pytest.fixture
def study(member):
    return StudyFactory(team=member.teams.get(), lead=member)


@pytest.fixture
def send(as_, member, study):
    def post(content=None, name="call.vtt", **fields):
        data = {
            "title": "Interview with a dispatcher",
            "held_on": "2026-11-12",
            "moderator": member.pk,
            "account": "",
            "participant": "",
            "role": "",
            "pasted": "",
            **fields,
        }
        if content is not None:
            data["transcript"] = SimpleUploadedFile(name, content)
        return as_(member).post(reverse("research:session_create", args=[study.slug]), data)

    return post


def docx(*paragraphs):
    import docx as word

    document, out = word.Document(), BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def test_a_transcript_comes_in_whole(send, study, member):
    account = CustomerAccountFactory(name="Northwind Freight")
    response = send(VTT, account_text="northwind freight", participant="Dana Whitlock", role="Dispatcher")
    session = Session.objects.get()
    assert response.url == session.get_absolute_url()
    assert session.held_on == dt.date(2026, 11, 12)
    assert (session.format, session.duration_ms) == ("webvtt", 21_000)
    assert (session.participant.name, session.participant.account) == ("Dana Whitlock", account)
    assert list(session.cues.values_list("position", "start_ms", "speaker", "text")) == [
        (0, 4_000, "Maya Lindqvist", "What happened the first time?"),
        (1, 10_000, "Dana Whitlock", "I gave up after the second error."),
    ]
    assert session.source.open("rb").read() == VTT
    assert Event.objects.filter(verb="session.added", by=member).count() == 1


def test_each_turn_is_found_with_a_link_to_its_moment(send):
    send(VTT)
    cue = Cue.objects.get(position=1)
    entry = SearchEntry.objects.get(kind="cue", object_id=cue.pk)
    assert entry.url == f"{cue.session.get_absolute_url()}#c{cue.pk}"
    assert "Dana Whitlock · 00:10" in entry.context


@pytest.mark.parametrize(
    ("name", "content", "turns"),
    [
        ("a.srt", SRT, 2),
        ("a.txt", b"Dana: I gave up.\nMaya: And then?\nDana: I called.", 3),
        ("a.docx", docx("Dana: I gave up.", "Maya: And then?"), 2),
    ],
)
def test_other_kinds_of_file_are_read_too(send, name, content, turns):
    assert send(content, name=name).status_code == 302
    assert Session.objects.get().cues.count() == turns


def test_text_may_be_pasted(send):
    assert send(pasted="Dana: I gave up.\nMaya: And then?").status_code == 302
    assert Session.objects.get().source_name == "pasted.txt"


def test_a_malformed_file_names_the_line_and_keeps_what_was_typed(send):
    response = send(VTT.replace(b"00:00:21.000", b"00:00:nonsense"), participant="Dana", title="My title")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 6" in page
    assert 'value="My title"' in page
    assert not Session.objects.exists()
    assert not Cue.objects.exists()
    assert not Participant.objects.exists()
    assert not SearchEntry.objects.filter(kind="cue").exists()
    assert not default_storage.exists("transcripts")


def test_a_picture_is_refused_by_what_it_is(send):
    response = send(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, name="call.vtt")
    assert response.status_code == 422
    assert not Session.objects.exists()


def test_the_same_file_twice_leads_to_the_session_that_is_there(send):
    send(VTT)
    session = Session.objects.get()
    response = send(VTT, title="Again")
    assert response.status_code == 422
    assert f'href="{session.get_absolute_url()}"' in response.content.decode()
    assert Session.objects.count() == 1


def test_a_file_too_large_is_refused_before_it_is_read(send, monkeypatch):
    monkeypatch.setattr("research.forms.transcripts.MAX_BYTES", 100)
    response = send(VTT)
    assert response.status_code == 422
    assert "Upload the text, not the recording" in response.content.decode()


def test_an_account_that_is_not_there_is_said_so(send):
    response = send(VTT, account_text="Nowhere Ltd")
    assert "There is no account called “Nowhere Ltd”" in response.content.decode()
    assert not Session.objects.exists()


def test_of_two_accounts_of_one_name_the_chosen_one_is_taken(send):
    first, second = CustomerAccountFactory(name="Northwind"), CustomerAccountFactory(name="Northwind")
    response = send(VTT, account_text="Northwind", participant="Dana")
    assert "More than one account is called “Northwind”" in response.content.decode()
    send(VTT, account=second.slug, account_text="Northwind", participant="Dana")
    assert Session.objects.get().participant.account == second != first


def test_somebody_known_is_not_made_again(send):
    account = CustomerAccountFactory(name="Northwind")
    dana = ParticipantFactory(name="Dana Whitlock", account=account)
    ParticipantFactory(name="Dana Whitlock")  # of no account
    send(VTT, account_text="Northwind", participant="dana whitlock")
    assert Session.objects.get().participant == dana


def test_nothing_given_asks_for_a_file(send):
    assert "Choose a file, or paste the text" in send().content.decode()


def test_a_teammate_of_another_team_cannot_add(as_, study, people):
    from prodops.models import Role
    from tests.factories.prodops import UserFactory

    url = reverse("research:session_create", args=[study.slug])
    assert as_(UserFactory()).get(url).status_code == 404
    assert as_(people[Role.SUBMITTER]).get(url).status_code == 403
    assert as_(people[Role.PRODUCT_OPS]).get(url).status_code == 200


def test_the_file_is_downloaded_never_shown(send, as_, member):
    send(VTT)
    response = as_(member).get(reverse("research:session_source", args=[Session.objects.get().pk]))
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == VTT


def test_a_file_that_the_store_lost_is_not_found(send, as_, member):
    send(VTT)
    session = Session.objects.get()
    default_storage.delete(session.source.name)
    url = reverse("research:session_source", args=[session.pk])
    assert as_(member).get(url).status_code == 404


def test_suggestions_know_the_account(as_, member):
    account = CustomerAccountFactory(name="Northwind")
    SessionFactory(participant=ParticipantFactory(name="Dana", account=account))
    SessionFactory(participant=ParticipantFactory(name="Danilo"))
    url = reverse("research:participant_options")
    for typed in ({"account_text": "northwind"}, {"account": account.slug, "account_text": "North"}):
        page = as_(member).get(url, {"participant": "dan", **typed}).content.decode()
        assert "Dana" in page
        assert "Danilo" not in page


def test_a_session_is_of_the_kind_its_study_asks_for_or_another(send, study):
    study.method = "usability_test"
    study.save()
    send(VTT)
    assert Session.objects.get().kind == "moderated_test"
    send(SRT, name="b.srt", kind="sales_call")
    assert Session.objects.get(source_name="b.srt").kind == "sales_call"


BROKEN = b"""WEBVTT

00:00:01.000 --> 00:00:03.000
<v Maya>What happened?

00:00:04.000 --> 00:0x:06.000
<v Dana>I gave up.

and called support

00:00:07.000 --> 00:00:09.000
<v Maya>And then?
"""


def test_a_malformed_transcript_is_shown_as_it_was_read_and_taken_when_confirmed(send, study):
    shown = send(BROKEN)
    assert shown.status_code == 422
    page = shown.content.decode()
    assert "2 places of this file are malformed." in page
    assert "Line 6: the end time “00:0x:06.000” is not a time" in page
    assert "Line 9: the text “and called support” has no time line" in page
    assert not Session.objects.exists()
    form = shown.context["form"] if shown.context else None
    read = form["pasted"].value() if form else page.partition("<textarea")[2].partition(">")[2]
    read = html.unescape(read.partition("</textarea>")[0])
    assert 'name="source_name" value="call.vtt"' in page
    assert send(pasted=read.replace("\n", "\r\n"), source_name="call.vtt").status_code == 302
    session = Session.objects.get()
    assert [(cue.start_ms, cue.text) for cue in session.cues.order_by("position")] == [
        (1000, "What happened?"),
        (4000, "I gave up."),
        (None, "and called support"),
        (7000, "And then?"),
    ]
    assert session.source_name == "call.vtt"


def test_a_session_without_a_transcript_is_given_one_later(as_, member, study):
    session = SessionFactory(study=study, title="Only recorded")
    client, url = as_(member), reverse("research:session_transcript", args=[session.pk])
    assert url in client.get(session.get_absolute_url()).content.decode()
    assert "WEBVTT" in client.post(url, {"transcript": SimpleUploadedFile("a.vtt", BROKEN)}).content.decode()
    assert "Choose a file" in client.post(url, {"pasted": ""}).content.decode()
    assert client.post(url, {"transcript": SimpleUploadedFile("a.vtt", VTT)}).status_code == 302
    assert session.cues.count() == 2
    assert "Add the transcript" not in client.get(session.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 302
    other = SessionFactory(study=study)
    twice = client.post(
        reverse("research:session_transcript", args=[other.pk]),
        {"transcript": SimpleUploadedFile("a.vtt", VTT)},
    )
    assert "in the study already" in twice.content.decode()
