"""How long raw recordings are kept: one rule for the workspace, and others where a study needs one."""

from django.db import models
from django.db.models import Q

from prodops.models.fields import one_of


class Keeping(models.TextChoices):
    WORKSPACE = "workspace", "As the workspace does"
    KEEP = "keep", "Keep them"
    DELETE = "delete", "Delete them after some days"


class RetentionRule(models.Model):
    """What becomes of the raw recordings of `study`; without one, of all that have no rule of their own.

    `days` count from the day of the session. A held study's recordings stay, whatever the rule.
    """

    study = models.OneToOneField(
        "research.Study", models.CASCADE, null=True, blank=True, related_name="retention_rule"
    )
    keeping = models.CharField(max_length=10, choices=Keeping, default=Keeping.WORKSPACE)
    days = models.PositiveIntegerField(null=True, blank=True)
    held_because = models.CharField(max_length=300, blank=True)
    held_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["study_id"]
        constraints = [
            one_of("keeping", Keeping, name="retention_keeping_known"),
            models.UniqueConstraint(
                fields=["study"], nulls_distinct=False, name="retention_one_rule_a_study"
            ),
            models.CheckConstraint(
                condition=Q(keeping="delete", days__gte=1) | (~Q(keeping="delete") & Q(days__isnull=True)),
                name="retention_days_where_it_deletes",
            ),
            models.CheckConstraint(
                condition=Q(study__isnull=False)
                | (Q(held_at__isnull=True, held_by__isnull=True) & ~Q(keeping="workspace")),
                name="retention_of_the_workspace",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, held_by__isnull=True)
                | Q(held_at__isnull=False, held_by__isnull=False),
                name="retention_held_pair",
            ),
        ]

    def __str__(self):
        return "Raw recordings"
