"""Asking people in: by mail, with a link that works once and for a fortnight."""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template import engines
from django.urls import reverse

from prodops import activity
from prodops.models import Invitation, Level, Membership, User

log = logging.getLogger(__name__)
LASTS = timedelta(days=14)


class AlreadyHere(Exception):
    """The address has an account or an open invitation."""


class NotSent(Exception):
    """The mail server did not take the mail: the invitation is revoked, as nobody has its link."""


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def invite(email, *, role, team, by, at):
    """Invite `email` with `role` into `team` (or None); raises `AlreadyHere` or `NotSent`.

    Not inside another transaction: the mail goes when the invitation is committed.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        invitation = _create(email, token, role=role, team=team, by=by, at=at)
    try:
        _mail(invitation, token)
    except Exception as error:
        log.exception("The invitation %s was not mailed", invitation.pk)
        revoke(invitation, by=by, at=at)
        raise NotSent(
            f"The mail to {email} could not be sent, so nobody is invited. Try again later."
        ) from error
    return invitation


def _create(email, token, *, role, team, by, at):
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyHere(f"{email} already has an account.")
    Invitation.objects.filter(email__iexact=email, accepted_at=None, expires_at__lte=at).update(revoked_at=at)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email.lower(),
                role=role,
                team=team,
                token_hash=_hash(token),
                invited_by=by,
                invited_at=at,
                expires_at=at + LASTS,
            )
    except IntegrityError as error:
        raise AlreadyHere(f"{email} has an open invitation. Revoke it first to send another.") from error
    activity.record("invitation.sent", on=invitation, by=by, at=at, data={"role": role})
    return invitation


def _mail(invitation, token):
    link = settings.BASE_URL + reverse("invitation_accept", args=[token])
    body = (
        engines["jinja2"]
        .get_template("email/invitation.txt")
        .render({"invitation": invitation, "link": link})
    )
    subject = f"{invitation.invited_by} invites you to {settings.COMPANY_NAME}'s Prodops"
    # Names are people's own words; a line end in one is no line end of a header
    send_mail(" ".join(subject.split())[:200], body, settings.DEFAULT_FROM_EMAIL, [invitation.email])


def find(token, *, at):
    """The open invitation of a link's token, or None."""
    if not token:
        return None
    return Invitation.objects.open(at).filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(token, *, by, at):
    """Give `by` the invitation's role and team.

    A link used twice or too late gives nothing, nor does one that was sent to another address.
    """
    invitation = find(token, at=at)
    if invitation is None or invitation.email.lower() != by.email.lower():
        return
    if not Invitation.objects.open(at).filter(pk=invitation.pk).update(accepted_at=at, accepted_by=by):
        return
    by.role = invitation.role
    by.save(update_fields=["role"])
    if invitation.team_id:
        Membership.objects.get_or_create(
            user=by, team_id=invitation.team_id, defaults={"level": Level.EDITOR}
        )
    activity.record("invitation.accepted", on=invitation, by=by, at=at)


@transaction.atomic
def revoke(invitation, *, by, at):
    """Make the link useless."""
    if Invitation.objects.open(at).filter(pk=invitation.pk).update(revoked_at=at):
        activity.record("invitation.revoked", on=invitation, by=by, at=at)
