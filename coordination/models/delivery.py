"""What was sent to a webhook, as it came, and what became of it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of

from .webhook import System


class DeliveryState(models.TextChoices):
    RECEIVED = "received", "Received"
    TAKEN = "taken", "Taken"
    DUPLICATE = "duplicate", "Sent before"
    IGNORED = "ignored", "Ignored"
    UNKNOWN = "unknown", "Not understood"
    MALFORMED = "malformed", "No JSON"
    FAILED = "failed", "Failed"


READ = {
    DeliveryState.TAKEN,
    DeliveryState.DUPLICATE,
    DeliveryState.IGNORED,
    DeliveryState.UNKNOWN,
    DeliveryState.MALFORMED,
    DeliveryState.FAILED,
}
# From a state, those that it may go to: what was read once may be read again, by another mapping
DELIVERY_MOVES = {
    DeliveryState.RECEIVED: READ,
    **{state: {DeliveryState.RECEIVED} for state in READ},
}
DEAD = Q(state__in=[DeliveryState.UNKNOWN, DeliveryState.MALFORMED]) | Q(
    state=DeliveryState.FAILED, next_try_at=None
)


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Payloads hold what other systems say of customers: they are for who looks after the channels."""
        return self.editable_by(user)

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def dead(self):
        """Letters that nobody could deliver: they wait for a person."""
        return self.filter(DEAD)

    def due(self, at):
        """Waiting for a worker: received and left behind, or failed and to be tried again."""
        return self.filter(next_try_at__lte=at)

    def for_list(self):
        shown = self.select_related("channel", "first", "mapping", "replayed_by")
        return shown.defer("body").fetch_mode(STRICT_FETCH)


class Delivery(models.Model):
    """One call of a channel's webhook: its bytes, never changed, and what became of them.

    `key` is how the same delivery is known again: its Idempotency-Key, what the sender calls it, or the
    bytes themselves. One that came before points to the `first` and keeps no second copy of the same bytes.
    `next_try_at` is when a worker takes it up unless one has by then; None where there is no more to do.
    """

    channel = models.ForeignKey("coordination.Channel", models.CASCADE, related_name="deliveries")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.RECEIVED)
    why = models.CharField(max_length=500, blank=True)
    system = models.CharField(max_length=12, choices=System)
    key = models.CharField(max_length=300)
    first = models.ForeignKey("self", models.SET_NULL, null=True, related_name="again")
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100, blank=True)
    mapping = models.ForeignKey(
        "coordination.WebhookMapping", models.PROTECT, null=True, related_name="+"
    )  # the version it was read by
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    replayed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    replayed_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)  # when its bytes were let go for age

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", DeliveryState, name="delivery_state_known"),
            one_of("system", System, name="delivery_system_known"),
            models.CheckConstraint(
                condition=Q(state="received", settled_at=None) | ~Q(state="received"),
                name="delivery_received_is_unsettled",
            ),
            models.CheckConstraint(condition=~Q(first=F("pk")), name="delivery_not_its_own_first"),
        ]
        indexes = [
            models.Index(fields=["channel", "-at", "-id"], name="delivery_log"),
            models.Index(fields=["state", "-at", "-id"], name="delivery_by_state"),
            models.Index(fields=["-at", "-id"], name="delivery_newest"),
            models.Index(fields=["channel", "key"], condition=Q(first=None), name="delivery_first_by_key"),
            models.Index(
                fields=["channel", "digest"], condition=Q(first=None), name="delivery_first_by_bytes"
            ),
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="delivery_due"),
        ]

    def __str__(self):
        return f"Delivery {self.pk}"

    def get_absolute_url(self):
        return reverse("coordination:delivery_detail", args=[self.pk])

    @property
    def dead(self):
        waits = self.state in (DeliveryState.UNKNOWN, DeliveryState.MALFORMED)
        return waits or (self.state == DeliveryState.FAILED and self.next_try_at is None)


class DeliveryItem(models.Model):
    """A request that a delivery asked for; `new` where this delivery brought it."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="items")
    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="+")
    new = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["delivery", "request"], name="delivery_item_once")]

    def __str__(self):
        return str(self.request)
