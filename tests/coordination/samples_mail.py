"""Samples of the pages of mail."""

from django.utils import timezone

from coordination.models import ChannelKind, Mailbox, MailIn, MailState
from prodops.models import Role
from tests.factories.coordination import ChannelFactory, RequestFactory

RAW = b"From: Kim <kim@acme.example>\r\nTo: wishes@us.example\r\nSubject: Export\r\n\r\nPlease.\r\n"


def mailbox(owner, **fields):
    channel = ChannelFactory(kind=ChannelKind.EMAIL, owner=owner)
    address = f"wishes{channel.pk}@us.example"
    return Mailbox.objects.create(
        **{"channel": channel, "address": address, "next_poll_at": timezone.now(), **fields}
    )


def row(channel, number=0, **fields):
    return MailIn.objects.create(
        **{
            "channel": channel,
            "digest": f"{number:064}",
            "raw": RAW,
            "size": len(RAW),
            "at": timezone.now(),
            "from_email": "kim@acme.example",
            "subject": "Export",
            "state": MailState.NOTHING,
            "reason": "It is an automatic answer.",
            **fields,
        }
    )


def _mail(people):
    return {"pk": row(mailbox(people[Role.PRODUCT_OPS]).channel).pk}


def _channel(people):
    return {"slug": mailbox(people[Role.PRODUCT_OPS], host="imap.example.com").channel.slug}


def _mails(people, n):
    channel = mailbox(people[Role.PRODUCT_OPS]).channel
    request = RequestFactory()
    for number in range(n):
        row(channel, number, state=MailState.REQUEST, request=request)


SAMPLES = {f"coordination:{name}": _mail for name in ("mail_detail", "mail_raw", "mail_take")}
SAMPLES |= {f"coordination:{name}": _channel for name in ("mailbox_edit", "mailbox_look", "mailbox_door")}
SAMPLES |= {"coordination:mail_door": lambda people: {"secret": "unknown"}}
LISTS = {"coordination:mail_list": _mails}
