"""Rules that send what comes in where it belongs, and what they did."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from coordination.matching import BrokenRule, read_conditions
from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH

from .states import Urgency


class RoutingRuleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def live(self):
        return self.filter(paused_at=None)

    def for_list(self):
        """With all that a rule does: its tags in one more query."""
        whose = ("area", "team", "assignee", "rotation", "policy__calendar", "changed_by")
        return self.select_related(*whose).prefetch_related("tags").fetch_mode(STRICT_FETCH)


class RoutingRule(models.Model):
    """When a request fulfils all `conditions`, do what the other fields say.

    Rules are tried in the order of `position`; the first that matches is the last, unless it `goes_on`. What
    an earlier rule has set, a later one leaves. `conditions` are what `matching.read_conditions` reads.
    A rule that cannot be tried is passed over, and `trouble` says why.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    conditions = models.JSONField(default=list, blank=True)
    goes_on = models.BooleanField(default=False)

    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    rotation = models.ForeignKey(
        "coordination.Rotation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    policy = models.ForeignKey(
        "coordination.SlaPolicy", models.PROTECT, null=True, blank=True, related_name="+"
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency, null=True, blank=True)
    tags: models.ManyToManyField = models.ManyToManyField(
        "coordination.RequestTag", blank=True, related_name="+"
    )
    reply = models.TextField(max_length=2_000, blank=True)  # those who asked read it

    trouble = models.CharField(max_length=300, blank=True, editable=False)
    changed_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(urgency=None) | Q(urgency__in=Urgency.values), name="rule_urgency_known"
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) | Q(rotation=None), name="rule_one_person_or_a_rotation"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:rule_edit", args=[self.pk])

    @property
    def unreadable(self):
        """Why its conditions cannot be read; "" if they can."""
        try:
            read_conditions(self.conditions)
        except BrokenRule as error:
            return str(error)
        return ""

    @property
    def read(self):
        """The conditions as tuples; [] of a rule whose conditions cannot be read."""
        try:
            return read_conditions(self.conditions)
        except BrokenRule:
            return []


class RoutingRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("rule", "asked_by", "undone_by", "job", "undo_job").fetch_mode(
            STRICT_FETCH
        )


class RoutingRun(models.Model):
    """One application of a rule, or of all, to what came in before: a job, and its way back."""

    rule = models.ForeignKey(RoutingRule, models.SET_NULL, null=True, related_name="+")
    rule_name = models.CharField(max_length=80, blank=True)  # empty: all rules
    rules_were = models.CharField(max_length=64, blank=True)  # digest of what they said when it was asked for
    newest = models.PositiveIntegerField()  # how many of the newest requests it looked at
    decided_too = models.BooleanField(default=False)
    asked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, related_name="+")
    changed = models.PositiveIntegerField(null=True)  # requests; null while it runs
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, related_name="+")
    put_back = models.PositiveIntegerField(null=True)  # requests that the undo put back

    objects = RoutingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return (
            f"“{self.rule_name}” applied to the past" if self.rule_name else "All rules applied to the past"
        )

    def get_absolute_url(self):
        return reverse("coordination:rule_run", args=[self.pk])


class Routed(models.Model):
    """What one rule did to one request. `did` is {field: [what it was, what it is, its words]}; for tags
    the ids that were put on.

    It stays when the rule is deleted or changed: `rule_name` and the words say what happened then. `left`
    says why an undo left it as it is.
    """

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="routed")
    rule = models.ForeignKey(RoutingRule, models.SET_NULL, null=True, related_name="+")
    rule_name = models.CharField(max_length=80)
    run = models.ForeignKey(RoutingRun, models.CASCADE, null=True, related_name="routed")
    at = models.DateTimeField()
    did = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "routed"

    def __str__(self):
        return f"{self.request_id} by {self.rule_name}"

    @property
    def words(self):
        """["area: Billing", "tag: invoices"]."""
        return [f"{field}: {done[2]}" for field, done in self.did.items()]
