"""Reading one's notifications."""

from prodops.models import Notification


def mark_read(notification, *, at):
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=at)


def mark_all_read(user, *, at):
    """How many were unread."""
    return user.notifications.unread().update(read_at=at)
