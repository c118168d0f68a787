"""Promises: who told which account what, when, and by when."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class PromiseState(models.TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    BROKEN = "broken", "Broken"


class PromiseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members read all; submitters what they promised, and what was promised to their accounts."""
        if allowed(user, Can.REQUEST_TRIAGE):
            return self
        return self.filter(Q(made_by=user) | Q(account__owner=user))

    def editable_by(self, user):
        """Who made it, who looks after the account, and product ops say what became of it."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(made_by=user) | Q(account__owner=user))

    def open(self):
        return self.filter(state=PromiseState.OPEN)

    def for_list(self):
        related = ("account", "account__owner", "request", "item", "made_by", "closed_by")
        return self.select_related(*related).fetch_mode(STRICT_FETCH)


class Promise(models.Model):
    """What an account was told it will get. `words` are as they were said.

    `warned_at` is when somebody was last told that it is in danger, and `warning` of what.
    """

    account = models.ForeignKey("prodops.CustomerAccount", models.PROTECT, related_name="+")
    request = models.ForeignKey(
        "coordination.Request", models.PROTECT, null=True, blank=True, related_name="+"
    )
    item = models.ForeignKey(
        "coordination.RoadmapItem", models.PROTECT, null=True, blank=True, related_name="promises"
    )
    words = models.TextField(max_length=2_000)
    made_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    made_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=PromiseState, default=PromiseState.OPEN, editable=False)
    closed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    warning = models.CharField(max_length=300, blank=True, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="open"), name="promise_open_by_due"),
            models.Index(fields=["account", "-made_on"], name="promise_by_account"),
        ]
        constraints = [
            one_of("state", PromiseState, name="promise_state_known"),
            both_or_neither("closed_at", "closed_by", name="promise_closed_pair"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="promise_closed_unless_open",
            ),
        ]

    def __str__(self):
        return self.words[:80]

    def get_absolute_url(self):
        return reverse("coordination:promise_detail", args=[self.pk])
