"""Reading one's notifications."""

from prodops import memory
from prodops.models import Notification


def mark_read(notification, *, at):
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=at)
    memory.forget()


def mark_all_read(user, *, at):
    """How many were unread."""
    number = user.notifications.unread().update(read_at=at)
    memory.forget()
    return number
