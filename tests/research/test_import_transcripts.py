"""Many files at once, by the page and by the command: each has a result, none half a one."""

import datetime as dt
import io
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops.models import Event
from research.formats import filenames
from research.models import Cue, Recording, Session
from research.services import intake
from tests.factories.research import RecordingFactory, SessionFactory, StudyFactory

VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\n<v Dana>I gave up after the second error.\n"


@pytest.fixture
def study(member):
    return StudyFactory(team=member.teams.get(), lead=member)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def _run(folder, study, *more):
    out, err = io.StringIO(), io.StringIO()
    failed = ""
    try:
        call_command("import_transcripts", str(folder), "--study", study.slug, *more, stdout=out, stderr=err)
    except CommandError as error:
        failed = str(error)
    return out.getvalue(), err.getvalue(), failed


def _bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"<w:p>" + b" " * 300_000_000)
    return data.getvalue()


def _entities():
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", f'<!DOCTYPE x [<!ENTITY l0 "lol">{lols}]><x>&l9;</x>')
    return data.getvalue()


@pytest.mark.django_db
def test_a_folder_comes_in_once_and_a_dry_run_changes_nothing(folder, study, member):
    (folder / "wave 2").mkdir()
    (folder / "2026-05-03 Dana Whitlock.vtt").write_bytes(VTT)
    (folder / "wave 2" / "Field visit.txt").write_bytes(b"Date: 3 June 2026\n\nDana: Hello.\nMaya: Yes?\n")
    (folder / "wave 2" / "copy.vtt").write_bytes(VTT)
    (folder / "call.mp4").write_bytes(b"x")
    (folder / ".hidden.vtt").write_bytes(VTT)
    out, _, failed = _run(folder, study, "--dry-run")
    assert "2 would be added, 1 already here, 1 left out, 0 failed." in out
    assert not failed
    assert not Session.objects.exists()
    assert not Event.objects.filter(verb="session.added").exists()
    out, _, _ = _run(folder, study, "--by", member.email.upper())
    assert "2026-05-03 Dana Whitlock.vtt: added: “Dana Whitlock”, 2026-05-03" in out
    assert {(one.title, one.held_on, one.created_by) for one in Session.objects.all()} == {
        ("Dana Whitlock", dt.date(2026, 5, 3), member),
        ("Field visit", dt.date(2026, 6, 3), member),
    }
    out, _, _ = _run(folder, study)
    assert "0 added, 3 already here" in out
    assert Session.objects.count() == 2


@pytest.mark.django_db
def test_hostile_files_fail_alone_in_words_and_take_no_memory(folder, study):
    (folder / "0 good.vtt").write_bytes(VTT)
    (folder / "bomb.docx").write_bytes(_bomb())
    (folder / "entities.docx").write_bytes(_entities())
    (folder / "picture.vtt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "wrong.txt").write_bytes("Dana: Ja, schön.\n".encode("utf-16-le"))
    (folder / "line.txt").write_bytes(b"Dana: " + b"a" * 8_000_000)
    with (folder / "one line of a gigabyte.txt").open("wb") as file:
        file.truncate(1024**3)
    tracemalloc.start()
    _, err, failed = _run(folder, study)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "1 added, 0 already here, 0 left out, 7 failed." in failed
    assert peak < 64 * 1024**2
    for name, words in (
        ("bomb.docx", "unpack"),
        ("entities.docx", ""),
        ("picture.vtt", "this is a PNG picture, not a transcript"),
        ("empty.txt", "the file is empty"),
        ("wrong.txt", "UTF-8"),
        ("line.txt", "longer than"),
        ("one line of a gigabyte.txt", "1,024 MB, a transcript up to 20 MB"),
    ):
        line = next(line for line in err.splitlines() if line.startswith(f"{name}: failed:"))
        assert words.lower() in line.lower(), line
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_who_and_where_are_checked_first(folder, study):
    assert "no study “onbording”" in _run(folder, StudyFactory.build(slug="onbording"))[2]
    assert f"Did you mean {study.slug}" in _run(folder, StudyFactory.build(slug=study.slug + "x"))[2]
    assert "Nobody here" in _run(folder, study, "--by", "nobody@example.com")[2]
    other = SessionFactory().created_by
    assert "may not add sessions" in _run(folder, study, "--by", other.email)[2]
    assert "is not a folder" in _run(folder / "none", study)[2]


def _send(client, study, name, data=VTT, **fields):
    url = reverse("research:bulk_transcript", args=[study.slug])
    return client.post(url, {"file": SimpleUploadedFile(name, data), **fields})


def _begin(client, study, name, size=8_044):
    url = reverse("research:bulk_recording", args=[study.slug])
    return client.post(url, {"name": name, "size": str(size), "modified": "1777800000000"})


@pytest.mark.django_db
def test_each_file_of_the_page_has_its_result(as_, member, submitter, study):
    client = as_(member)
    added = _send(client, study, "recording.vtt", modified="1777800000000").json()
    assert (added["outcome"], added["title"], added["day"]) == ("added", "Session with Dana", "3 May 2026")
    assert _send(client, study, "again.vtt").json()["outcome"] == "here"
    wrong = _send(client, study, "x.vtt", b"\x89PNG\r\n\x1a\n")
    assert (wrong.status_code, wrong.json()["error"][:22]) == (422, "This is a PNG picture,")
    assert client.post(reverse("research:bulk_transcript", args=[study.slug])).status_code == 422
    files = [SimpleUploadedFile("a.txt", b"Dana: Hm.\nMaya: So?"), SimpleUploadedFile("b.vtt", b"GIF89a")]
    page = client.post(reverse("research:bulk_upload", args=[study.slug]), {"files": files}).content.decode()
    assert page.count('data-state="good"') == 1
    assert page.count('data-state="bad"') == 1
    foreign = SessionFactory().study
    assert _send(client, foreign, "a.vtt").status_code == 404
    assert _begin(client, foreign, "a.mp4").status_code == 404
    assert _send(as_(submitter), study, "a.vtt").status_code == 403


@pytest.mark.django_db
def test_a_recording_joins_its_transcript_whichever_comes_first(as_, member, study, settings):
    client = as_(member)
    _send(client, study, "GMT20260503-101500_Recording.transcript.vtt")
    first = _begin(client, study, "GMT20260503-101500_Recording_1920x1080.mp4")
    assert first.status_code == 201
    assert Recording.objects.get().session == Session.objects.get()
    second = _begin(client, study, "2026-05-04 Second call.m4a").json()
    assert _begin(client, study, "2026-05-04 Second call.m4a").json()["pk"] == second["pk"]
    session = Session.objects.get(title="Second call")
    assert (session.held_on, session.cues.count()) == (dt.date(2026, 5, 4), 0)
    filled = _send(client, study, "2026-05-04 second call.vtt", VTT + b"\n00:05.000 --> 00:06.000\nYes.\n")
    assert filled.json()["outcome"] == "joined"
    assert Cue.objects.filter(session=session).count() == 2
    assert Session.objects.count() == 2
    settings.RECORDING_MAX_BYTES = 10
    assert _begin(client, study, "Third.mp4").status_code == 422
    assert Session.objects.count() == 2  # no session for a recording that was refused
    RecordingFactory(session=session)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["audio_only.m4a", "recording.mp4", "zoom_0.mp4", "New Recording 3.m4a"])
def test_a_recorders_standard_name_tells_no_interview_from_another(study, member, now, name):
    def begin(size):
        day = dt.date(2026, 5, 3)
        return intake.recording(study, name=name, size=size, day=day, by=member, at=now)

    first, other = begin(1_000), begin(2_000)
    assert first.session != other.session
    assert begin(1_000) == first  # the same file goes on
    words = {"data": VTT, "filename": f"{name.rpartition('.')[0]}.vtt", "day": dt.date(2026, 5, 4)}
    taken = intake.transcript(study, **words, by=member, at=now)
    assert taken.session not in (first.session, other.session)
    named = intake.recording(study, name="Interview 3.mp4", size=9, day=words["day"], by=member, at=now)
    said = words | {"filename": "Interview 3.vtt", "data": VTT + b"\n00:05.000 --> 00:06.000\nYes.\n"}
    assert intake.transcript(study, **said, by=member, at=now).session == named.session


def test_names_of_files_tell_title_day_and_what_belongs_together():
    for name, title, day in (
        ("2026-05-03 Dana Whitlock.docx", "Dana Whitlock", dt.date(2026, 5, 3)),
        ("dana_whitlock_03.05.2026.txt", "Dana whitlock", dt.date(2026, 5, 3)),
        ("Call with Dana-20260503_101500-Meeting Recording.mp4", "Call with Dana", dt.date(2026, 5, 3)),
        ("May 3, 2026 call.srt", "Call", dt.date(2026, 5, 3)),
        ("P03 – onboarding.vtt", "P03 – onboarding", None),
        ("20261399.txt", "20261399", None),
    ):
        assert filenames.guess(name)[:2] == (title, day)
    for one, other in (
        ("GMT20260503-101500_Recording.transcript.vtt", "GMT20260503-101500_Recording_1920x1080.mp4"),
        ("Call-20260503_101500-Meeting Transcript.vtt", "Call-20260503_101500-Meeting Recording.mp4"),
        ("Interview 4.en.vtt", "interview_4.MP4"),
    ):
        assert filenames.stem_of(one) == filenames.stem_of(other)
    assert filenames.stem_of("Interview 4.vtt") != filenames.stem_of("Interview 5.vtt")


@given(st.text(max_size=60))
def test_no_name_is_too_odd(name):
    guess = filenames.guess(name)
    assert 0 < len(guess.title) <= 200
    filenames.stem_of(name)
    filenames.date_in(name)
