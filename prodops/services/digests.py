"""Notifications by mail: at once or once a day, as each person prefers."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template import engines

from prodops.models import MailPreference, Notification, User


def mail_event(event_id, *, at):
    """Mail the event's notifications to those who want mail at once.

    A row is marked in the transaction that sends it: a mail server that refuses leaves it unmarked, and
    the sweep tries again.
    """
    wanting = Q(recipient__mail_preference=MailPreference.AT_ONCE, recipient__is_active=True)
    ids = Notification.objects.filter(wanting, event=event_id, mailed_at=None).values_list("pk", flat=True)
    for pk in ids:
        with transaction.atomic():
            free = Notification.objects.select_for_update(skip_locked=True, of=("self",))
            row = free.filter(pk=pk, mailed_at=None).select_related("recipient").first()
            if row:
                Notification.objects.filter(pk=pk).update(mailed_at=at)
                _send(row.recipient, row.text, [row])


def mail_digests(*, at):
    """Mail each person on a daily digest what they have not read since the last one."""
    day_ago = at - timedelta(hours=23, minutes=30)
    due = Q(digest_sent_at=None) | Q(digest_sent_at__lte=day_ago)
    for user in User.objects.active().filter(due, mail_preference=MailPreference.DAILY):
        with transaction.atomic():
            rows = list(user.notifications.filter(mailed_at=None, read_at=None).select_for_update()[:100])
            won = User.objects.filter(due, pk=user.pk).update(digest_sent_at=at)
            if won and rows:
                Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at)
                _send(user, f"{len(rows)} things since yesterday", rows)


def _send(user, subject, rows):
    template = engines["jinja2"].get_template("email/notifications.txt")
    body = template.render({"user": user, "rows": rows, "base_url": settings.BASE_URL})
    send_mail(" ".join(subject.split())[:200], body, settings.DEFAULT_FROM_EMAIL, [user.email])
