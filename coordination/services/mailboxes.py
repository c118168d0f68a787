"""The mailboxes of channels: set up, looked into on schedule, and their secret addresses."""

import datetime as dt
import secrets

from django.db import transaction

from coordination import sources
from coordination.models import Mailbox
from metrics.models.token import digest_of
from prodops import activity, jobs, vault

from . import mail_in

EVERY = dt.timedelta(minutes=2)
MOST_WAIT = dt.timedelta(hours=2)
AT_ONCE = 200  # mails of one look


@transaction.atomic
def set_up(
    channel, *, by, at, address, host="", port=993, user="", password="", folder="INBOX", provider, key=""
):
    """Say how mail reaches the channel. An empty password or key keeps what is there."""
    box = Mailbox.objects.select_for_update().filter(channel=channel).first()
    box = box or Mailbox(channel=channel, next_poll_at=at)
    moved = (box.host, box.user, box.folder) != (host, user, folder)
    box.address, box.host, box.port, box.user = address.lower(), host.lower(), port, user
    box.folder, box.provider = folder or "INBOX", provider
    if password:
        box.sealed_password = vault.seal(password)
    if key:
        box.sealed_key = vault.seal(key)
    if moved:
        box.validity, box.last_uid = None, 0
    box.next_poll_at, box.failures, box.error = at, 0, ""
    box.save()
    activity.record("channel.mailbox_changed", on=channel, by=by, at=at, data={"address": box.address})
    return box


@transaction.atomic
def new_door(box, *, by, at):
    """Make the webhook's secret address anew; gives the secret, which is not shown again."""
    secret = secrets.token_urlsafe(32)
    Mailbox.objects.filter(pk=box.pk).update(door_digest=digest_of(secret))
    activity.record("channel.mail_door_made", on=box.channel, by=by, at=at)
    return secret


def behind(secret):
    """The mailbox whose secret address this is, or None."""
    rows = Mailbox.objects.select_related("channel__owner", "channel__team", "channel__area", "channel__type")
    return rows.filter(door_digest=digest_of(secret)).first() if secret else None


def due(*, at):
    return list(Mailbox.objects.due(at).order_by("next_poll_at").values_list("pk", flat=True)[:100])


def poll(pk, *, at):
    """Fetch what is new in the mailbox; each mail is kept before the next is asked for.

    A look that breaks off goes on behind the last mail it kept. What fails is tried again ever more rarely.
    """
    if not Mailbox.objects.due(at).filter(pk=pk).update(polling_since=at):
        return 0
    box = Mailbox.objects.select_related(
        "channel__owner", "channel__team", "channel__area", "channel__type"
    ).get(pk=pk)
    fetched, error = 0, "Something broke on our side; it is tried again."
    try:
        fetched, error = _fetch(box, at), ""
    except (sources.Unavailable, sources.NotAllowed, vault.Unreadable) as problem:
        error = str(problem)
    finally:
        failures = min(box.failures + 1, 100) if error else 0
        wait = min(EVERY * 2 ** min(failures, 10), MOST_WAIT)
        Mailbox.objects.filter(pk=pk).update(
            failures=failures,
            error=error[:500],
            next_poll_at=at + wait,
            polling_since=None,
            polled_at=box.polled_at if error else at,
        )
    return fetched


@transaction.atomic
def look_now(box, *, at):
    """Have the mailbox looked into now, not at its next time."""
    Mailbox.objects.filter(pk=box.pk).update(next_poll_at=at)
    jobs.enqueue("coordination.tasks.poll_mailbox", mailbox_id=box.pk)


def _fetch(box, at):
    password = vault.unseal(box.sealed_password) if box.sealed_password else ""
    known = sources.Place(box.validity, box.last_uid)
    fetched = 0
    with sources.mailbox(box.host, box.port, box.user, password, box.folder) as server:
        for validity, uid, raw in server.after(known, most=AT_ONCE, largest=mail_in.LARGEST):
            mail_in.receive(raw, channel=box.channel, at=at)
            Mailbox.objects.filter(pk=box.pk).update(validity=validity, last_uid=uid)
            fetched += 1
    return fetched
