import contextlib
import io
import zipfile

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops import files
from prodops.models import Attachment, Event
from prodops.services import attachments
from tests.factories.prodops import CustomerAccountFactory

LABEL = "prodops.customeraccount"


def office(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return content.getvalue()


GOOD = {
    "a.png": b"\x89PNG\r\n\x1a\n....",
    "a.jpg": b"\xff\xd8\xff\xe0....",
    "a.JPEG": b"\xff\xd8\xff\xe0....",
    "a.gif": b"GIF89a....",
    "a.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "a.pdf": b"%PDF-1.7 ...",
    "a.txt": "Grüße\n".encode("latin-1"),
    "a.csv": b"\xef\xbb\xbfname;value\r\nx;1\r\n",
    "utf16.csv": "a\tb\n".encode("utf-16"),
    "a.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi",
    "a.srt": b"1\n00:00:00,000 --> 00:00:01,000\nHi",
    "a.docx": office("word/document.xml"),
    "a.xlsx": office("xl/workbook.xml"),
    "a.pptx": office("ppt/presentation.xml"),
}
BAD = {
    "page.html": b"<html>",
    "drawing.svg": b"<svg/>",
    "run.exe": b"MZ",
    "archive.zip": office("x"),
    "noending": b"hello",
    "": b"hello",
    "a.png": b"<script>alert(1)</script>",
    "b.png": b"%PDF-1.7",
    "a.pdf": b"MZ\x90\x00",
    "a.txt": b"\x00\x01\x02",
    "b.txt": b"  <!DOCTYPE html><script>",
    "c.csv": b"\xef\xbb\xbf<svg onload=alert(1)>",
    "a.vtt": b"1\n00:00:00,000",
    "a.docx": office("xl/workbook.xml"),
    "macro.docx": office("word/document.xml", "word/vbaProject.bin"),
    "b.docx": b"PK\x03\x04 broken",
    "empty.txt": b"",
}


@pytest.fixture
def account(db):
    return CustomerAccountFactory()


def upload(name, content):
    return SimpleUploadedFile(name or "x", content)


@pytest.mark.parametrize("name", GOOD)
def test_a_kind_on_the_list_is_taken(name):
    content = GOOD[name]
    assert files.check(name, io.BytesIO(content), len(content), most=10_000)


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_its_name_says_is_refused(name):
    content = BAD[name]
    with pytest.raises(files.Refused):
        files.check(name, io.BytesIO(content), len(content), most=10_000)


@given(st.sampled_from([*files.KINDS]), st.binary(max_size=300))
def test_no_content_breaks_the_check(ending, content):
    for body in (content, b"PK\x03\x04" + content + b"PK\x05\x06" + content[:30]):
        with contextlib.suppress(files.Refused):
            files.check(f"x.{ending}", io.BytesIO(body), len(body), most=10_000)


def test_a_file_is_kept_under_a_random_name_with_its_hash(account, member, now):
    (kept,) = attachments.add(account, [upload("../../Q3 plan.txt", b"hello")], by=member, at=now)
    assert kept.name == "Q3 plan.txt"
    assert "plan" not in kept.file.name
    assert kept.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert kept.content_type == "text/plain"
    assert default_storage.open(kept.file.name).read() == b"hello"
    assert Event.objects.get().verb == "attachment.added"


def test_of_several_files_all_are_kept_or_none(account, member, now):
    with pytest.raises(attachments.Refused, match=r"b\.exe"):
        attachments.add(account, [upload("a.txt", b"x"), upload("b.exe", b"MZ")], by=member, at=now)
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused_in_words(account, member, now, settings):
    settings.ATTACHMENT_MAX_BYTES = 1_000_000
    with pytest.raises(attachments.Refused, match=r"“a\.txt” is 1\.2 MB; a file may have up to 1 MB"):
        attachments.add(account, [upload("a.txt", b"x" * 1_200_000)], by=member, at=now)


def test_nothing_stays_on_disk_if_the_rows_fail(account, member, now, monkeypatch, settings):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(attachments.activity, "record", fail)
    with pytest.raises(RuntimeError):
        attachments.add(account, [upload("a.txt", b"x")], by=member, at=now)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_a_full_disk_is_an_answer_not_an_error(as_, member, account, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    url = reverse("attachment_add", args=[LABEL, account.pk])
    response = as_(member).post(url, {"files": upload("a.txt", b"x")}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "could not be stored" in response.text
    assert not Attachment.objects.exists()


def test_the_file_goes_from_disk_once_the_deletion_is_committed(
    account, member, now, django_capture_on_commit_callbacks
):
    (kept,) = attachments.add(account, [upload("a.txt", b"x")], by=member, at=now)
    with django_capture_on_commit_callbacks() as waiting:
        attachments.delete(kept, account, by=member, at=now)
    assert default_storage.exists(kept.file.name)
    for callback in waiting:
        callback()
    assert not default_storage.exists(kept.file.name)
    assert not Attachment.objects.exists()


class TestPages:
    def test_a_file_is_downloaded_and_never_rendered(self, as_, submitter, member, account, now):
        (kept,) = attachments.add(account, [upload("naïve “x”.txt", b"hello")], by=member, at=now)
        response = as_(submitter).get(kept.get_absolute_url())
        assert b"".join(response.streaming_content) == b"hello"
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_who_may_not_see_the_thing_gets_no_file(self, as_, submitter, member, account, now, monkeypatch):
        from prodops import subjects
        from prodops.access import Can

        (kept,) = attachments.add(account, [upload("a.txt", b"hello")], by=member, at=now)
        monkeypatch.setitem(subjects._capabilities, LABEL, Can.RESEARCH_READ)
        assert as_(submitter).get(kept.get_absolute_url()).status_code == 404
        assert as_(member).get(kept.get_absolute_url()).status_code == 200

    def test_a_file_lost_from_disk_is_not_found(self, as_, member, account, now):
        (kept,) = attachments.add(account, [upload("a.txt", b"hello")], by=member, at=now)
        default_storage.delete(kept.file.name)
        assert as_(member).get(kept.get_absolute_url()).status_code == 404

    def test_only_who_attached_a_file_removes_it(self, as_, member, admin, account, now):
        (kept,) = attachments.add(account, [upload("a.txt", b"hello")], by=member, at=now)
        url = reverse("attachment_delete", args=[kept.pk])
        assert as_(admin).post(url).status_code == 404
        assert as_(member).post(url).status_code == 302

    def test_a_refused_upload_is_said_beside_the_field(self, as_, member, account):
        url = reverse("attachment_add", args=[LABEL, account.pk])
        response = as_(member).post(url, {"files": upload("a.svg", b"<svg/>")})
        assert response.status_code == 422
        assert "can&#39;t be attached" in response.text
        assert as_(member).post(url).status_code == 422
