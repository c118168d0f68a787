"""What the pages of deliveries show."""

from django.db.models import Count

from coordination.models import Delivery, DeliveryItem, DeliveryState


def delivery_counts(channel):
    """[(state, its words, how many)] of a channel's deliveries, those states that there are."""
    rows = Delivery.objects.filter(channel=channel).order_by().values_list("state").annotate(Count("pk"))
    counts = dict(rows)
    return [(value, words, counts[value]) for value, words in DeliveryState.choices if value in counts]


def dead_count():
    return Delivery.objects.dead().count()


def bytes_of(delivery):
    """Its bytes; of a call that came before and was the same, those of the first."""
    body = Delivery.objects.filter(pk=delivery.pk).values_list("body", flat=True).get()
    first = delivery.first
    if not body and first is not None and first.digest == delivery.digest:
        body = Delivery.objects.filter(pk=first.pk).values_list("body", flat=True).get()
    return bytes(body)


def items_of(delivery):
    """The requests it asked for, with what a row shows."""
    rows = DeliveryItem.objects.filter(delivery=delivery)
    return list(rows.select_related("request__root", "request__merged_into")[:100])


def payload_samples(channel):
    """The latest kept deliveries of a channel, to try a mapping on."""
    kept = Delivery.objects.filter(channel=channel, emptied_at=None, first=None, size__gt=0)
    return list(kept.for_list()[:20])
