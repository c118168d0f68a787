"""What a KPI's data have to keep, and how they stand to it."""

from django.db import models
from django.db.models import Q

from metrics.stats import quality
from prodops.models.fields import one_of


class Rule(models.TextChoices):
    FRESHNESS = "freshness", "Freshness"
    VOLUME = "volume", "Volume"
    NULLS = "nulls", "Missing values"
    RANGE = "range", "Range"
    UNIQUENESS = "uniqueness", "Uniqueness"
    RESTATED = "restated", "Late or restated"
    PARTS = "parts", "Parts and the whole"


class CheckState(models.TextChoices):
    PASS = quality.State.PASS.value, "Pass"
    WARN = quality.State.WARN.value, "Warning"
    FAIL = quality.State.FAIL.value, "Fail"
    UNKNOWN = quality.State.UNKNOWN.value, "Not yet"


class QualityCheck(models.Model):
    """How one rule is meant for one KPI, where somebody has changed that; else its defaults hold.

    `warn` and `fail` are what the rule of metrics.stats.quality takes; for the range they are the lowest and
    the highest value allowed. Freshness has its thresholds on the KPI.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="quality_checks")
    rule = models.CharField(max_length=12, choices=Rule)
    on = models.BooleanField(default=True)
    warn = models.FloatField(null=True)
    fail = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kpi", "rule"], name="quality_check_once"),
            one_of("rule", Rule, name="quality_check_rule_known"),
        ]

    def __str__(self):
        return self.get_rule_display()


class QualityResult(models.Model):
    """How a KPI's data stand to one rule, and since when they have stood so."""

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="quality_results")
    rule = models.CharField(max_length=12, choices=Rule)
    state = models.CharField(max_length=8, choices=CheckState)
    measure = models.FloatField(null=True)
    words = models.CharField(max_length=200)
    at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kpi", "rule"], name="quality_result_once"),
            one_of("rule", Rule, name="quality_result_rule_known"),
            one_of("state", CheckState, name="quality_result_state_known"),
        ]
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=["warn", "fail"]), name="quality_bad")
        ]

    def __str__(self):
        return f"{self.get_rule_display()}: {self.get_state_display()}"
