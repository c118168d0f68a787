"""Invitations: people are picked in batches, asked by mail with a link of their own, reminded, let be."""

import datetime as dt
import logging
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template import engines
from django.urls import reverse

from prodops import activity, jobs
from research.models import (
    BatchState,
    Invitation,
    InvitationBatch,
    InvitationKind,
    Recruit,
    RecruitState,
    hash_of,
)
from research.queries import recruiting as reads

from . import recruits

log = logging.getLogger(__name__)
GIVE_UP = dt.timedelta(days=2)  # after that an invitation that could not be mailed is not sent any more
REFUSED_FOR_GOOD = 500
AT_ONCE = 200  # mails of one task


@transaction.atomic
def send(batch_id, *, at):
    """Invite those of a batch whose time has come, unless an owner is still to say. Safe to run twice."""
    waiting = InvitationBatch.objects.filter(pk=batch_id, state=BatchState.WAITING, send_at__lte=at)
    if not waiting.update(state=BatchState.SENT, sent_at=at):
        return 0
    picked = Recruit.objects.filter(batch=batch_id, state=RecruitState.PICKED)
    return _invite(picked, at=at)


def send_due(*, at):
    """Send the batches whose time has come."""
    due = InvitationBatch.objects.filter(state=BatchState.WAITING, send_at__lte=at).order_by("send_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        send(pk, at=at)


def invite_cleared(study_id, account_id, *, at):
    """The account's owner agrees: invite those of it whose batch has gone out without them."""
    picked = Recruit.objects.filter(study=study_id, participant__account=account_id)
    return _invite(picked.filter(state=RecruitState.PICKED, batch__state=BatchState.SENT), at=at)


def _invite(picked, *, at):
    """Invite the recruits of a QuerySet that may still be asked; the others say why they were not."""
    rows = list(picked.select_related("study__recruiting", "participant", "batch").order_by("pk"))
    blocked = reads.still_barred(rows, at=at)
    waiting = reads.waiting_accounts(rows)
    ids = []
    for recruit in rows:
        if recruit.participant.account_id in waiting:
            continue
        if because := blocked.get(recruit.pk):
            recruits.move(recruit, RecruitState.WITHHELD, by=None, at=at, because=because)
            continue
        lasts = dt.timedelta(days=recruit.study.recruiting.link_days)
        by = recruit.batch.created_by if recruit.batch else recruit.picked_by
        fields = {"invited_at": at, "expires_at": at + lasts, "token_hash": hash_of(recruit.token)}
        recruits.move(recruit, RecruitState.INVITED, by=by, at=at, **fields)
        ids.append(Invitation.objects.create(recruit=recruit, at=at).pk)
    _mail_soon(ids)
    return len(ids)


def _mail_soon(ids):
    for start in range(0, len(ids), AT_ONCE):
        jobs.enqueue("research.tasks.mail_invitations", ids=ids[start : start + AT_ONCE])


@transaction.atomic
def remind(recruit_ids, *, at, by=None):
    """Remind those of `recruit_ids` who may be reminded; returns how many. Twice at once reminds once."""
    locked = Recruit.objects.select_for_update(of=("self",)).filter(pk__in=recruit_ids)
    rows = list(locked.select_related("study__recruiting", "participant").order_by("pk"))
    blocked = reads.still_barred(rows, at=at)
    due = {one.pk for one in reads.to_remind(at=at, by_hand=by is not None).filter(pk__in=recruit_ids)}
    ids = []
    for recruit in rows:
        if recruit.pk in due and recruit.pk not in blocked and not reads.shut(recruit, at=at):
            kind = InvitationKind.REMINDER
            ids.append(Invitation.objects.create(recruit=recruit, kind=kind, at=at).pk)
    if ids and by is not None:
        data = {"people": len(ids)}
        activity.record("recruiting.reminded", on=rows[0].study, by=by, at=at, data=data)
    _mail_soon(ids)
    return len(ids)


def remind_due(*, at):
    """Remind everybody whose study says so and who has not been heard of."""
    due = list(reads.to_remind(at=at).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(due), AT_ONCE):
        remind(due[start : start + AT_ONCE], at=at)


def unmailed(*, before):
    """Ids of invitations that should have been mailed, or tried again, by then."""
    late = Invitation.objects.to_mail().filter(Q(try_at=None, at__lt=before) | Q(try_at__lte=before))
    return list(late.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def mail(ids, *, at):
    """Mail invitations, each once; whose address can't be reached now is tried again for two days."""
    for pk in ids:
        try:
            _mail_one(pk, at=at)
        except Exception as problem:
            log.exception("Invitation %s was not mailed", pk)
            _put_off(pk, problem, at)


@transaction.atomic
def _mail_one(pk, *, at):
    free = Invitation.objects.to_mail().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk)
    row = free.select_related("recruit__study__recruiting", "recruit__participant", "recruit__batch").first()
    if row is None:
        return
    # an opt-out, a no, or a closed study between the sending and now is heeded
    wanted = row.recruit.state in reads.HEARS[row.kind]
    if not wanted or reads.still_barred([row.recruit], at=at) or not row.recruit.participant.email:
        Invitation.objects.filter(pk=pk).update(given_up_at=at)
        return
    Invitation.objects.filter(pk=pk).update(mailed_at=at)
    mail_for(row).send()


def _put_off(pk, problem, at):
    row = Invitation.objects.to_mail().filter(pk=pk).first()
    if row is None:
        return
    if _for_good(problem) or at > row.at + GIVE_UP:
        Invitation.objects.filter(pk=pk).update(given_up_at=at)
    else:
        pause = dt.timedelta(minutes=5 * 2 ** min(row.tries, 7))
        Invitation.objects.filter(pk=pk).update(tries=F("tries") + 1, try_at=at + pause)


def _for_good(problem):
    """Whether trying again is no use: the server knows no such mailbox, or no mail can be made of it."""
    if isinstance(problem, SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _ in problem.recipients.values())
    return isinstance(problem, ValueError)


def link_to(recruit, page="research:invited"):
    return settings.BASE_URL + reverse(page, args=[recruit.token])


SUBJECTS = {
    InvitationKind.INVITATION: "{subject}",
    InvitationKind.REMINDER: "A reminder: {subject}",
    InvitationKind.ACCEPTED: "You can choose a time: {subject}",
}


def mail_for(invitation):
    """The mail of an `Invitation`: what it is about, their own link, and how to hear no more."""
    recruit = invitation.recruit
    recruiting, batch = recruit.study.recruiting, recruit.batch
    stop = link_to(recruit, "research:opt_out")
    body = engines["jinja2"].get_template("research/email/invitation.txt")
    context = {
        "kind": invitation.kind,
        "name": recruit.participant.name,
        "words": batch.words if batch else recruiting.words,
        "recruiting": recruiting,
        "link": link_to(recruit),
        "stop_url": stop,
        "until": recruit.expires_at,
        "company": settings.COMPANY_NAME,
    }
    subject = SUBJECTS[InvitationKind(invitation.kind)]
    subject = subject.format(subject=batch.subject if batch else recruiting.public_title)
    return EmailMessage(
        " ".join(subject.split())[:200],
        body.render(context),
        settings.DEFAULT_FROM_EMAIL,
        [recruit.participant.email],
        reply_to=[recruit.picked_by.email],
        headers={
            "X-Prodops": "1",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
