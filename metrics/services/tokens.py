"""Keys for other systems: made, shown once, rotated, revoked."""

import datetime as dt
import secrets

from django.db import transaction

from metrics.models import ApiToken, Kpi
from metrics.models.token import digest_of
from prodops import activity

PREFIX = "pops_"
GRACE = dt.timedelta(hours=24)  # how long the secret before a rotation still holds
USED_EVERY = dt.timedelta(minutes=5)  # how exact "last used" is


class NotAlive(Exception):
    """The token has been revoked or has run out."""


class NothingInReach(Exception):
    """A token must reach something: some KPIs or a team."""


@transaction.atomic
def make(*, name, team, kpis, expires_at, by, at):
    """Make a token; gives (token, secret). The secret is nowhere else and is never seen again."""
    kpis = list(kpis)
    if team is None and not kpis:
        raise NothingInReach("Choose a team or at least one KPI.")
    secret = _secret()
    token = ApiToken.objects.create(
        name=name, team=team, expires_at=expires_at, by=by, at=at, **_kept(secret)
    )
    token.kpis.set(kpis)
    activity.record("api_token.made", on=token, by=by, at=at, data={"token": name})
    return token, secret


@transaction.atomic
def rotate(token, *, by, at, grace=GRACE):
    """Give it a new secret; gives that. The old one holds for `grace`; the token is `by`'s from now on."""
    held = ApiToken.objects.select_for_update().alive(at).filter(pk=token.pk).first()
    if held is None:
        raise NotAlive("This token no longer works. Make a new one.")
    secret = _secret()
    former = {"former_digest": held.digest, "former_until": at + grace} if grace else {}
    fields = {"former_digest": "", "former_until": None, **former, **_kept(secret), "by": by}
    ApiToken.objects.filter(pk=token.pk).update(**fields)
    token.refresh_from_db()
    activity.record("api_token.rotated", on=token, by=by, at=at, data={"token": token.name})
    return secret


@transaction.atomic
def revoke(token, *, by, at):
    """End it at once, and the one before it."""
    fields = {"revoked_by": by, "revoked_at": at, "former_digest": "", "former_until": None}
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(**fields):
        raise NotAlive("This token is revoked already.")
    token.refresh_from_db()
    activity.record("api_token.revoked", on=token, by=by, at=at, data={"token": token.name})


def find(secret, *, at):
    """The living token of a secret, with the person it acts for, or None."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    return ApiToken.objects.known_by(secret, at).select_related("by").first()


def reach(token):
    """The KPIs that a token may write to now: its scope, and of that what its person may edit."""
    editable = Kpi.objects.editable_by(token.by).live()
    if token.team_id:
        editable = editable.filter(team=token.team_id)
    listed = set(token.kpis.values_list("pk", flat=True))
    return editable.filter(pk__in=listed) if listed or not token.team_id else editable


def used(token, *, at):
    """Note that it was used, every few minutes only."""
    if token.used_at is None or at - token.used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)


def _secret():
    return PREFIX + secrets.token_urlsafe(32)


def _kept(secret):
    return {"start": secret[: len(PREFIX) + 4], "digest": digest_of(secret)}
