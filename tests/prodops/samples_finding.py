from django.core.files.base import ContentFile
from django.utils import timezone

from prodops.models import Attachment, Comment, Job, Role, SavedFilter
from tests.factories.prodops import CustomerAccountFactory, NotificationFactory


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


def _jobs(people, count):
    asker = people[Role.PRODUCT_OPS]
    jobs = [Job(title=f"Job {n}", task="t", asked_by=asker, asked_at=timezone.now()) for n in range(count)]
    Job.objects.bulk_create(jobs)


def _view(people):
    return SavedFilter.objects.create(
        user=people[Role.PRODUCT_OPS], page="account_list", name="x", query="q=a"
    )


SAMPLES = {
    "star": _subject,
    "talk_history": _subject,
    "saved_views": lambda people: {"page": "account_list"},
    "saved_view_bell": lambda people: {"pk": _view(people).pk},
    "saved_view_delete": lambda people: {"pk": _view(people).pk},
    "notification_read": lambda people: {"pk": NotificationFactory(recipient=people[Role.PRODUCT_OPS]).pk},
    "talk_thread": _subject,
    "comment_add": _subject,
    "attachment_add": _subject,
    "comment_edit": lambda people: {"pk": _comment(people).pk},
    "comment_delete": lambda people: {"pk": _comment(people).pk},
    "attachment_download": lambda people: {"pk": _attachment(people).pk},
    "attachment_delete": lambda people: {"pk": _attachment(people).pk},
}
LISTS = {"job_list": _jobs}
