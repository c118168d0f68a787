"""The door of a webhook channel: set up, opened with a token or a signature, rotated, revoked."""

import datetime as dt
import hmac
import secrets

from django.db import transaction
from django.db.models import F

from coordination.formats import signatures
from coordination.models import Proof, Scheme, System, WebhookEndpoint
from coordination.models.webhook import digest_of
from prodops import activity, vault

PREFIX = "hook_"
GRACE = dt.timedelta(hours=24)  # how long what a rotation replaced still holds
USED_EVERY = dt.timedelta(minutes=1)  # how exact "last used" is


class NotNow(Exception):
    """It cannot be done as it stands; the words say why."""


class Refused(Exception):
    """The sender has not proved that it may send; the words say what is wrong."""


@transaction.atomic
def set_up(channel, *, system, proof, scheme, secret="", by, at):
    """Make the door, or change how it is opened. Gives (endpoint, the token where a new one was made).

    A `secret` replaces the signing secret, and the one before it holds for `GRACE`; empty leaves it. A
    revoked door is opened anew with new secrets. A token that moves into the address or out of it is made
    anew: nobody here knows the address otherwise, and what stood in one is in the logs on its way.
    """
    endpoint = WebhookEndpoint.objects.select_for_update().filter(channel=channel).first()
    fresh = endpoint is None or endpoint.revoked_at is not None
    endpoint = endpoint or WebhookEndpoint(channel=channel, made_at=at)
    _forget_former(endpoint, at)
    moved = (endpoint.proof == Proof.ADDRESS) != (proof == Proof.ADDRESS)
    before = "" if fresh else f"{endpoint.system} {endpoint.proof} {endpoint.scheme}"
    endpoint.system, endpoint.proof, endpoint.scheme = System(system), Proof(proof), Scheme(scheme)
    endpoint.revoked_at = endpoint.revoked_by = None
    if fresh:
        endpoint.refused, endpoint.refused_at, endpoint.refused_why = 0, None, ""
    if secret:
        _replace_secret(endpoint, secret, at, GRACE)
    if endpoint.signs and not endpoint.sealed_secret:
        raise NotNow("A signature needs the signing secret: paste the one that the sender uses.")
    token = ""
    if endpoint.has_token and (moved or not endpoint.digest):
        endpoint.former_digest, token = "", _new_token(endpoint)
    elif not endpoint.has_token:
        endpoint.digest = endpoint.start = endpoint.former_digest = ""
    endpoint.save()
    said = f"{endpoint.get_system_display()}, {endpoint.get_proof_display().lower()}"
    if fresh or secret or before != f"{endpoint.system} {endpoint.proof} {endpoint.scheme}":
        activity.record("channel.webhook_set_up", on=channel, by=by, at=at, data={"said": said})
    return endpoint, token


@transaction.atomic
def rotate(endpoint, *, by, at, grace=GRACE):
    """Give it a new token; gives that. The one before it holds for `grace`; None ends it at once."""
    held = _alive(endpoint)
    if not held.has_token:
        raise NotNow("This webhook is opened by a signature alone. Paste a new signing secret instead.")
    _forget_former(held, at)
    held.former_digest = held.digest if grace else ""
    held.former_until = at + grace if grace else held.former_until
    token = _new_token(held)
    held.save()
    activity.record("channel.token_rotated", on=held.channel, by=by, at=at)
    return token


@transaction.atomic
def revoke(endpoint, *, by, at):
    """End all its secrets at once and forget them."""
    held = _alive(endpoint)
    held.digest = held.start = held.former_digest = ""
    held.sealed_secret = held.former_sealed_secret = b""
    held.former_until, held.revoked_by, held.revoked_at = None, by, at
    held.save()
    activity.record("channel.webhook_revoked", on=held.channel, by=by, at=at)


def prove(endpoint, *, token, in_address, call, at):
    """Raises `Refused` unless the sender may send: the right token, the right signature, as was set up.

    `token` is what was given, `in_address` whether it stood in the address; `call` is a `signatures.Call`.
    """
    if endpoint.revoked_at:
        raise Refused("This webhook was revoked. Ask product ops to set it up anew.")
    if endpoint.has_token:
        if in_address != (endpoint.proof == Proof.ADDRESS):
            place = "in the address" if endpoint.proof == Proof.ADDRESS else "as “Authorization: Bearer …”"
            raise Refused(f"The token has to stand {place}.")
        if not _is_token(endpoint, token, at):
            raise Refused("The token is not the one of this webhook." if token else "The token is missing.")
    if endpoint.signs:
        try:
            signatures.check(endpoint.scheme, _secrets(endpoint, at), call, at)
        except (signatures.Refused, vault.Unreadable) as error:
            raise Refused(str(error)) from error


def note_use(endpoint, *, at):
    if endpoint.used_at is None or at - endpoint.used_at > USED_EVERY:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(used_at=at)


def note_refusal(endpoint, why, *, at):
    """Count who was turned away, for the channel's page: a wrong secret is the commonest mistake."""
    fields = {"refused": F("refused") + 1, "refused_at": at, "refused_why": why[:300]}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**fields)


def _alive(endpoint):
    held = WebhookEndpoint.objects.select_for_update(of=["self"]).select_related("channel")
    found = held.filter(pk=endpoint.pk, revoked_at=None).first()
    if found is None:
        raise NotNow("This webhook is revoked. Set it up anew.")
    return found


def _forget_former(endpoint, at):
    """What has run out is not to live again with the next rotation's time."""
    if endpoint.former_until and endpoint.former_until <= at:
        endpoint.former_digest, endpoint.former_sealed_secret = "", b""
        endpoint.former_until = None


def _new_token(endpoint):
    token = PREFIX + secrets.token_urlsafe(32)
    endpoint.start, endpoint.digest = token[: len(PREFIX) + 4], digest_of(token)
    return token


def _replace_secret(endpoint, secret, at, grace):
    if endpoint.sealed_secret:
        endpoint.former_sealed_secret, endpoint.former_until = endpoint.sealed_secret, at + grace
    endpoint.sealed_secret = vault.seal(secret)


def _is_token(endpoint, token, at):
    given = digest_of(token)
    known = hmac.compare_digest(given, endpoint.digest)
    former = hmac.compare_digest(given, endpoint.former_digest) and endpoint.former_until > at
    return bool(token) and (known or former)


def _secrets(endpoint, at):
    """The signing secrets that hold now, the newest first."""
    sealed = [endpoint.sealed_secret]
    if endpoint.former_sealed_secret and endpoint.former_until > at:
        sealed.append(endpoint.former_sealed_secret)
    return [vault.unseal(one) for one in sealed if one]
