"""Recordings: they come in by the chunk, survive what breaks meanwhile, and leave no half-done rows."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from prodops import activity, files
from prodops.models import Event
from research.formats import media
from research.models import Accessed, Recording, RecordingState, Session

from . import access_log, media_store

ABANDONED = timedelta(days=2)  # an upload that nobody goes on with is forgotten then
ONE_VIEW = timedelta(minutes=30)  # whatever a player asks for within it is one view
SPARE = 64 * 1024 * 1024  # stays free for the rest of the product


class Refused(Exception):
    """The recording can't be taken; the words say why and what would be."""


class NotMedia(Refused):
    """Its bytes are of no kind of recording."""


class WrongOffset(Exception):
    """The chunk does not begin where the bytes that are here end: `offset` is where."""

    def __init__(self, offset):
        super().__init__(f"The next chunk begins at byte {offset}.")
        self.offset = offset


class Damaged(Exception):
    """A chunk or the whole file is not what its sender says it is."""


class Gone(Exception):
    """The upload was given up, or its session deleted."""

    def __init__(self):
        super().__init__("This upload is no longer here. Begin it again.")


def clean_name(name):
    """The file's own name, to show: no folders, no control characters, at most 200 long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in last if letter.isprintable()).strip() or "recording"
    stem, dot, ending = clean.rpartition(".")
    return clean if len(clean) <= 200 else f"{stem[: 199 - len(ending)]}{dot}{ending[:20]}"


def begin(session, *, name, size, by, at):
    """The upload of the file of that name and size into `session`: a new one, or the one under way.

    Whoever drops the same file again, in another tab or after a reload, goes on where it stopped; where it
    is here already, the ready recording is returned. Raises `Refused` and `NoRoom`.
    """
    name = clean_name(name)
    if size <= 0:
        raise Refused(f"“{name}” is empty.")
    if size > settings.RECORDING_MAX_BYTES:
        most = files.in_words(settings.RECORDING_MAX_BYTES)
        raise Refused(
            f"“{name}” is {files.in_words(size)}; a recording may have up to {most}. "
            "Export it with a smaller picture, or in parts."
        )
    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)  # one tab after the other
        same = Recording.objects.kept().filter(session=session, name=name, size=size)
        known = same.ready().first() or same.uploading().filter(created_by=by).first()
        if known:
            return known
        _check_room(size)
        return Recording.objects.create(
            session=session,
            file=media_store.new_name(),
            name=name,
            size=size,
            created_by=by,
            created_at=at,
            touched_at=at,
        )


def _check_room(size):
    most = settings.RECORDINGS_MAX_BYTES
    used = Recording.objects.kept().aggregate(used=Sum("size"))["used"] or 0
    if most and used + size > most:
        raise Refused(
            f"All recordings together may take {files.in_words(most)}, and {files.in_words(used)} are used. "
            "Delete recordings that are no longer needed, or ask an admin for more room."
        )
    if media_store.free_bytes() < size + SPARE:
        raise media_store.NoRoom


def receive(recording, stream, *, offset, length, digest=None, at):
    """Take `length` bytes of `stream`, which stand at `offset` of the file; returns the recording's row.

    Sending a chunk again that is here already changes nothing. `digest` is the chunk's SHA-256, if the sender
    gave it. Raises `WrongOffset`, `Refused`, `NotMedia`, `Damaged`, `CutOff`, `NoRoom` and `Gone`; what had
    arrived before stays.
    """
    if not 0 < length <= settings.RECORDING_CHUNK_BYTES:
        raise Refused(f"A chunk has 1 to {settings.RECORDING_CHUNK_BYTES:,} bytes.")
    if offset < 0 or offset + length > recording.size:
        raise Refused("The chunk reaches beyond the file's end. Choose the file again.")
    if offset > recording.received:
        raise WrongOffset(recording.received)
    with media_store.spooled(recording.file, stream, length) as (part, came, head):
        if digest is not None and digest != came:
            raise Damaged("The chunk was damaged on its way. Send it again.")
        kind = media.sniff(head) if offset == 0 else None
        if offset == 0 and kind is None:
            raise NotMedia(
                f"“{recording.name}” is not a recording we can play. These kinds are: {media.IN_WORDS}."
            )
        with transaction.atomic():
            return _append(recording, part, offset, length, kind, at)


def _append(recording, part, offset, length, kind, at):
    row = Recording.objects.select_for_update().filter(pk=recording.pk).first()
    if row is None or row.state == RecordingState.DELETED:
        raise Gone
    if offset + length <= row.received and media_store.same_bytes(row.file, part, offset):
        return row
    if offset != row.received:
        raise WrongOffset(row.received)
    media_store.append(row.file, part, offset)
    row.received += length
    row.touched_at = at
    row.media_type = kind.media_type if kind else row.media_type
    row.save(update_fields=["received", "touched_at", "media_type"])
    return row


def finish(recording, *, sha256="", by, at):
    """Make a whole upload a recording of its session.

    Where `sha256` is given and is not the file's, nothing is kept and `Damaged` is raised. Raises
    `WrongOffset` while bytes are missing.
    """
    if recording.state == RecordingState.READY:
        return recording
    there = min(recording.received, media_store.size_of(recording.file))
    if there < recording.size:
        Recording.objects.uploading().filter(pk=recording.pk, received__gt=there).update(received=there)
        raise WrongOffset(there)
    found = media_store.sha256_of(recording.file)
    if sha256 and sha256.lower() != found:
        abandon(recording)
        raise Damaged("The file changed while it was sent. Choose it again.")
    with media_store.path_of(recording.file).open("rb") as file:
        duration = media.duration_ms(file, recording.media_type)
    with transaction.atomic():
        row = Recording.objects.select_for_update().filter(pk=recording.pk).first()
        if row is None or row.state == RecordingState.DELETED:
            raise Gone
        if row.state == RecordingState.READY:  # another tab was quicker
            return row
        row.state, row.sha256, row.duration_ms, row.touched_at = RecordingState.READY, found, duration, at
        row.save(update_fields=["state", "sha256", "duration_ms", "touched_at"])
        activity.record(
            "recording.added", on=row.session, by=by, at=at, data={"recording": row.pk, "name": row.name}
        )
    return row


@transaction.atomic
def abandon(recording):
    """Forget an upload that is not finished, with all that came of it."""
    gone, _ = Recording.objects.uploading().filter(pk=recording.pk).delete()
    if gone:
        transaction.on_commit(lambda: media_store.remove(recording.file), robust=True)
    return bool(gone)


@transaction.atomic
def delete(recording, *, because, by, at):
    """Delete the raw media; what was said in it stays. False if it was deleted already."""
    won = (
        Recording.objects.ready()
        .filter(pk=recording.pk)
        .update(state=RecordingState.DELETED, deleted_at=at, deleted_because=because[:300])
    )
    if won:
        data = {"recording": recording.pk, "name": recording.name, "because": because[:300]}
        activity.record("recording.deleted", on=recording.session, by=by, at=at, data=data)
        transaction.on_commit(lambda: media_store.remove(recording.file), robust=True)
    return bool(won)


@transaction.atomic
def align(recording, *, offset_ms, by, at):
    """Say where in the recording the transcript's clock begins."""
    recording.offset_ms = offset_ms
    recording.save(update_fields=["offset_ms"])
    data = {"recording": recording.pk, "offset_ms": offset_ms}
    activity.record("recording.aligned", on=recording.session, by=by, at=at, data=data)


def note_view(recording, *, by, at):
    """Write down that somebody began to play it: once, however many ranges their player asks for."""
    lately = Event.objects.filter(
        verb="recording.viewed",
        subject_type=recording._meta.label_lower,
        subject_id=recording.pk,
        by=by,
        at__gt=at - ONE_VIEW,
    )
    if lately.exists():
        return
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=recording.pk)  # a player asks twice at once
        if not lately.exists():
            _note(recording, Accessed.PLAYED, by=by, at=at)
            activity.record("recording.viewed", on=recording, by=by, at=at, data=_where(recording))


def note_download(recording, *, by, at):
    with transaction.atomic():
        _note(recording, Accessed.DOWNLOADED, by=by, at=at)
        activity.record("recording.downloaded", on=recording, by=by, at=at, data=_where(recording))


def _note(recording, what, *, by, at):
    session = recording.session
    access_log.note(by, what, [(session.study_id, session.pk)], at=at)


def _where(recording):
    return {"session": recording.session_id, "name": recording.name}


def sweep(*, at):
    """Forget uploads nobody went on with, and remove files that no row knows. Returns how many of each."""
    old = Recording.objects.uploading().filter(touched_at__lt=at - ABANDONED)
    given_up = sum(abandon(recording) for recording in old.iterator())
    before = (at - ABANDONED).timestamp()
    orphans = [name for name in media_store.stale(before) if not _is_kept(name)]
    for name in orphans:
        media_store.remove(name)
    return given_up, len(orphans)


def _is_kept(name):
    return Recording.objects.kept().filter(file=name).exists()
