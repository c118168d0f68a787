"""A recording comes in by the chunk, whatever happens on the way."""

import base64
import errno
import hashlib
import io
import json
import tracemalloc
from datetime import timedelta

import pytest
from django.urls import reverse

from prodops.models import Event
from research.formats import media
from research.models import Recording
from research.services import media_store, recordings, sessions
from tests.factories.research import RecordingFactory, SessionFactory
from tests.research.sounds import wav

pytestmark = pytest.mark.django_db
SOUND = wav(2)
SIZE = len(SOUND)


@pytest.fixture
def session(member):
    return SessionFactory(study__team=member.teams.get())


@pytest.fixture
def upload(as_, member, session, settings):
    settings.RECORDING_CHUNK_BYTES = 10_000
    return Upload(as_(member), session)


class Upload:
    """What the uploader of the page does, step by step."""

    def __init__(self, client, session):
        self.client, self.session = client, session

    def begin(self, name="call.wav", size=SIZE):
        url = reverse("research:recording_create", args=[self.session.pk])
        return self.client.post(
            url, json.dumps({"name": name, "size": size}), content_type="application/json"
        )

    def put(self, pk, offset, data, **headers):
        url = reverse("research:recording_upload", args=[pk])
        return self.client.put(
            url,
            data,
            content_type="application/octet-stream",
            headers={"Upload-Offset": str(offset), **headers},
        )

    def finish(self, pk, sha256=""):
        return self.client.post(reverse("research:recording_finish", args=[pk]), {"sha256": sha256})

    def send(self, pk, start=0, stop=SIZE):
        while start < stop:
            answer = self.put(pk, start, SOUND[start : start + 10_000])
            assert answer.status_code == 200, answer.content
            start = answer.json()["offset"]


def test_a_recording_arrives_in_chunks_whole_and_typed_by_its_bytes(upload, session):
    begun = upload.begin("C:\\calls\\call.mp3")
    assert begun.status_code == 201
    pk = begun.json()["pk"]
    upload.send(pk)
    done = upload.finish(pk, hashlib.sha256(SOUND).hexdigest())
    assert done.json()["state"] == "ready"
    row = Recording.objects.get()
    assert (row.name, row.media_type, row.duration_ms) == ("call.mp3", "audio/wav", 2000)
    assert row.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert media_store.path_of(row.file).read_bytes() == SOUND
    assert Event.objects.filter(verb="recording.added", subject_id=session.pk).count() == 1
    assert upload.finish(pk).json()["state"] == "ready"  # asked twice
    assert upload.begin("call.mp3").json()["state"] == "ready"  # dropped again
    assert Event.objects.filter(verb="recording.added").count() == 1


def test_two_tabs_a_repeated_chunk_and_a_wrong_offset_leave_one_whole_file(upload):
    pk = upload.begin().json()["pk"]
    assert upload.begin().json()["pk"] == pk  # the other tab goes on with it
    upload.put(pk, 0, SOUND[:10_000])
    again = upload.put(pk, 0, SOUND[:10_000])
    assert (again.status_code, again.json()["offset"]) == (200, 10_000)
    ahead = upload.put(pk, 15_000, SOUND[15_000:])
    assert (ahead.status_code, ahead.headers["Upload-Offset"]) == (409, "10000")
    other = upload.put(pk, 5_000, b"x" * 1_000)
    assert (other.status_code, other.headers["Upload-Offset"]) == (409, "10000")
    early = upload.finish(pk)
    assert (early.status_code, early.headers["Upload-Offset"]) == (409, "10000")
    head = upload.client.head(reverse("research:recording_upload", args=[pk]))
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("10000", str(len(SOUND)))
    # a request that was cut off after its bytes were written and before its row was
    with media_store.path_of(Recording.objects.get().file).open("ab") as file:
        file.write(b"cut off" * 1_000)
    upload.send(pk, 10_000)
    assert upload.finish(pk).status_code == 200
    assert media_store.path_of(Recording.objects.get().file).read_bytes() == SOUND


def test_what_can_not_be_kept_is_refused_in_words(upload, settings, submitter, as_, session):
    assert upload.begin(size=0).status_code == 422
    settings.RECORDING_MAX_BYTES = 1_000
    assert "may have up to 1 kB" in upload.begin().json()["error"]
    settings.RECORDING_MAX_BYTES = 10**9
    settings.RECORDINGS_MAX_BYTES = 15_000
    assert "All recordings together" in upload.begin().json()["error"]
    settings.RECORDINGS_MAX_BYTES = 0
    pk = upload.begin(size=20_000).json()["pk"]
    page = upload.put(pk, 0, b"<html><script>alert(1)</script>" * 100)
    assert (page.status_code, "not a recording" in page.json()["error"]) == (415, True)
    assert upload.put(pk, 0, SOUND[:10_001]).status_code == 422
    assert upload.put(pk, 15_000, SOUND[:10_000]).status_code == 422
    assert upload.client.put(reverse("research:recording_upload", args=[pk]), SOUND).status_code == 422
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    damaged = upload.put(pk, 0, SOUND[:10_000], **{"Content-Digest": f"sha-256=:{wrong}:"})
    assert damaged.status_code == 460
    assert upload.put(pk, 0, SOUND[:10_000], **{"Content-Digest": "md5=:x:"}).status_code == 422
    assert Recording.objects.get().received == 0
    assert not list(media_store.path_of("recordings").glob("*/*"))  # nothing half-sent stays
    upload.put(pk, 0, SOUND[:10_000])
    upload.put(pk, 10_000, b"x" * 10_000)
    assert upload.finish(pk, "0" * 64).status_code == 460
    assert not Recording.objects.exists()
    assert upload.put(pk, 0, SOUND[:10_000]).status_code == 404
    stranger = SessionFactory()
    url = reverse("research:recording_create", args=[stranger.pk])
    assert upload.client.post(url, {"name": "a", "size": "5"}).status_code == 404
    url = reverse("research:recording_create", args=[session.pk])
    assert as_(submitter).post(url, {"name": "a", "size": "5"}).status_code == 403


def test_a_full_disk_says_so_and_the_upload_goes_on_once_there_is_room(upload, monkeypatch):
    pk = upload.begin().json()["pk"]
    upload.put(pk, 0, SOUND[:10_000])

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(media_store.shutil, "copyfileobj", full)
        answer = upload.put(pk, 10_000, SOUND[10_000:])
        assert (answer.status_code, "no room left" in answer.json()["error"]) == (507, True)
        patched.setattr(media_store, "free_bytes", lambda: 1_000)
        assert upload.begin("another.wav").status_code == 507
    assert Recording.objects.get().received == 10_000
    upload.send(pk, 10_000)
    assert upload.finish(pk).status_code == 200


def test_a_connection_cut_in_a_chunk_keeps_what_came_before(session, now):
    row = recordings.begin(session, name="a.wav", size=len(SOUND), by=session.created_by, at=now)
    with pytest.raises(media_store.CutOff):
        recordings.receive(row, io.BytesIO(SOUND[:500]), offset=0, length=5_000, at=now)
    row.refresh_from_db()
    assert row.received == 0
    assert not list(media_store.path_of("recordings").glob("*/*"))


def test_abandoned_uploads_and_files_of_nobody_are_swept(
    session, now, django_capture_on_commit_callbacks, upload
):
    kept = RecordingFactory(session=session)
    stopped = recordings.begin(session, name="a.wav", size=len(SOUND), by=session.created_by, at=now)
    recordings.receive(stopped, io.BytesIO(SOUND), offset=0, length=5_000, at=now)
    stray = media_store.path_of("recordings/ab/stray.part")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    later = now + timedelta(days=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert recordings.sweep(at=now + timedelta(hours=40)) == (0, 0)
        given_up, _ = recordings.sweep(at=later)
    assert given_up == 1
    assert list(Recording.objects.all()) == [kept]
    files = [path.name for path in media_store.path_of("recordings").glob("*/*")]
    assert files == [media_store.path_of(kept.file).name]
    begun = upload.begin().json()
    with django_capture_on_commit_callbacks(execute=True):
        assert upload.client.delete(begun["url"]).status_code == 204
        assert upload.client.delete(reverse("research:recording_upload", args=[kept.pk])).status_code == 204
    assert list(Recording.objects.ready()) == [kept]  # only what is not finished is given up so


def test_a_deleted_recording_leaves_its_row_and_not_its_file(
    session, now, as_, member, django_capture_on_commit_callbacks
):
    row = RecordingFactory(session=session, content=SOUND)
    with django_capture_on_commit_callbacks(execute=True):
        as_(member).post(reverse("research:recording_delete", args=[row.pk]), {"because": "They asked us"})
    row.refresh_from_db()
    assert (row.state, row.deleted_because) == ("deleted", "They asked us")
    assert not media_store.path_of(row.file).exists()
    assert not recordings.delete(row, because="again", by=member, at=now)
    assert Event.objects.filter(verb="recording.deleted").count() == 1
    other = RecordingFactory(session=session)
    with django_capture_on_commit_callbacks(execute=True):
        sessions.delete(session, by=member, at=now)
    assert not media_store.path_of(other.file).exists()


class _Zeros:
    """A stream of any length that takes no memory itself."""

    head = SOUND[:64]

    def read(self, size):
        head, self.head = self.head, b""
        return (head + bytes(size))[:size]


def test_a_large_recording_takes_no_memory(session, now, settings):
    settings.RECORDING_CHUNK_BYTES = 32 * 1024**2
    row = recordings.begin(session, name="a.wav", size=32 * 1024**2, by=session.created_by, at=now)
    tracemalloc.start()
    row = recordings.receive(row, _Zeros(), offset=0, length=32 * 1024**2, at=now)
    recordings.finish(row, by=session.created_by, at=now)
    for _ in media_store.blocks(row.file, 0, row.size):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * 1024**2


def test_every_kind_of_recording_is_known_by_its_first_bytes():
    kinds = {
        b"\0\0\0\x20ftypisom": "video/mp4",
        b"\0\0\0\x20ftypM4A ": "audio/mp4",
        b"\0\0\0\x14ftypqt  ": "video/quicktime",
        b"\0\0\0\x08wide\0\0\0\0mdat": "video/quicktime",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm": "video/webm",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska": "video/x-matroska",
        b"OggS" + bytes(24) + b"OpusHead": "audio/ogg",
        b"OggS" + bytes(24) + b"\x80theora": "video/ogg",
        b"ID3\x04": "audio/mpeg",
        b"\xff\xfb\x90\x64": "audio/mpeg",
        b"\xff\xf1\x50\x80": "audio/aac",
        b"fLaC\0\0\0\x22": "audio/flac",
        b"RIFF\0\0\0\0WAVEfmt ": "audio/wav",
    }
    for head, media_type in kinds.items():
        kind = media.sniff(head)
        assert kind is not None
        assert kind.media_type == media_type
    for head in (
        b"",
        b"\xff",
        b"\xff\xff\xff\xff",
        b"<html>",
        b"PK\x03\x04",
        b"\x89PNG\r\n",
        b"\xff\xfe\0\0",
    ):
        assert media.sniff(head) is None


def test_how_long_a_recording_plays_is_read_from_its_head():
    def box(name, content):
        return (len(content) + 8).to_bytes(4) + name + content

    mvhd = bytes(12) + (600).to_bytes(4) + (1_500).to_bytes(4) + bytes(80)
    mp4 = box(b"ftyp", b"isom") + box(b"mdat", bytes(99)) + box(b"moov", box(b"mvhd", mvhd))
    flac = b"fLaC\0\0\0\x22" + bytes(10) + (8_000 << 44 | 0 << 41 | 7 << 36 | 20_000).to_bytes(8) + bytes(16)
    opus = b"OggS" + bytes(24) + b"OpusHead" + bytes(20) + b"OggS\0\0" + (96_000).to_bytes(8, "little")
    for data, kind, expected in (
        (SOUND, "audio/wav", 2_000),
        (mp4, "video/mp4", 2_500),
        (flac, "audio/flac", 2_500),
        (opus, "audio/ogg", 2_000),
        (SOUND[:30], "audio/wav", None),
        (mp4[:40], "video/mp4", None),
        (b"\1\0\0\0moov" * 9, "video/mp4", None),
        (opus, "video/webm", None),
    ):
        assert media.duration_ms(io.BytesIO(data), kind) == expected
