"""Files that people hang on a thing."""

import hashlib
import secrets

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from prodops import activity, files
from prodops.models import Attachment

MOST_AT_ONCE = 10


class Refused(Exception):
    """The upload can't be taken; the words say why."""


def add(subject, uploads, *, by, at, quiet=False):
    """Keep `uploads` (Django's uploaded files) with `subject`: all of them, or none and `Refused`.

    `by` is None for files that came from outside. `quiet` writes no history: for what only waits.

    A file is stored under a random name; its own is only shown. Nothing of it is left on disk if the
    rows can't be written.
    """
    if not uploads:
        raise Refused("Choose a file first.")
    if len(uploads) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE} files at once, please.")
    try:
        types = [
            files.check(upload.name, upload, upload.size, most=settings.ATTACHMENT_MAX_BYTES)
            for upload in uploads
        ]
    except files.Refused as error:
        raise Refused(str(error)) from error
    stored: list[str] = []
    try:
        with transaction.atomic():
            return [
                _add(subject, upload, kind, stored, by=by, at=at, quiet=quiet)
                for upload, kind in zip(uploads, types, strict=True)
            ]
    except OSError as error:
        _remove(stored)
        raise Refused(
            "The file could not be stored. Try again; if it keeps failing, tell an admin."
        ) from error
    except BaseException:
        _remove(stored)
        raise


def _add(subject, upload, content_type, stored, *, by, at, quiet):
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    attachment = Attachment(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        name=_shown(upload.name),
        content_type=content_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        by=by,
        at=at,
    )
    attachment.file.save(secrets.token_hex(20), upload, save=False)
    stored.append(attachment.file.name)
    attachment.save()
    if not quiet:
        _record(attachment, subject, by=by, at=at)
    return attachment


def _record(attachment, subject, *, by, at):
    data = {"attachment": attachment.pk, "name": attachment.name}
    activity.record("attachment.added", on=subject, by=by, at=at, data=data)


@transaction.atomic
def hand_over(before, after, *, by, at):
    """Hang the files of `before`, where they only waited, on `after`."""
    for attachment in Attachment.objects.select_for_update().about(before):
        attachment.subject_type, attachment.subject_id = after._meta.label_lower, after.pk
        attachment.save(update_fields=["subject_type", "subject_id"])
        _record(attachment, after, by=by, at=at)


@transaction.atomic
def forget(subject, ids=None):
    """Let files that only waited go; of `ids`, or all. No history is written."""
    waiting = Attachment.objects.about(subject)
    waiting = waiting if ids is None else waiting.filter(pk__in=ids)
    names = [one.file.name for one in waiting]
    waiting.delete()
    transaction.on_commit(lambda: _remove(names), robust=True)


def _shown(name):
    """The name without control characters, at most 200 long with its ending kept."""
    clean = "".join(letter for letter in name if letter.isprintable()).strip() or "file"
    stem, dot, ending = clean.rpartition(".")
    return clean if len(clean) <= 200 else f"{stem[: 199 - len(ending)]}{dot}{ending}"


def _remove(names):
    for name in names:
        default_storage.delete(name)


def delete(attachment, subject, *, by, at):
    """Take the file off the thing; what is on disk goes once the row is gone for good."""
    with transaction.atomic():
        gone, _ = Attachment.objects.filter(pk=attachment.pk).delete()
        if gone:
            activity.record("attachment.deleted", on=subject, by=by, at=at, data={"name": attachment.name})
            transaction.on_commit(lambda: _remove([attachment.file.name]), robust=True)
