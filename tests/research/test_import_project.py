"""REFI-QDA projects and codebooks come in with text, codes, codings and memos, once, and can be undone."""

import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from prodops.jobs import enqueue
from prodops.models import Comment, Event, JobState
from research.formats import refi
from research.formats.packages import Package
from research.formats.refi import incoming, outgoing
from research.models import Highlight, MaterialImport, Participant, Session, Tag, TagGroup
from research.queries import exchange as material
from research.services import exchange, taxonomy
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory
from tests.research import exchange_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(people, member, team):
    return StudyFactory(team=team, lead=member)


def bring(data, study, by, now, *, name="project.qdpx", **choices):
    load = exchange.stage(SimpleUploadedFile(name, data), study=study, by=by, at=now)
    job = None
    with _committed():
        job = exchange.start(load, choices=choices, by=by, at=now)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.log
    load.refresh_from_db()
    return load


def _committed():
    from django.test import TestCase

    return TestCase.captureOnCommitCallbacks(execute=True)


def said(highlight):
    return highlight.quote, sorted(tag.name for tag in highlight.tags.all())


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_maxqda_project_comes_in(study, member, now, ends):
    maya = UserFactory(name="Maya Lindqvist")
    study.team.memberships.create(user=maya)
    load = bring(files.maxqda(files.TEXT.replace("\n", ends)), study, member, now)
    session = study.sessions.get()
    assert [(cue.speaker, cue.text) for cue in session.cues.all()][1] == (
        "Dana",
        "I gave up after the second error. 😀 Nobody told me what was wrong.",
    )
    first, second = Highlight.objects.order_by("start_cue__position", "start_offset")
    assert said(first) == ("I gave up after the second error.", ["Calls support", "Import errors"])
    assert second.quote == "wrong.\nWhat did you do then?\nI called our"
    assert {one.tag.name: one.created_by for one in first.taggings.all()} == {
        "Import errors": maya,
        "Calls support": member,  # Somebody Else has no account here
    }
    assert Comment.objects.about(first).get().body == "She sounds tired."
    errors = Tag.objects.get(name="Import errors")
    assert (errors.parent.name, errors.colour, errors.study) == ("Barriers", "red", study)
    assert Tag.objects.get(name="Barriers").guideline == "What stops people."
    assert dict(load.outline["losses"]) == {"Pictures": 1, "Groups of sources": 1}
    assert load.outline["unknown_people"] == ["Somebody Else"]
    assert Event.objects.filter(verb="material.imported", subject_id=study.pk).count() == 1


def test_an_nvivo_project_comes_in_with_cases_annotations_and_transcripts(study, member, now):
    load = bring(files.nvivo(), study, member, now)
    session = study.sessions.get(title="Interview 1")
    assert (session.participant.name, session.participant.role) == ("Dana Whitlock", "Dispatcher")
    coded, noted = session.highlights.order_by("-start_cue__position")
    assert said(coded) == ("called our account manager", ["Import errors"])
    assert said(noted) == ("Nobody told me", [])
    assert Comment.objects.about(noted).get().body == "**Annotation**\n\nShe laughs here."
    assert Comment.objects.about(session).get().body == "Variables:\n- Age: 41"
    assert Comment.objects.about(study).get().body == "**Field diary**\n\nIt rained all day."
    call = study.sessions.get(title="Call.m4a")
    assert [cue.start_ms for cue in call.cues.all()] == [0, 4200]
    assert sorted(map(said, call.highlights.all())) == [
        ("Hello, Dana.", ["Barriers"]),
        ("The import fai", ["Import errors"]),
    ]
    assert dict(load.outline["losses"]) == {"Recordings without a transcript": 1}


def test_an_atlas_project_counts_line_ends_as_one_and_groups_its_codes(study, member, now):
    bring(files.atlas(), study, member, now)
    highlight = Highlight.objects.get()
    assert said(highlight) == ("I called our account manager.", ["Import errors"])
    assert Comment.objects.about(highlight).get().body == "Ask her again."
    tag = Tag.objects.get()
    assert (tag.group.name, tag.colour) == ("Problems", "blue")
    assert Comment.objects.about(tag).get().body == "**Import errors**\n\nOf any importer."


def test_a_qualcoder_project_makes_groups_of_its_categories(study, member, now):
    bring(files.qualcoder(), study, member, now)
    assert said(Highlight.objects.get()) == ("second error", ["Import errors"])
    assert Tag.objects.get().group.name == "Problems"
    assert {comment.body for comment in Comment.objects.all()} == {"file memo", "coding memo"}


def test_what_the_standard_has_beyond_these_comes_in_or_is_said_to_be_lost(study, member, now):
    maya, priya = (UserFactory(name=name) for name in ("Maya Lindqvist", "Priya Raman"))
    for one in (maya, priya):
        study.team.memberships.create(user=one)
    load = bring(files.whole_standard(), study, member, now)
    dana, report, board = (study.sessions.get(title=title) for title in ("Dana", "Report.pdf", "Whiteboard"))
    told = dana.highlights.get()
    assert said(told) == ("Nobody told me", ["Import errors"])
    tagging = told.taggings.get()
    assert (tagging.created_by, [one.by for one in tagging.seconds.all()]) == (maya, [priya])
    assert said(report.highlights.get()) == ("the import fails on Mondays", ["On Mondays"])
    assert Tag.objects.get(name="On Mondays").parent.parent.name == "Barriers"
    assert board.cues.get().text == "Three boxes and an arrow."
    memos = {session.title: Comment.objects.about(session).get().body for session in (dana, board)}
    assert memos == {
        "Dana": "The whole source was coded with: Barriers",
        "Whiteboard": "The whole source was coded with: Import errors",
    }
    assert dict(load.outline["losses"]) == {
        "Codings of a part of a page or picture": 2,
        "Codings of what has no text": 1,
        "Codings that repeat another: the same words, the same code": 1,
        "Recordings without a transcript": 1,
        "Sources whose text cannot be read": 1,
    }
    where = "its text lies outside the project (relative:///texts/elsewhere.txt)"
    assert load.outline["unread"] == [["Elsewhere", where]]
    exchange.undo(load, by=member, at=now)
    assert not Highlight.objects.exists()


def test_taguettes_codebook_and_highlights_come_in(study, member, now):
    session = SessionFactory(study=study, title="Interview with Dana", source_name="dana.txt")
    for words in files.TEXT.splitlines()[1::3]:
        CueFactory(session=session, text=words.removeprefix("Dana: "))
    book, table = files.taguette()
    bring(book, study, member, now, name="codebook.qdc")
    load = bring(table, study, member, now, name="all_tags.csv")
    assert load.outline["faults"] == []
    assert sorted(map(said, session.highlights.all())) == [
        ("I called our account manager.", ["support"]),
        ("I gave up after the second error.", ["errors.import", "support"]),
    ]
    assert Tag.objects.count() == 2


def test_a_codebook_joins_tags_of_the_same_name_or_makes_new_ones(ops, now):
    here = TagFactory(name="import errors")
    load = bring(files.codebook(), None, ops, now, name="tags.qdc")
    barriers = Tag.objects.get(name="Barriers")
    assert (barriers.study, barriers.colour, barriers.group.name) == (None, "green", "Problems")
    assert [tag["state"] for tag in load.outline["tags"]] == ["new", "same"]
    exchange.undo(load, by=ops, at=now)
    assert list(Tag.objects.all()) == [here]
    assert not TagGroup.objects.filter(name="Problems").exists()
    bring(files.codebook(), None, ops, now, name="tags.qdc", tags={files.ERRORS.lower(): "new"})
    assert set(Tag.objects.values_list("name", flat=True)) == {
        "import errors",
        "Import errors (2)",
        "Barriers",
    }


def test_the_same_file_again_adds_nothing_and_undo_takes_all_back(study, member, now):
    first = bring(files.nvivo(), study, member, now)
    before = {model: model.objects.count() for model in (Session, Highlight, Tag, Comment, Participant)}
    second = bring(files.nvivo(), study, member, now)
    assert second.outline["nothing"] is True
    assert second.outline["differences"] == []
    assert {model: model.objects.count() for model in before} == before
    exchange.undo(first, by=member, at=now)
    assert {model: model.objects.count() for model in before} == dict.fromkeys(before, 0)


def test_undo_stops_where_people_have_built_on_the_import(study, member, now):
    load = bring(files.maxqda(), study, member, now)
    highlight = Highlight.objects.first()
    HighlightFactory(session=highlight.session, start_cue=highlight.start_cue, start_offset=0, end_offset=3)
    with pytest.raises(exchange.Overtaken, match="1 highlight was added"):
        exchange.undo(load, by=member, at=now)
    assert Highlight.objects.count() == 3


def test_our_own_project_comes_back_with_turns_times_codings_and_memos(study, member, team, now):
    tag = TagFactory(name="Import errors", guideline="Any importer.\nNot exports.")
    session = SessionFactory(study=study, moderator=member)
    session.cues.create(position=900_000, start_ms=1200, end_ms=None, speaker="", text="=odd\nwords 😀")
    highlight = HighlightFactory(session=session, tagged=[tag])
    Comment.objects.create(
        subject_type="research.highlight", subject_id=highlight.pk, author=member, body="Why?", at=now
    )
    data = b"".join(outgoing.project_bytes(material.study_material(study, member)))
    bundle = incoming.bundle_of(Package(io.BytesIO(data)))
    expected = material.study_material(study, member)
    (came,), (went,) = bundle.sessions(), expected.sessions()
    for name in (
        "guid",
        "title",
        "turns",
        "marks",
        "kind",
        "held_on",
        "participant",
        "moderator",
        "by",
        "at",
    ):
        assert getattr(came, name) == getattr(went, name), name
    assert bundle.memos == expected.memos
    assert [theme.guideline for theme in bundle.themes] == ["Any importer.\nNot exports."]
    load = exchange.stage(SimpleUploadedFile("again.qdpx", data), study=study, by=member, at=now)
    assert load.outline["nothing"], load.outline
    other = StudyFactory(team=team, lead=member)
    bring(data, other, member, now)
    assert [said(one) for one in Highlight.objects.filter(session__study=other)] == [said(highlight)]
    assert other.sessions.get().cues.last().text == "=odd\nwords 😀"


def test_a_merged_tag_is_no_code_of_its_own_in_another_tool(study, member, ops, now):
    old, into = TagFactory(name="Import error", study=study), TagFactory(name="Import failure")
    HighlightFactory(session=SessionFactory(study=study, moderator=member), tagged=[old])
    Comment.objects.create(subject_type="research.tag", subject_id=old.pk, author=member, body="Why?", at=now)
    taxonomy.merge([old], into, by=ops, at=now)
    data = b"".join(outgoing.project_bytes(material.study_material(study, member)))
    project = refi.read_project(Package(io.BytesIO(data)))
    assert [(code.name, len(code.notes)) for code in project.codes] == [("Import failure", 1)]
    load = exchange.stage(SimpleUploadedFile("again.qdpx", data), study=study, by=member, at=now)
    assert (load.outline["nothing"], load.outline["differences"]) == (True, [])


def test_the_pages_lead_from_upload_to_undo(as_, study, member):
    client = as_(member)
    upload = SimpleUploadedFile("project.qdpx", files.maxqda())
    client.post("/research/imports/new/", {"file": upload, "study": study.pk})
    load = MaterialImport.objects.get()
    page = client.get(load.get_absolute_url()).content.decode()
    assert "are new here and would be brought in" in page
    assert "Pictures" in page
    with _committed():
        client.post(f"/research/imports/{load.pk}/start/")
    assert "Undo the import" in client.get(load.get_absolute_url()).content.decode()
    exported = b"".join(client.get(f"/research/studies/{study.slug}/qdpx/").streaming_content)
    assert exported.startswith(b"PK")
    client.post(f"/research/imports/{load.pk}/undo/")
    assert not Session.objects.exists()
    assert client.get("/research/imports/").status_code == 200


def test_a_project_needs_a_study_and_the_workspaces_tags_product_ops(as_, member):
    page = as_(member).post("/research/imports/new/", {"file": SimpleUploadedFile("a.qdpx", files.maxqda())})
    assert "Choose the study that its sessions go to" in page.content.decode()
    page = as_(member).post("/research/imports/new/", {"file": SimpleUploadedFile("a.qdc", files.codebook())})
    assert "Only product ops adds tags to the workspace" in page.content.decode()


def test_a_large_file_is_read_by_a_worker(as_, study, member, now, monkeypatch):
    monkeypatch.setattr("research.services.exchange.staging.AT_ONCE", 0)
    client, url = as_(member), reverse("research:import_new")
    client.post(url, {"file": SimpleUploadedFile("project.qdpx", files.maxqda()), "study": study.pk})
    load = MaterialImport.objects.get()
    assert load.is_reading
    page = client.get(load.get_absolute_url())
    assert "Being read" in page.content.decode()
    with _committed():
        enqueue("research.tasks.read_material", job_id=load.job_id)
    load.refresh_from_db()
    assert load.is_staged
    assert load.outline["counts"]["sessions"]
    assert client.get(load.get_absolute_url(), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    exchange.discard(load)
    broken = files.qdpx("<Project xmlns='urn:QDA-XML:project:1.0'><Users>")
    with _committed():
        load = exchange.stage(SimpleUploadedFile("p.qdpx", broken), study=study, by=member, at=now)
    load.refresh_from_db()
    assert load.is_unreadable
    assert load.job.state == JobState.FAILED
    assert load.outline["unreadable"] in html.unescape(client.get(load.get_absolute_url()).content.decode())
    client.post(reverse("research:import_discard", args=[load.pk]))
    assert not MaterialImport.objects.exists()
