"""Notifications by mail: at once or once a day, as each person prefers."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template import engines

from prodops.models import MailPreference, Notification, User

log = logging.getLogger(__name__)
REFUSED_FOR_GOOD = 500  # SMTP: from here on trying again is no use
DIGEST_AGAIN = timedelta(hours=1)
DIGEST_EVERY = timedelta(hours=23, minutes=30)


def mail_event(event_id, *, at):
    """Mail the event's notifications to those who want mail at once.

    A row is marked in the transaction that sends it: a mail server that refuses leaves it unmarked, and
    the sweep tries again. An address that is refused keeps nobody else from theirs.
    """
    wanting = Q(recipient__mail_preference=MailPreference.AT_ONCE, recipient__is_active=True)
    ids = Notification.objects.filter(wanting, event=event_id, mailed_at=None).values_list("pk", flat=True)
    for pk in ids:
        try:
            _mail_one(pk, at=at)
        except Exception:
            log.exception("Notification %s was not mailed", pk)


@transaction.atomic
def _mail_one(pk, *, at):
    free = Notification.objects.select_for_update(skip_locked=True, of=("self",))
    row = free.filter(pk=pk, mailed_at=None).select_related("recipient").first()
    if row:
        Notification.objects.filter(pk=pk).update(mailed_at=at)
        _send(row.recipient, row.text, [row])


def mail_digests(*, at):
    """Mail each person on a daily digest what they have not read since the last one.

    A digest that the mail server refuses is tried again in an hour, and keeps nobody else from theirs.
    """
    due = Q(digest_sent_at=None) | Q(digest_sent_at__lte=at - DIGEST_EVERY)
    for user in User.objects.active().filter(due, mail_preference=MailPreference.DAILY):
        try:
            _mail_digest(user, due, at=at)
        except Exception:
            log.exception("The digest of person %s was not mailed", user.pk)
            User.objects.filter(due, pk=user.pk).update(digest_sent_at=at - DIGEST_EVERY + DIGEST_AGAIN)


@transaction.atomic
def _mail_digest(user, due, *, at):
    rows = list(user.notifications.filter(mailed_at=None, read_at=None).select_for_update()[:100])
    won = User.objects.filter(due, pk=user.pk).update(digest_sent_at=at)
    if won and rows:
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at)
        _send(user, f"{len(rows)} things since yesterday", rows)


def _send(user, subject, rows):
    template = engines["jinja2"].get_template("email/notifications.txt")
    body = template.render({"user": user, "rows": rows, "base_url": settings.BASE_URL})
    try:
        send_mail(" ".join(subject.split())[:200], body, settings.DEFAULT_FROM_EMAIL, [user.email])
    except SMTPRecipientsRefused as refused:
        if any(code < REFUSED_FOR_GOOD for code, _ in refused.recipients.values()):
            raise
        log.warning("There is no mailbox for person %s: the mail is given up", user.pk)
