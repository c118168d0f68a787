"""What happened that a series may show: launches, campaigns, holidays."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, one_of


class AnnotationKind(models.TextChoices):
    LAUNCH = "launch", "Launch"
    CAMPAIGN = "campaign", "Campaign"
    HOLIDAY = "holiday", "Holiday"
    OTHER = "other", "Other"


class AnnotationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """One's own, and those of the KPIs one edits; those of all KPIs are also product ops'."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(by=user) | Q(kpi__team__in=user.editor_team_ids) | Q(kpi__owner=user))

    def of(self, kpi):
        """What stands on the KPI's chart: its own and those of all KPIs."""
        return self.filter(Q(kpi=kpi) | Q(kpi=None))

    def between(self, first, last):
        """Those that touch the days from `first` to `last`."""
        ends = Q(ends__isnull=True, starts__gte=first) | Q(ends__gte=first)
        return self.filter(ends, starts__lte=last)

    def for_list(self):
        return self.select_related("kpi", "by").fetch_mode(STRICT_FETCH)


class Annotation(models.Model):
    """A day or some days on which something happened, on one KPI's chart or, with `kpi` null, on all."""

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, null=True, blank=True, related_name="annotations")
    kind = models.CharField(max_length=10, choices=AnnotationKind, default=AnnotationKind.LAUNCH)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)  # the last day; null: one day only
    text = models.CharField(max_length=200)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            one_of("kind", AnnotationKind, name="annotation_kind_known"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="annotation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="annotation_says_something"),
        ]
        indexes = [models.Index(fields=["-starts"], name="annotation_by_day")]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return f"{reverse('metrics:annotation_list')}#annotation-{self.pk}"

    @property
    def last_day(self):
        return self.ends or self.starts

    def in_words(self):
        """ "Launch: New importer, 3 Nov 2026"."""
        when = f"{self.starts.day} {self.starts:%b %Y}"
        if self.ends and self.ends != self.starts:
            when += f" to {self.ends.day} {self.ends:%b %Y}"
        return f"{self.get_kind_display()}: {self.text}, {when}"

    def is_editable_by(self, user):
        """Whether `editable_by` would give this one, without asking the database (its KPI is loaded)."""
        if user.runs_product_ops or self.by_id == user.pk:
            return True
        return self.kpi is not None and self.kpi.is_editable_by(user)
