"""Telling people: in the app always, by mail as each prefers."""

from prodops import jobs, memory
from prodops.models import MailPreference, Notification, User


def notify(recipients, *, event, text, url):
    """Tell each of `recipients` (users) of `event`, once, whoever did it excepted. Idempotent.

    `text` is one plain sentence; `url` is a path on this site.
    """
    wanted = {user.pk for user in recipients if user and user.pk != event.by_id}
    told = set(
        Notification.objects.filter(event=event, recipient__in=wanted).values_list("recipient_id", flat=True)
    )
    fresh = User.objects.active().filter(pk__in=wanted - told)
    rows = [
        Notification(recipient=user, event=event, text=text[:300], url=url, at=event.at) for user in fresh
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    memory.forget()
    at_once = [row.recipient_id for row in rows if row.recipient.mail_preference == MailPreference.AT_ONCE]
    if at_once:
        jobs.enqueue("prodops.tasks.send_notification_mails", event_id=event.pk)
