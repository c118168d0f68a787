"""Insights: claims about customers, each standing on what they said."""

from django.db import models
from django.urls import reverse

from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, both_or_neither, guid, one_of

from . import policy


class InsightStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class EvidenceKind(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    CONTRADICTS = "contradicts", "Contradicts"
    CONTEXT = "context", "Gives context"


class InsightQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user))

    def editable_by(self, user):
        return self.filter(policy.editable(user))

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("area", "team", "owner").fetch_mode(STRICT_FETCH)


class Insight(models.Model):
    """A claim (`title`), what it means (`body`, Markdown) and the evidence for and against it."""

    guid = guid(unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=10, choices=InsightStatus, default=InsightStatus.DRAFT, editable=False
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    properties = properties_field()
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = InsightQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="insight_newest"),
            properties_index("insight_properties"),
        ]
        constraints = [
            one_of("status", InsightStatus, name="insight_status_known"),
            both_or_neither("published_at", "published_by", name="insight_published_pair"),
            models.CheckConstraint(
                condition=models.Q(status="draft", published_at=None)
                | models.Q(status="published", published_at__isnull=False),
                name="insight_published_when_it_says_so",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:insight_detail", args=[self.pk])


class InsightEvidence(models.Model):
    """One highlight that supports or contradicts an insight, or puts it in context."""

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="evidence")
    highlight = models.ForeignKey("research.Highlight", models.PROTECT, related_name="evidence")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EvidenceKind, default=EvidenceKind.SUPPORTS)

    class Meta:
        ordering = ["insight_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["insight", "highlight"], name="evidence_once_in_insight"),
            one_of("kind", EvidenceKind, name="evidence_kind_known"),
        ]

    def __str__(self):
        return f"{self.highlight_id} {self.kind} {self.insight_id}"
