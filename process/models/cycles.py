"""OKR cycles: a quarter or a fiscal year, from draft to closed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import both_or_neither, one_of
from prodops.quarters import FiscalYear, Quarter


class CycleState(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "Review"
    ALIGN = "align", "Align"
    ACTIVE = "active", "Active"
    GRADING = "grading", "Grading"
    CLOSED = "closed", "Closed"


# state: the states it may move to
CYCLE_MOVES = {
    CycleState.DRAFT: (CycleState.ACTIVE,),
    CycleState.ACTIVE: (CycleState.CLOSED,),
    CycleState.CLOSED: (CycleState.ACTIVE,),
}


class OkrCycleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def active(self):
        return self.filter(state=CycleState.ACTIVE)


class OkrCycle(models.Model):
    """The objectives of a quarter or, without a `number`, of a whole fiscal year.

    While active people check in; closed, its numbers stand still.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=CycleState, default=CycleState.DRAFT)
    activated_at = models.DateTimeField(null=True, editable=False)
    activated_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = OkrCycleQuerySet.as_manager()

    class Meta:
        ordering = ["-year", F("number").desc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], nulls_distinct=False, name="okr_cycle_once"),
            models.CheckConstraint(
                condition=Q(number__range=(1, 4)) | Q(number=None), name="okr_cycle_quarter_or_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(1900, 9998)), name="okr_cycle_year_sensible"),
            one_of("state", CycleState, name="okr_cycle_state_known"),
            both_or_neither("activated_at", "activated_by", name="okr_cycle_activated_pair"),
            both_or_neither("closed_at", "closed_by", name="okr_cycle_closed_pair"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="okr_cycle_closed_when_signed",
            ),
        ]

    def __str__(self):
        return str(self.period)

    def get_absolute_url(self):
        return reverse("process:cycle_detail", args=[self.slug])

    @property
    def period(self):
        """The `Quarter` or the `FiscalYear` it is about: its first and last day, its slug."""
        start_month = settings.FISCAL_YEAR_START_MONTH
        if self.number is None:
            return FiscalYear(self.year, start_month)
        return Quarter(self.year, self.number, start_month)

    @property
    def slug(self):
        return self.period.slug

    @property
    def open(self):
        """Objectives can be written and changed."""
        return self.state != CycleState.CLOSED
