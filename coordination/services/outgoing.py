"""The one way out: every word for those who asked is checked and sent here, once to each person.

Colleagues are told in the app (and by mail, as each prefers), authors outside by mail.
"""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template import engines
from django.urls import reverse

from coordination.models import Addressee, MailStop, Message, MessageKind, Request
from coordination.queries import outgoing as reads
from prodops import activity

from . import mail_marks

log = logging.getLogger(__name__)
LONGEST = 10_000
SALT = "coordination.outgoing"
AUTOMATIC = {"Auto-Submitted": "auto-generated"}  # nobody's machine answers to it
REFUSED_FOR_GOOD = 500  # SMTP: from here on trying again is no use
GIVE_UP = timedelta(days=2)  # after its first sending nobody waits for a mail any more
BATCH = 200


class CannotSend(Exception):
    """The words cannot go out like that; nothing was sent."""


class Blocked(CannotSend):
    """There is something in the words that should not leave the house; `findings` says what."""

    def __init__(self, findings):
        self.findings = findings
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"{findings[0].sentence}{more} Change the words, or say why they may go out.")


def ensure_fit(words, requests, *, override="", owners=False):
    """The [Finding] in words for those who asked for `requests`; raises `Blocked` if there are any and
    nobody says why they may go out all the same."""
    findings = reads.preview(words, requests, owners=owners).findings
    if findings and not override.strip():
        raise Blocked(findings)
    return findings


@transaction.atomic
def send(
    words, *, kind, key, at, by=None, request=None, item=None, about=(), topic="", override="", owners=False
):
    """Send `words` to all who asked for `request`, or for the requests `about` that an `item` answers.

    `key` names the sending: a second one under it sends nothing and gives the first. Who heard of the
    `topic` already is left out. Raises `Blocked`, or `CannotSend` where there is nobody to hear.
    """
    words = words.replace("\0", "").replace("\r\n", "\n").strip()
    if not words:
        raise CannotSend("Write something first.")
    if len(words) > LONGEST:
        raise CannotSend(f"A message has at most {LONGEST:,} characters; this one has {len(words):,}.")
    requests = reads.tree_of([request] if request else about)
    findings = ensure_fit(words, requests, override=override, owners=owners)
    message, new = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "request": request,
            "item": item,
            "words": words,
            "sent_by": by,
            "sent_at": at,
            "findings": [one._asdict() for one in findings],
            "override": override.strip()[:500] if findings else "",
        },
    )
    if not new:
        return message
    rows = _address(message, requests, topic=topic, owners=owners)
    if rows and topic and not message.addressees.exists():
        raise CannotSend("Everybody who asked has heard of it already.")
    Request.objects.filter(pk__in=[one.pk for one in requests]).update(changed_at=at)
    activity.record(
        "message.sent", on=request or item, by=by, at=at, data={"message": message.pk, "kind": kind}
    )
    return message


@transaction.atomic
def announce(event, requests, words, *, title):
    """What an event (a decision, a merge) says to those who asked for exactly these requests; once.

    The `words` were checked when they were written. `title` is of another request: it is said only where
    nothing is found in it. Returns (message, what to say).
    """
    people = reads.recipients(requests)
    if title and not reads.findings_in(title, requests, people):
        words = f"{words}: {title}"
    message, new = Message.objects.get_or_create(
        key=f"event:{event.pk}",
        defaults={
            "kind": MessageKind.DECISION,
            "request_id": event.subject_id,
            "words": words[:LONGEST],
            "sent_by": event.by,
            "sent_at": event.at,
        },
    )
    if new:
        _address(message, requests)
    return message, words


def _address(message, requests, *, topic="", owners=False):
    """Write down whom the message is for, each once; who heard of the topic already is left out."""
    message.requests.set(requests)
    rows = [
        Addressee(
            message=message,
            topic=topic,
            request=one.request,
            user=one.user,
            email=one.email,
            name=one.name[:160],
            given_up_at=message.sent_at if one.wants_none else None,
        )
        for one in reads.recipients(requests, owners=owners)
    ]
    Addressee.objects.bulk_create(rows, ignore_conflicts=bool(topic))
    return rows


def token_for(email):
    """What stands in the link by which an address outside stops our mail."""
    return signing.dumps(email.lower(), salt=SALT)


def address_of(token):
    """The address of a link's token, or None where it is not one of ours."""
    try:
        return signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None


def stop_mail(email, *, at):
    """Mail nothing more to this address."""
    MailStop.objects.get_or_create(email=email.lower(), defaults={"at": at})
    Addressee.objects.filter(email=email.lower()).to_mail().update(given_up_at=at)


@transaction.atomic
def came_back(addressee_id, email, *, at):
    """The mail to this addressee came back, and there is no such mailbox: no more of ours goes there."""
    Addressee.objects.filter(pk=addressee_id, email=email, given_up_at=None).update(given_up_at=at)
    stop_mail(email, at=at)


def allow_mail(email):
    """The address has changed its mind."""
    MailStop.objects.filter(email__iexact=email).delete()


def unmailed(*, before):
    """Ids of messages with addressees outside who should have been mailed, or tried again, by then."""
    late = Addressee.objects.to_mail().filter(
        Q(try_at=None, message__sent_at__lt=before) | Q(try_at__lte=before)
    )
    return list(late.order_by("message_id").values_list("message_id", flat=True).distinct()[:BATCH])


def mail(message_id, *, at):
    """Mail a message to its addressees outside, each once.

    Who cannot be reached now is tried again, after ever longer pauses, for two days; who is refused for good
    is given up.
    """
    due = Addressee.objects.filter(Q(try_at=None) | Q(try_at__lte=at), message=message_id).to_mail()
    for pk in due.values_list("pk", flat=True):
        try:
            _mail_one(pk, at=at)
        except Exception as problem:
            log.exception("Addressee %s was not mailed", pk)
            _put_off(pk, problem, at)


def _put_off(pk, problem, at):
    """Write down when the addressee is tried again, or that nobody tries any more."""
    row = Addressee.objects.to_mail().filter(pk=pk).select_related("message").first()
    if row is None:
        return
    if _for_good(problem) or at > row.message.sent_at + GIVE_UP:
        log.warning("Addressee %s is given up", pk)
        Addressee.objects.filter(pk=pk).update(given_up_at=at)
    else:
        pause = timedelta(minutes=5 * 2 ** min(row.tries, 7))
        Addressee.objects.filter(pk=pk).update(tries=F("tries") + 1, try_at=at + pause)


def _for_good(problem):
    """Whether trying again is no use: the server refuses the person or the words (5xx), or no mail can be
    made of them. What it says of ourselves (our sender, our password) is mended and tried again."""
    if isinstance(problem, SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _ in problem.recipients.values())
    if isinstance(problem, SMTPDataError):
        return problem.smtp_code >= REFUSED_FOR_GOOD
    return isinstance(problem, ValueError)


@transaction.atomic
def _mail_one(pk, *, at):
    free = Addressee.objects.to_mail().select_for_update(skip_locked=True, of=("self",))
    row = free.filter(pk=pk).select_related("message__request", "request").first()
    if row is None:
        return
    Addressee.objects.filter(pk=pk).update(mailed_at=at)
    mail_for(row).send()


def mail_for(addressee):
    """The mail to an author outside: the words, what they asked, and how to hear no more."""
    stop = settings.BASE_URL + reverse("coordination:mail_stop", args=[token_for(addressee.email)])
    body = engines["jinja2"].get_template("coordination/email/message.txt")
    context = {"addressee": addressee, "message": addressee.message, "stop_url": stop}
    subject = " ".join(f"Re: {addressee.request.title}".split())[:200]
    ident, answers = mail_marks.marks_for(addressee)
    automatic = {} if addressee.message.kind == MessageKind.COMMENT else AUTOMATIC
    return EmailMessage(
        subject,
        body.render(context | {"company": settings.COMPANY_NAME}),
        settings.DEFAULT_FROM_EMAIL,
        [addressee.email],
        reply_to=answers,
        headers={
            "Message-ID": ident,
            "X-Prodops": "1",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **automatic,
        },
    )
