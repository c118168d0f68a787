"""Telling people: in the app always, by mail as each prefers."""

from prodops import jobs, memory
from prodops.models import MailPreference, Notification, User


def notify(recipients, *, event, text, url, topic="", again=False):
    """Tell each of `recipients` (users) of `event`, once, whoever did it excepted. Idempotent.

    `text` is one plain sentence; `url` is a path on this site. With a `topic` a person has one notification
    of it, which later events of the topic change; `again` makes it unread, for news that are graver. No
    second mail is sent.
    """
    wanted = {user.pk for user in recipients if user and user.pk != event.by_id}
    if topic:
        wanted -= _change([user.pk for user in recipients if user], event, text, url, topic, again)
    told = set(
        Notification.objects.filter(event=event, recipient__in=wanted).values_list("recipient_id", flat=True)
    )
    fresh = User.objects.active().filter(pk__in=wanted - told)
    rows = [
        Notification(recipient=user, event=event, text=text[:300], url=url, at=event.at, topic=topic)
        for user in fresh
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    memory.forget()
    at_once = [row.recipient_id for row in rows if row.recipient.mail_preference == MailPreference.AT_ONCE]
    if at_once:
        jobs.enqueue("prodops.tasks.send_notification_mails", event_id=event.pk)


def _change(recipient_ids, event, text, url, topic, again):
    """Bring the notifications of a topic up to date; gives the ids of those who have one.

    An event that comes late, after a newer one, changes nothing.
    """
    held = Notification.objects.filter(topic=topic, recipient__in=recipient_ids)
    known = set(held.values_list("recipient_id", flat=True))
    told = Notification.objects.filter(event=event).values("recipient_id")
    older = held.filter(event_id__lt=event.pk).exclude(recipient_id__in=told)
    fields = {"event": event, "text": text[:300], "url": url, "at": event.at}
    older.update(**fields, **({"read_at": None} if again else {}))
    memory.forget()
    return known
