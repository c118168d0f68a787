"""Check-ins: what was said of a key result in a week."""

from django.db import models
from django.db.models import Q

from .key_results import KeyResult, finite

FIRST_CONFIDENCE = 7  # what confidence starts at, before anybody has said anything


class CheckInQuerySet(models.QuerySet):
    def latest_each(self):
        """The last check-in of each key result: of the latest week, and in that week the last one said."""
        return self.order_by("key_result_id", "-week", "-at", "-pk").distinct("key_result_id")


class CheckIn(models.Model):
    """What somebody said of a key result in a week. All are kept; the last of a week counts.

    `value` was typed `by_hand`, or is what the key result's source gave at that moment.
    """

    key_result = models.ForeignKey(KeyResult, models.PROTECT, related_name="check_ins")
    week = models.DateField()  # its first day
    value = models.FloatField()
    by_hand = models.BooleanField(default=True)
    confidence = models.PositiveSmallIntegerField(default=FIRST_CONFIDENCE)
    note = models.CharField(max_length=1000, blank=True)  # what changed, and why
    next = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["key_result_id", "-week", "-at", "-pk"]
        constraints = [
            finite("value", name="check_in_finite"),
            models.CheckConstraint(condition=Q(confidence__range=(0, 10)), name="check_in_confidence"),
        ]
        indexes = [models.Index(fields=["key_result", "-week", "-at", "-id"], name="check_in_latest")]

    def __str__(self):
        return f"{self.value:g} in the week of {self.week}"
