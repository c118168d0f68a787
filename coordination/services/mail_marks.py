"""The marks in our own mail by which answers find their request."""

from django.conf import settings

from coordination.formats import mail
from coordination.models import Mailbox


def secrets():
    """What marks are signed with, now and before."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def marks_for(addressee):
    """(Message-ID, [address to answer to]) of a mail to `addressee`: an answer to it finds its request.

    Answers go to the mailbox of the channel that the request came by, else to the first one there is.
    """
    request, secret = addressee.request, settings.SECRET_KEY
    boxes = Mailbox.objects.filter(channel__closed_at=None).order_by("channel_id")
    box = boxes.filter(channel=request.channel_id).first() or boxes.first()
    host = (box.address if box else settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip(" >")
    ident = mail.message_mark(request.pk, secret=secret, host=host or "localhost", nonce=str(addressee.pk))
    answers = [mail.address_mark(request.pk, secret=secret, address=box.address)] if box else []
    return ident, answers
