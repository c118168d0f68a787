"""What is sent to a webhook: written down first, read by a worker, read again when somebody asks.

Nothing that was proved is dropped: each call is a row with its bytes, whatever becomes of it.
"""

import datetime as dt
import hashlib
import logging
from collections import Counter

from django.db import DatabaseError, connection, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from coordination.formats import adapters, mapping, payloads, signatures
from coordination.formats.adapters import Ignored, Later, Unknown
from coordination.formats.incoming import clean
from coordination.models import (
    Channel,
    Delivery,
    DeliveryItem,
    DeliveryState,
    System,
    WebhookMapping,
)
from prodops import activity, jobs

from . import intake, told_later

log = logging.getLogger(__name__)
SAME_BYTES = dt.timedelta(hours=24)  # in which the same bytes are the same delivery, if nothing names it
LEFT_BEHIND = dt.timedelta(minutes=2)  # after which the sweep takes up what no worker has
RETRIES = (dt.timedelta(minutes=1), dt.timedelta(minutes=10), dt.timedelta(hours=1), dt.timedelta(hours=6))
KEPT = dt.timedelta(days=180)  # how long the bytes of what was settled are kept
AT_ONCE = 500  # replayed with one click


class KeyReused(Exception):
    """The Idempotency-Key came with other words before."""

    def __init__(self, delivery):
        super().__init__("This Idempotency-Key was used for another body. Choose a new one.")
        self.delivery = delivery


class NotNow(Exception):
    """It cannot be read again; the words say why."""


def receive(endpoint, body, *, headers, content_type, key="", at):
    """Write down a call of the webhook. Gives (delivery, whether it came before).

    `key` is its Idempotency-Key; without one the sender's own number of the delivery tells it from others,
    and without that its bytes, for a day. Where a signature without a time is the proof, the same bytes are
    the same delivery at any time, as anybody may write another number on a recorded one. Raises `KeyReused`
    for a key with another body; that call is kept too. A worker reads the new ones after the commit.
    """
    digest = hashlib.sha256(body).hexdigest()
    payload, fault = _parsed(body, content_type)
    own = f"key:{key}" if key else signatures.own_id(headers, payload)
    known_by = own or f"bytes:{digest}"
    fields = {
        "channel_id": endpoint.channel_id,
        "at": at,
        "system": endpoint.system,
        "key": known_by,
        "size": len(body),
        "digest": digest,
        "content_type": content_type[:100].replace("\0", ""),
    }
    with transaction.atomic():
        _one_at_a_time(endpoint.channel_id, known_by)
        earlier = _earlier(endpoint.channel_id, at - SAME_BYTES if not own else None, key=known_by)
        if earlier is None and endpoint.signs and endpoint.scheme in signatures.TIMELESS:
            _one_at_a_time(endpoint.channel_id, f"bytes:{digest}")
            earlier = _earlier(endpoint.channel_id, None, digest=digest)
        if earlier is None:
            return _first(fields, body, fault, at), False
        reused = bool(key) and earlier.digest != digest
        delivery = _again(earlier, fields, body, at, reused=reused)
    if reused:  # only now, so that the call is kept
        raise KeyReused(delivery)
    return delivery, True


def _first(fields, body, fault, at):
    if fault:
        settled = {"state": DeliveryState.MALFORMED, "why": fault[:500], "settled_at": at}
        return Delivery.objects.create(**fields, **settled, body=body)
    delivery = Delivery.objects.create(**fields, body=body, next_try_at=at + LEFT_BEHIND)
    jobs.enqueue("coordination.tasks.take_delivery", delivery_id=delivery.pk)
    return delivery


def _again(earlier, fields, body, at, *, reused):
    """A call that came before, or says so: kept beside the first, its bytes only where they differ."""
    same = earlier.digest == fields["digest"]
    if reused:
        why = f"Its Idempotency-Key came with another body in delivery {earlier.pk}."
        state = DeliveryState.FAILED
    else:
        why = f"It is delivery {earlier.pk} again{'' if same else ', with other bytes'}."
        state = DeliveryState.DUPLICATE
    kept = b"" if same else body
    return Delivery.objects.create(**fields, state=state, why=why, first=earlier, body=kept, settled_at=at)


def work(delivery_id, *, at):
    """Read a delivery and take in what it asks for. Safe to run twice and at once: one of them does it."""
    try:
        with transaction.atomic():
            # No key: a call that came again and is being written down refers to this row, and is no worker
            waiting = Delivery.objects.select_for_update(of=["self"], skip_locked=True, no_key=True)
            delivery = waiting.filter(pk=delivery_id).filter(_unread()).select_related("channel").first()
            if delivery is not None:
                _read(delivery, at)
    except Exception as error:  # whatever it is, the delivery says so and is tried again
        log.exception("Delivery %s could not be taken", delivery_id)
        _failed(delivery_id, error, at)


def _unread():
    return Q(state=DeliveryState.RECEIVED) | Q(state=DeliveryState.FAILED, next_try_at__isnull=False)


def _read(delivery, at):
    payload, fault = _parsed(bytes(delivery.body), delivery.content_type)
    if fault:
        _settle(delivery, DeliveryState.MALFORMED, fault, at)
        return
    said, version = interpret(delivery.channel_id, delivery.system, payload)
    delivery.mapping = version
    if isinstance(said, Ignored):
        _settle(delivery, DeliveryState.IGNORED, said.why, at)
    elif isinstance(said, Unknown):
        _settle(delivery, DeliveryState.UNKNOWN, said.why, at)
    elif delivery.channel.closed_at:
        _settle(delivery, DeliveryState.FAILED, "The channel was closed meanwhile. Open it and replay.", at)
    elif isinstance(said, Later):
        _comment(delivery, said, at)
    else:
        _take(delivery, said, at)


def interpret(channel_id, system, payload):
    """(what the payload says, the version of the mapping that read it or None)."""
    if system != System.OTHER:
        return adapters.read(system, payload), None
    version = WebhookMapping.objects.filter(channel=channel_id).first()
    return mapping.read(version.rules if version else mapping.SUGGESTED, payload), version


def _take(delivery, things, at):
    """Make them requests. What has no number of its own gets the delivery's: replayed, it comes in once."""
    added_to, unheard = [], ""
    for place, one in enumerate(things):
        if one.revises:
            request, new = told_later.known(one.external_id, channel=delivery.channel), False
        else:
            numbered = intake.numbered(one, f"delivery:{delivery.pk}:{place}")
            request, new = intake.take(numbered, channel=delivery.channel, at=at)
        if request is None:
            unheard = one.external_id
            continue
        if not new and told_later.revise(request, one, where=_where(delivery), at=at):
            added_to.append(request.ref)
        DeliveryItem.objects.get_or_create(delivery=delivery, request=request, defaults={"new": new})
    if delivery.items.filter(new=True).exists():
        _settle(delivery, DeliveryState.TAKEN, "", at)
    elif added_to:
        _settle(delivery, DeliveryState.TAKEN, f"How it reads now stands under {', '.join(added_to)}.", at)
    elif delivery.items.exists():
        _settle(delivery, DeliveryState.DUPLICATE, "What it tells of had come in before.", at)
    else:
        _not_heard_of(delivery, unheard, at)


def _comment(delivery, later, at):
    """Put what was said there under the request that the thing became."""
    request = told_later.known(later.of, channel=delivery.channel)
    if request is None:
        _not_heard_of(delivery, later.of, at)
        return
    new = told_later.comment(request, later, where=_where(delivery), at=at)
    DeliveryItem.objects.get_or_create(delivery=delivery, request=request, defaults={"new": False})
    if new:
        _settle(delivery, DeliveryState.TAKEN, f"A comment: it stands under {request.ref}.", at)
    else:
        _settle(delivery, DeliveryState.DUPLICATE, f"The comment stands under {request.ref} already.", at)


def _where(delivery):
    other = delivery.system == System.OTHER
    return delivery.channel.name if other else delivery.get_system_display()


def _not_heard_of(delivery, number, at):
    """It is of a thing that is not here. The call that brings it may be a moment behind: one more look."""
    named = clean(number)[:100]
    if delivery.attempts:
        why = f"It is of “{named}”, which did not come in by this channel."
        _settle(delivery, DeliveryState.IGNORED, why, at)
        return
    why = f"It is of “{named}”, which has not come in. It is looked for once more."
    _settle(delivery, DeliveryState.FAILED, why, at)
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=at + RETRIES[0])


def _settle(delivery, state, why, at):
    delivery.state, delivery.why, delivery.settled_at = state, why[:500], at
    delivery.next_try_at = None
    delivery.attempts += 1
    delivery.save(update_fields=["state", "why", "settled_at", "next_try_at", "attempts", "mapping"])


def _failed(delivery_id, error, at):
    """Note that it went wrong, and when it is tried again; after the last time it waits for a person."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).filter(_unread()).first()
        if delivery is None:
            return
        waits = dict(enumerate(RETRIES))
        wait = waits.get(delivery.attempts)
        kind = "The database refused it" if isinstance(error, DatabaseError) else "Reading it went wrong"
        delivery.state, delivery.settled_at = DeliveryState.FAILED, at
        said = clean(str(error)).partition("\n")[0][:300]
        delivery.why = f"{kind} ({type(error).__name__}{f': {said}' if said else ''})."
        delivery.attempts += 1
        delivery.next_try_at = at + wait if wait else None
        delivery.save(update_fields=["state", "settled_at", "why", "attempts", "next_try_at"])


@transaction.atomic
def replay(delivery, *, by, at):
    """Read it again, by today's adapter and mapping. What it brought already does not come in twice."""
    if not replay_many(Delivery.objects.filter(pk=delivery.pk), by=by, at=at):
        raise NotNow("Its bytes are not kept any more, so it cannot be read again.")


@transaction.atomic
def replay_many(deliveries, *, by, at):
    """Read these again, as far as their bytes are kept and no worker has them; gives how many."""
    picked = deliveries.filter(emptied_at=None, size__gt=0).exclude(state=DeliveryState.RECEIVED)
    # First those that nobody replayed yet: so asking again and again comes past all of them
    picked = picked.order_by(F("replayed_at").asc(nulls_first=True), "pk")
    picked = picked.select_for_update(of=["self"]).values("pk", "channel", "first")[:AT_ONCE]
    rows = list(picked)
    copied = Delivery.objects.filter(pk=OuterRef("first"), digest=OuterRef("digest")).values("body")
    repeated = Delivery.objects.filter(pk__in=[one["pk"] for one in rows if one["first"]], body=b"")
    repeated.update(body=Coalesce(Subquery(copied), Value(b"")))  # so that it can be read on its own
    readable = Delivery.objects.filter(pk__in=[one["pk"] for one in rows]).exclude(body=b"")
    channels = Counter(readable.values_list("channel", flat=True))
    ids = list(readable.values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(
        state=DeliveryState.RECEIVED,
        why="",
        settled_at=None,
        attempts=0,
        replayed_by=by,
        replayed_at=at,
        next_try_at=at + LEFT_BEHIND,
    )
    for delivery_id in ids:
        jobs.enqueue("coordination.tasks.take_delivery", delivery_id=delivery_id)
    for channel in Channel.objects.filter(pk__in=channels):
        activity.record("channel.replayed", on=channel, by=by, at=at, data={"count": channels[channel.pk]})
    return len(ids)


def take_up(*, at):
    """The deliveries that a worker should read by now, as ids: left behind, or to be tried again."""
    return list(
        Delivery.objects.due(at).filter(_unread()).order_by("next_try_at").values_list("pk", flat=True)[:500]
    )


def let_go(*, at):
    """Empty what was settled long ago and waits for nobody; the row stays and says so."""
    old = Delivery.objects.filter(settled_at__lt=at - KEPT, emptied_at=None).exclude(
        pk__in=Delivery.objects.dead().values("pk")
    )
    return old.update(body=b"", emptied_at=at)


def _parsed(body, content_type):
    try:
        return payloads.read(body, content_type), ""
    except payloads.NotJson as error:
        return None, str(error)


def _one_at_a_time(channel_id, key):
    """Until this transaction ends no other call with this key goes past here."""
    number = int.from_bytes(hashlib.sha256(f"{channel_id}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _earlier(channel_id, since, **known_by):
    firsts = Delivery.objects.filter(channel=channel_id, first=None, **known_by)
    if since is not None:
        firsts = firsts.filter(at__gt=since)
    return firsts.defer("body").order_by("pk").first()
