"""Mail that came in: kept first, then made into a request, an answer, or nothing with the reason."""

import datetime as dt
import hashlib
import io
import logging
import re
from contextlib import suppress

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.db import IntegrityError, transaction

from coordination.formats import mail
from coordination.formats.incoming import Incoming, clean
from coordination.models import Addressee, Mailbox, MailIn, MailState, Request, State
from prodops import activity
from prodops.models import User
from prodops.services import attachments

from . import intake, mail_marks, outgoing, request_comments

log = logging.getLogger(__name__)
LARGEST = 20 * 1024 * 1024  # bytes of a mail that is kept whole
UNPROVED = "No mail server of ours vouches for the sender: the name and the account may be somebody else's."
NO_CALL = "It is no call"  # how the reason begins where there is no mail in what came
CUT = "It is larger than 20 MB: only its beginning was kept."
MOST_AN_HOUR = 30  # mails of one address; more of them are two machines answering each other
FILES_MOST = attachments.MOST_AT_ONCE
_FORWARDED = re.compile(r"^(?:fwd?|wg|tr|rv|i|doorst|vb|enc)\s*:", re.IGNORECASE)
_ANSWERED = re.compile(
    r"^(?:(?:re|aw|sv|rif|ref|antw|odp|vs|fwd?|wg|tr|rv)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE
)
_FROM = re.compile(
    r"^[>\s*]*(?:From|Von|De|Da|Van|Od|Från|Fra)\s*\*?\s*:\s*\*?\s*(.{3,300})\n"
    r"(?=[>\s*]{0,9}[^\W\d]{2,12}\s*\*?\s*:)",  # the next header: not a line that somebody typed
    re.M,
)


class NotNow(Exception):
    """It cannot be done; the words say why."""


def receive(raw, *, channel, at, broken=""):
    """Keep a mail, then make of it what it is. Gives (its row, whether it is new): each mail once.

    It is kept before anything is read of it: whatever goes wrong then, it stands among the mails with the
    error and can be tried again. `broken` says why it is no mail at all.
    """
    whole = bytes(raw)
    kept = whole[:LARGEST]
    row, new = MailIn.objects.get_or_create(
        channel=channel,
        digest=hashlib.sha256(kept).hexdigest(),
        defaults={
            "raw": kept,
            "size": len(whole),
            "at": at,
            "notes": [CUT] if len(whole) > LARGEST else [],
        },
    )
    if not new:
        return row, False
    said, first = _told(row)
    if first is not None:
        return first, False
    if broken:
        _settle(row, MailState.FAILED, broken)
    elif said is not None:
        handle(row, at=at, said=said)
    return row, True


def _told(row):
    """(what the kept mail says, None), or (None, the row of the same mail that came before).

    The same mail by another way has other bytes: from here on it is known by who wrote what under which id.
    """
    try:
        said = mail.read(bytes(row.raw))
        row.digest, row.message_id = said.digest, said.message_id
        row.from_name, row.from_email = said.from_name, said.from_email
        row.subject = clean(said.subject)[:300]
        with transaction.atomic():
            row.save(update_fields=["digest", "message_id", "from_name", "from_email", "subject"])
    except IntegrityError:
        first = MailIn.objects.get(channel=row.channel, digest=said.digest)
        MailIn.objects.filter(pk=row.pk).delete()
        return None, first
    except Exception as error:  # reading takes whatever comes; if not, the next mail is read all the same
        _failed(row, error)
        return None, None
    return said, None


def _failed(row, error):
    log.exception("Mail %s could not be handled", row.pk)
    words = clean(f"{type(error).__name__}: {error}")[:500]
    MailIn.objects.filter(pk=row.pk).update(state=MailState.FAILED, reason=words)
    row.state, row.reason = MailState.FAILED, words


def handle(row, *, at, said=None, whoever=False):
    """Make of a kept mail what it is; with `whoever` also where a machine seems to have written it.

    A mail that was made into something stays that: the conditional look at its state sees to it.
    """
    try:
        with transaction.atomic():
            open_ones = (MailState.WAITING, MailState.FAILED, MailState.NOTHING)
            held = MailIn.objects.select_for_update(of=("self",)).filter(pk=row.pk, state__in=open_ones)
            kept = held.select_related("channel__owner", "channel__team", "channel__area").first()
            if kept is None:
                raise NotNow("Something was made of this mail already.")
            _make(kept, said or mail.read(bytes(kept.raw)), at=at, whoever=whoever)
    except NotNow:
        raise
    except Exception as error:  # a stranger's mail must not stop the others
        _failed(row, error)
    row.refresh_from_db(fields=["state", "reason", "request", "notes"])


def _make(row, said, *, at, whoever):
    if row.channel.closed_at and not whoever:
        return _settle(row, MailState.NOTHING, "The channel is closed.")
    if (reason := _silence(row, said, at)) and not whoever:
        return _settle(row, MailState.NOTHING, reason)
    target = _thread(row, said)
    if target is not None:
        return _answer(row, said, target, at=at)
    forwarded = bool(_FORWARDED.match(said.subject))
    proved = mail.vouched_for(said, by=settings.MAIL_VOUCHERS)
    if not proved:
        row.notes.append(UNPROVED)
    incoming = _incoming(said, forwarded, proved)
    request, _ = intake.take(incoming, channel=row.channel, at=at)
    row.notes += _keep_files(request, said, at=at)
    _settle(row, MailState.REQUEST, "", request)


def _settle(row, state, reason, request=None):
    row.state, row.reason, row.request = state, reason[:500], request
    row.save(update_fields=["state", "reason", "request", "notes"])


def _silence(row, said, at):
    """Why nothing is made of it, if nothing is; a bounce of our own mail stops mail to that address."""
    ours = {settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip(" >").lower()}
    ours |= {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    reason = mail.silent_because(said, ours=ours)
    if bounce := mail.bounce_of(said):
        about = mail.sent_of(bounce.about, secrets=mail_marks.secrets())
        reason = f"{bounce.email} could not be reached ({bounce.status or 'no reason given'})."
        if about and bounce.gone and _sent_there(*about, bounce.email):
            outgoing.came_back(int(about[1]), bounce.email, at=at)
            reason += " There is no such mailbox, so no more mail goes there."
    if not reason:
        recent = MailIn.objects.filter(from_email=said.from_email, at__gt=at - dt.timedelta(hours=1))
        recent = recent.filter(state__in=(MailState.REQUEST, MailState.REPLY))
        if recent.exclude(pk=row.pk).count() >= MOST_AN_HOUR:
            reason = f"More than {MOST_AN_HOUR} mails came from {said.from_email} within the hour."
    return reason


def _sent_there(request, nonce, email):
    """Whether the mail of ours that a bounce is about went to this address: nobody stops another's mail."""
    sent = Addressee.objects.filter(request=request, email=email)
    return nonce.isascii() and nonce.isdecimal() and sent.filter(pk=int(nonce[:18])).exists()


def _thread(row, said):
    """The request that the mail answers: by our mark in the ids or the address, by an earlier mail's id."""
    pk = mail.mark_of([*said.references, *said.recipients], secrets=mail_marks.secrets())
    if pk is None and said.references:
        earlier = MailIn.objects.filter(
            message_id__in=said.references, channel=row.channel, request__isnull=False
        )
        pk = earlier.order_by("-at").values_list("request", flat=True).first()
    return Request.objects.select_related("root").filter(pk=pk).first() if pk else None


def _answer(row, said, request, *, at):
    """Put what is new of the mail under the request, in its author's name and for the others who read it."""
    who = f"{said.from_name} <{said.from_email}>" if said.from_name else said.from_email
    asked = request.author_email == said.from_email
    if not asked and not Addressee.objects.filter(request=request, email=said.from_email).exists():
        who = f"{who[:200]} (not known here)"
    words = mail.fresh_part(said.text)[: request_comments.LONGEST]
    files = [one for one in said.parts if not one.small_inline]
    if not words:
        words = "Sent files: " + ", ".join(one.name for one in files) if files else said.subject
    if not words:
        return _settle(row, MailState.NOTHING, "There is nothing new in it.")
    request_comments.reply(request, words, at=at, author_name=who or "somebody")
    row.notes += _keep_files(request, said, at=at)
    if request.state == State.MERGED:
        row.notes.append(f"It stands under {request.ref}, which was joined with another.")
    _settle(row, MailState.REPLY, "", request)


def _incoming(said, forwarded, proved):
    """A mail to nobody's request as one. What a colleague forwards is from whoever wrote it first."""
    name, address, brought_by = said.from_name, said.from_email, ""
    colleague = proved and User.objects.active().filter(email__iexact=address).exists()
    if forwarded and colleague and (first := _FROM.search(said.text)):
        original = mail.read(f"From: {first[1]}\n\n".encode())
        if original.from_email:
            name, address, brought_by = original.from_name, original.from_email, said.from_email
    return Incoming(
        title=_ANSWERED.sub("", said.subject).strip() or said.subject,
        body=mail.fresh_part(said.text, forwarded=forwarded),
        external_id=f"mail:{said.digest}",
        author_name=name,
        author_email=address,
        proved=proved,
        brought_by=brought_by,
        language=said.language,
        sent_at=said.sent_at,
    )


def _keep_files(request, said, *, at):
    """Hang the attachments on the request, as from outside; gives what was left out and why."""
    notes, kept = [], 0
    for part in said.parts:
        if part.small_inline:
            continue
        if kept == FILES_MOST:
            notes.append(f"Only the first {FILES_MOST} files were kept with the request.")
            break
        upload = InMemoryUploadedFile(
            io.BytesIO(part.data), None, part.name, part.content_type, len(part.data), None
        )
        try:
            attachments.add(request, [upload], by=None, at=at)
            kept += 1
        except attachments.Refused as error:
            notes.append(str(error)[:300])
    return notes


def left_behind(*, at):
    """Ids of mails of the last day whose worker was killed, or that failed and can be tried once more."""
    span = (at - dt.timedelta(days=1), at - dt.timedelta(minutes=10))
    rows = MailIn.objects.filter(state__in=(MailState.WAITING, MailState.FAILED), at__range=span)
    return list(rows.exclude(reason__startswith=NO_CALL).order_by("at").values_list("pk", flat=True)[:100])


def take_up(pk, *, at):
    """Try a mail again that was left behind."""
    row = MailIn.objects.select_related("channel").filter(pk=pk).first()
    if row:
        said, _ = _told(row)
        if said is not None:
            with suppress(NotNow):
                handle(row, at=at, said=said)


def again(row, *, by, at):
    """Take a mail of which nothing was made all the same. Raises `NotNow`."""
    handle(row, at=at, whoever=True)
    if row.state == MailState.FAILED:
        raise NotNow(f"It could not be read: {row.reason}")
    activity.record("channel.mail_taken", on=row.channel, by=by, at=at, data={"subject": str(row)[:100]})
