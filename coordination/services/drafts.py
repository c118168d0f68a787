"""What people have typed and not sent: kept on the server, so that it is there on any device."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from coordination.models import FormDraft
from prodops.models import Attachment
from prodops.services import attachments

RESTORABLE = dt.timedelta(days=30)  # so long what was put away can be brought back


class Elsewhere(Exception):
    """Another page wrote the draft meanwhile; `draft` is what it wrote."""

    def __init__(self, draft):
        super().__init__("This was changed on another page or device.")
        self.draft = draft


class Gone(Exception):
    """There is nothing to bring back any more; the words say so."""


def running(user, form):
    """The draft that the person has of this form, or None."""
    draft = _of(user, form).select_related("version__form").first()
    return draft if draft and draft.running else None


@transaction.atomic
def save(user, form, *, version, key, writer, seen, data, at, force=False):
    """Keep `data` (lists of texts by field name) as the person's draft; gives it.

    `writer` names the page that saves and `seen` the one that had written what it began with; where
    neither wrote last, `Elsewhere` is raised and nothing is kept, unless by `force`. A page whose words
    were sent or discarded saves no more: None.
    """
    draft, new = FormDraft.objects.get_or_create(
        user=user,
        form=form,
        defaults={"version": version, "key": key, "writer": writer, "data": data, "saved_at": at},
    )
    if new:
        return draft
    draft = FormDraft.objects.select_for_update().get(pk=draft.pk)
    if not draft.running:
        if draft.key == key:
            return None
        attachments.forget(draft)  # of what was begun and put away before
    elif draft.writer not in (writer, seen) and not force:
        raise Elsewhere(draft)
    draft.version, draft.key, draft.writer, draft.data = version, key, writer, data
    draft.saved_at, draft.sent_at, draft.discarded_at = at, None, None
    draft.save()
    return draft


def discard(user, form, *, at):
    """Put the draft away; True if there was one. Until something else is typed it can be brought back."""
    return bool(_of(user, form).filter(discarded_at=None, sent_at=None).update(discarded_at=at))


def restore(user, form):
    """Bring a discarded draft back."""
    if not _of(user, form).filter(discarded_at__isnull=False, sent_at=None).update(discarded_at=None):
        raise Gone("You have begun anew or sent it meanwhile, so there is nothing to bring back.")


@transaction.atomic
def keep_files(user, form, uploads, *, version, key, writer, data, at):
    """Keep the files of a page that could not be sent, with what was typed; whether they are kept.

    Raises `attachments.Refused` where there are too many with those that are kept already.
    """
    draft = save(user, form, version=version, key=key, writer=writer, seen=None, data=data, at=at, force=True)
    if draft is None:
        return False
    if Attachment.objects.about(draft).count() + len(uploads) > attachments.MOST_AT_ONCE:
        raise attachments.Refused(f"At most {attachments.MOST_AT_ONCE} files at once, please.")
    attachments.add(draft, uploads, by=user, at=at, quiet=True)
    return True


def files_of(draft):
    """The files that wait with a draft."""
    return list(Attachment.objects.about(draft)) if draft else []


@transaction.atomic
def sent(user, form, *, key, at):
    """The words are on their way: nothing of them is kept, and a late save of their page is not either."""
    row, new = FormDraft.objects.get_or_create(
        user=user, form=form, defaults={"key": key, "writer": key, "saved_at": at, "sent_at": at}
    )
    this = FormDraft.objects.filter(pk=row.pk, key=key)  # a draft that another page has begun since stays
    if not new and this.update(sent_at=at, discarded_at=None, data={}):
        attachments.forget(row)


@transaction.atomic
def sweep(*, at):
    """Let drafts go, with their files, that were put away or sent longer than `RESTORABLE` ago; how many.

    What somebody still writes stays, however long ago it was begun.
    """
    until = at - RESTORABLE
    old = FormDraft.objects.filter(Q(discarded_at__lt=until) | Q(sent_at__lt=until))
    gone = list(old.select_for_update(skip_locked=True))
    for draft in gone:
        attachments.forget(draft)
    FormDraft.objects.filter(pk__in=[draft.pk for draft in gone]).delete()
    return len(gone)


def _of(user, form):
    return FormDraft.objects.filter(user=user, form=form)
