from django.core.files.base import ContentFile
from django.utils import timezone

from prodops.models import Attachment, Comment, Role
from tests.factories.prodops import CustomerAccountFactory


def _subject(people):
    return {"label": "prodops.customeraccount", "pk": CustomerAccountFactory().pk}


def _about(people):
    label, pk = _subject(people).values()
    return {"subject_type": label, "subject_id": pk, "at": timezone.now()}


def _comment(people):
    return Comment.objects.create(author=people[Role.PRODUCT_OPS], body="Hello", **_about(people))


def _attachment(people):
    fields = {"name": "a.txt", "content_type": "text/plain", "size": 2, "sha256": "0" * 64}
    row = Attachment(by=people[Role.PRODUCT_OPS], **fields, **_about(people))
    row.file.save("sample", ContentFile(b"hi"))
    return row


SAMPLES = {
    "talk_thread": _subject,
    "comment_add": _subject,
    "attachment_add": _subject,
    "comment_edit": lambda people: {"pk": _comment(people).pk},
    "comment_delete": lambda people: {"pk": _comment(people).pk},
    "attachment_download": lambda people: {"pk": _attachment(people).pk},
    "attachment_delete": lambda people: {"pk": _attachment(people).pk},
}
LISTS: dict = {}
