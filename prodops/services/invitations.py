"""Asking people in: by mail, with a link that works once and for a fortnight."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template import engines
from django.urls import reverse

from prodops import activity
from prodops.models import Invitation, Level, Membership, User

LASTS = timedelta(days=14)


class AlreadyHere(Exception):
    """The address has an account or an open invitation."""


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(email, *, role, team, by, at):
    """Invite `email` with `role` into `team` (or None); raises `AlreadyHere`. The mail goes after commit."""
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyHere(f"{email} already has an account.")
    Invitation.objects.filter(email__iexact=email, accepted_at=None, expires_at__lte=at).update(revoked_at=at)
    token = secrets.token_urlsafe(32)
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
    transaction.on_commit(lambda: _mail(invitation, token))
    return invitation


def _mail(invitation, token):
    link = settings.BASE_URL + reverse("invitation_accept", args=[token])
    body = (
        engines["jinja2"]
        .get_template("email/invitation.txt")
        .render({"invitation": invitation, "link": link})
    )
    subject = f"{invitation.invited_by} invites you to {settings.COMPANY_NAME}'s Prodops"
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])


def find(token, *, at):
    """The open invitation of a link's token, or None."""
    if not token:
        return None
    return Invitation.objects.open(at).filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(token, *, by, at):
    """Give `by` the invitation's role and team; a link used twice or too late gives nothing."""
    invitation = find(token, at=at)
    if invitation is None:
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
