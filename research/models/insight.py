"""Insights: claims about customers, each standing on what they said."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, both_or_neither, guid, one_of

from . import policy


class InsightStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    RETRACTED = "retracted", "Retracted"


# {where an insight stands: where it may go}. What was published is never unpublished: it is superseded by
# a better one or retracted with a reason, so that whoever cited it learns of it.
MOVES = {
    InsightStatus.DRAFT: (InsightStatus.IN_REVIEW, InsightStatus.PUBLISHED),
    InsightStatus.IN_REVIEW: (InsightStatus.DRAFT, InsightStatus.PUBLISHED),
    InsightStatus.PUBLISHED: (InsightStatus.SUPERSEDED, InsightStatus.RETRACTED),
    InsightStatus.SUPERSEDED: (InsightStatus.PUBLISHED, InsightStatus.RETRACTED),
    InsightStatus.RETRACTED: (InsightStatus.DRAFT,),
}
OVER = (InsightStatus.SUPERSEDED, InsightStatus.RETRACTED)  # published once, and not to be relied on


class Confidence(models.TextChoices):
    """How sure its author is, which the evidence's badges may contradict."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class EvidenceKind(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    CONTRADICTS = "contradicts", "Contradicts"
    CONTEXT = "context", "Gives context"


class InsightQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user))

    def editable_by(self, user):
        return self.filter(policy.editable(user))

    def overdue(self, today):
        """Published ones whose day of review has passed."""
        return self.filter(status=InsightStatus.PUBLISHED, review_by__lt=today)

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("area", "team", "owner", "superseded_by").fetch_mode(STRICT_FETCH)


class Insight(models.Model):
    """A claim (`title`), what it means (`body`, Markdown) and the evidence for and against it."""

    guid = guid(unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    confidence = models.CharField(max_length=6, choices=Confidence, blank=True)
    review_by = models.DateField(null=True, blank=True)  # the day from which it should be looked at again
    status = models.CharField(
        max_length=10, choices=InsightStatus, default=InsightStatus.DRAFT, editable=False
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="supersedes"
    )
    retraction = models.TextField(blank=True, editable=False)  # why it is no longer held
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
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
            models.Index(fields=["review_by"], condition=Q(status="published"), name="insight_to_review"),
            properties_index("insight_properties"),
        ]
        constraints = [
            one_of("status", InsightStatus, name="insight_status_known"),
            both_or_neither("published_at", "published_by", name="insight_published_pair"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"], published_at=None)
                | Q(status__in=["published", "superseded", "retracted"], published_at__isnull=False),
                name="insight_published_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["", *Confidence.values]), name="insight_confidence_known"
            ),
            both_or_neither("ended_at", "ended_by", name="insight_ended_pair"),
            models.CheckConstraint(
                condition=Q(status__in=["superseded", "retracted"], ended_at__isnull=False)
                | (~Q(status__in=["superseded", "retracted"]) & Q(ended_at=None)),
                name="insight_over_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=Q(status="superseded", superseded_by__isnull=False)
                | (~Q(status="superseded") & Q(superseded_by=None)),
                name="insight_superseded_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(superseded_by=models.F("pk")), name="insight_not_superseded_by_itself"
            ),
            models.CheckConstraint(
                condition=(Q(status="retracted") & ~Q(retraction=""))
                | (~Q(status="retracted") & Q(retraction="")),
                name="insight_retracted_for_a_reason",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:insight_detail", args=[self.pk])

    @property
    def is_over(self):
        """Whether it was published and is no longer to be relied on."""
        return self.status in OVER


class Verdict(models.TextChoices):
    WAITING = "", "Not said yet"
    AGREED = "agreed", "Agrees"
    CHANGES = "changes", "Asks for changes"


class InsightReview(models.Model):
    """Somebody who was asked to read an insight before it is published, and what they said of it.

    What they said is of the words they read: an edit takes it back.
    """

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default=Verdict.WAITING)
    note = models.CharField(max_length=1000, blank=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["insight_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["insight", "reviewer"], name="insight_review_once"),
            models.CheckConstraint(
                condition=Q(verdict="", said_at=None)
                | Q(verdict__in=["agreed", "changes"], said_at__isnull=False),
                name="insight_review_said_when",
            ),
        ]

    def __str__(self):
        return f"{self.reviewer_id} on {self.insight_id}"


class InsightEvidence(models.Model):
    """What supports or contradicts an insight, or puts it in context.

    It is a highlight, a survey question's result or a usability task's result: one of the three. `reading`
    is what a result said when it was cited.
    """

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="evidence")
    highlight = models.ForeignKey("research.Highlight", models.PROTECT, null=True, related_name="evidence")
    question = models.ForeignKey(
        "research.SurveyQuestion", models.PROTECT, null=True, related_name="evidence"
    )
    task = models.ForeignKey("research.UsabilityTask", models.PROTECT, null=True, related_name="evidence")
    reading = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EvidenceKind, default=EvidenceKind.SUPPORTS)

    class Meta:
        ordering = ["insight_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["insight", "highlight"], name="evidence_once_in_insight"),
            models.UniqueConstraint(fields=["insight", "question"], name="evidence_question_once"),
            models.UniqueConstraint(fields=["insight", "task"], name="evidence_task_once"),
            models.CheckConstraint(
                condition=Q(highlight__isnull=False, question=None, task=None)
                | Q(highlight=None, question__isnull=False, task=None)
                | Q(highlight=None, question=None, task__isnull=False),
                name="evidence_is_one_thing",
            ),
            one_of("kind", EvidenceKind, name="evidence_kind_known"),
        ]

    def __str__(self):
        return f"{self.kind} {self.insight_id}"
