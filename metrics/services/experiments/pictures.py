"""Screenshots of variants."""

from django.conf import settings
from django.db import transaction

from metrics.models import VariantPicture
from prodops import activity, files

SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
MOST = 12  # of a variant


@transaction.atomic
def add_picture(variant, upload, *, caption="", by, at):
    """Keep a screenshot. Raises `files.Refused` for what is no picture or too large."""
    kind = files.check(upload.name, upload, upload.size, most=settings.ATTACHMENT_MAX_BYTES)
    if kind not in SHOWN:
        raise files.Refused(f"“{upload.name}” is no picture. PNG, JPEG, GIF and WebP can be shown.")
    if variant.pictures.count() >= MOST:
        raise files.Refused(f"A variant has up to {MOST} pictures. Remove one first.")
    made = VariantPicture.objects.create(
        variant=variant,
        file=upload,
        name=upload.name[:200],
        content_type=kind,
        caption=caption.strip()[:200],
        by=by,
        at=at,
    )
    data = {"variant": variant.name}
    activity.record("experiment.picture_added", on=variant.experiment, by=by, at=at, data=data)
    return made


@transaction.atomic
def remove_picture(picture, *, by, at):
    experiment, file = picture.variant.experiment, picture.file
    data = {"variant": picture.variant.name}
    if VariantPicture.objects.filter(pk=picture.pk).delete()[0]:
        transaction.on_commit(lambda: file.storage.delete(file.name))
        activity.record("experiment.picture_removed", on=experiment, by=by, at=at, data=data)
