"""Decisions that rest on KPIs' data, and what is looked at again when those data turn out wrong."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class DecisionState(models.TextChoices):
    STANDS = "stands", "Stands"
    REVISED = "revised", "Revised"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def citing(self, kpi_ids):
        return self.filter(kpis__kpi__in=kpi_ids).distinct()

    def to_look_at(self):
        """Those with a re-review that nobody has answered."""
        return self.filter(Exists(ReReview.objects.open().filter(decision=OuterRef("pk"))))

    def for_list(self):
        return self.select_related("by").prefetch_related("kpis__kpi").fetch_mode(STRICT_FETCH)


class Decision(models.Model):
    """What was decided, by whom, on which KPIs' data of which days.

    `override_reason` is why it was taken although the data were in quarantine.
    """

    title = models.CharField(max_length=200)
    text = models.TextField(max_length=5000)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    data_from = models.DateField()
    data_to = models.DateField()
    override_reason = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.STANDS)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", DecisionState, name="decision_state_known"),
            models.CheckConstraint(condition=Q(data_from__lte=F("data_to")), name="decision_data_in_order"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="decision_newest")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("metrics:decision_detail", args=[self.pk])


class DecisionKpi(models.Model):
    """A KPI that a decision rests on: the version it had, what it showed, and its quarantine then."""

    decision = models.ForeignKey("metrics.Decision", models.CASCADE, related_name="kpis")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, null=True, related_name="+")
    value = models.FloatField(null=True)  # of the newest period of the data
    quarantine = models.CharField(max_length=500, blank=True)  # why the data were not to be used then

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "kpi"], name="decision_kpi_once")]
        indexes = [models.Index(fields=["kpi", "decision"], name="decision_by_kpi")]

    def __str__(self):
        return str(self.kpi_id)


class ReReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Whoever decided answers; product ops answers for anybody."""
        return self if user.runs_product_ops else self.filter(decision__by=user)

    def open(self):
        return self.filter(answered_at=None)

    def waiting_for(self, user):
        return self.open().filter(decision__by=user)

    def for_list(self):
        return self.select_related(
            "decision__by", "kpi", "incident__kpi", "hold__kpi", "answered_by"
        ).fetch_mode(STRICT_FETCH)


class ReReview(models.Model):
    """A decision to be looked at again: the data it rests on were found to be affected, or put on hold."""

    decision = models.ForeignKey("metrics.Decision", models.CASCADE, related_name="reviews")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    incident = models.ForeignKey("metrics.Incident", models.PROTECT, null=True, related_name="reviews")
    hold = models.ForeignKey("metrics.Hold", models.PROTECT, null=True, related_name="reviews")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=DecisionState, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ReReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "incident"], name="rereview_once_an_incident"),
            models.UniqueConstraint(fields=["decision", "hold"], name="rereview_once_a_hold"),
            both_or_neither("answered_by", "answered_at", name="rereview_answered_pair"),
            models.CheckConstraint(
                condition=Q(incident__isnull=False, hold=None) | Q(incident=None, hold__isnull=False),
                name="rereview_of_one_cause",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None)
                | Q(outcome__in=DecisionState.values, answered_at__isnull=False) & ~Q(reason=""),
                name="rereview_answered_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at"], condition=Q(answered_at=None), name="rereview_open"),
        ]

    def __str__(self):
        return f"Look again: {self.decision.title}"

    def get_absolute_url(self):
        return reverse("metrics:rereview_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.answered_at is None
