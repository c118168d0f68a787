"""The two clocks of a request: until somebody answers, and until somebody decides."""

import datetime as dt
from typing import NamedTuple

from django.db import models
from django.db.models import Q

from prodops.models.fields import STRICT_FETCH, one_of


class ClockKind(models.TextChoices):
    RESPONSE = "response", "First response"
    DECISION = "decision", "Decision"


class ClockQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Clocks of the requests one reads in full."""
        from .request import Request

        return self.filter(request__in=Request.objects.visible_to(user))

    def running(self):
        return self.filter(met_at=None)

    def missed(self, at):
        """Met too late, or not met although due."""
        return self.filter(Q(met_at__gt=models.F("due_at")) | Q(met_at=None, due_at__lt=at))

    def for_list(self):
        return self.select_related("policy").fetch_mode(STRICT_FETCH)


class ClockRow(NamedTuple):
    """What a page shows of a clock."""

    label: str
    policy: str
    due_at: dt.datetime
    met_at: dt.datetime | None

    @classmethod
    def read(cls, row):
        met = row["met_at"]
        return cls(
            ClockKind(row["kind"]).label,
            row["policy__name"],
            dt.datetime.fromisoformat(row["due_at"]),
            dt.datetime.fromisoformat(met) if met else None,
        )

    def late(self, at):
        return (self.met_at or at) > self.due_at


class Clock(models.Model):
    """One target of one request. It is met once; `due_at` counts working time only, without `pauses`.

    `pauses` are [[from, to]] as ISO moments: while the request is put off, and between a decision and its
    being taken back. A pause that lies ahead is already in `due_at`. `told` is how far people were warned,
    and `next_step_at` when the next of them hears of it: None when nobody is left or the clock is met.
    """

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10, choices=ClockKind, editable=False)
    policy = models.ForeignKey("coordination.SlaPolicy", models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)  # a routing rule chose the policy: nothing else changes it
    minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    pauses = models.JSONField(default=list)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["request", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="clock_once"),
            one_of("kind", ClockKind, name="clock_kind_known"),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(next_step_at=None), name="clock_met_warns_no_more"
            ),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], condition=Q(met_at=None), name="clock_next_step"),
            models.Index(fields=["due_at"], name="clock_by_due"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.request_id}"

    @property
    def rests(self):
        """The pauses as moments."""
        return [
            (dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in self.pauses
        ]
