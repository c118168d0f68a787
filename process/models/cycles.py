"""OKR cycles: a quarter or a fiscal year, from draft to closed."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
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


# state: the states it may move to; the first is the step forward, the others are steps back
CYCLE_MOVES = {
    CycleState.DRAFT: (CycleState.REVIEW,),
    CycleState.REVIEW: (CycleState.ALIGN, CycleState.DRAFT),
    CycleState.ALIGN: (CycleState.ACTIVE, CycleState.REVIEW),
    CycleState.ACTIVE: (CycleState.GRADING, CycleState.ALIGN),
    CycleState.GRADING: (CycleState.CLOSED, CycleState.ACTIVE),
    CycleState.CLOSED: (None, CycleState.GRADING),
}
DRAFTING = (CycleState.DRAFT, CycleState.REVIEW, CycleState.ALIGN)  # before anything is agreed


class OkrCycleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def active(self):
        return self.filter(state=CycleState.ACTIVE)

    def runnable_by(self, user):
        """Those the person may move on: all for product ops, else where they own the gate that is next."""
        if user.runs_product_ops:
            return self
        theirs = CycleGate.objects.filter(cycle=OuterRef("pk"), state=OuterRef("state"), owner=user)
        return self.filter(Exists(theirs))


class OkrCycle(models.Model):
    """The objectives of a quarter or, without a `number`, of a whole fiscal year.

    It goes from draft to closed through gates (`CycleGate`). While active people check in; closed, its
    numbers stand still. `personal` lets people write objectives of their own.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=CycleState, default=CycleState.DRAFT)
    personal = models.BooleanField(default=False)
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

    @property
    def drafting(self):
        """Its objectives are still being written, reviewed and aligned."""
        return self.state in DRAFTING

    @property
    def frozen(self):
        """What was agreed stands: once it has been active, a change of it needs a reason."""
        return self.activated_at is not None or not self.drafting

    @property
    def forward(self):
        """The state it moves on to, or None at its end."""
        return CYCLE_MOVES[CycleState(self.state)][0]

    @property
    def back(self):
        """The states it can be put back to."""
        return CYCLE_MOVES[CycleState(self.state)][1:]


class CycleGate(models.Model):
    """The way out of a state of a cycle: by when, and who sees to it. What it asks, queries.gates says."""

    cycle = models.ForeignKey(OkrCycle, models.CASCADE, related_name="gates")
    state = models.CharField(max_length=10, choices=CycleState)
    due_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["cycle_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "state"], name="cycle_gate_once"),
            one_of("state", CycleState, name="cycle_gate_state_known"),
            models.CheckConstraint(condition=~Q(state="closed"), name="cycle_gate_leads_on"),
        ]

    def __str__(self):
        return f"{self.cycle}, {self.get_state_display().lower()}"


class GateItemQuerySet(models.QuerySet):
    def runnable_by(self, user):
        """Items of gates that the person sees to."""
        return self if user.runs_product_ops else self.filter(gate__owner=user)


class GateItem(models.Model):
    """A line of a gate's checklist that a person ticks, beside those that are computed."""

    gate = models.ForeignKey(CycleGate, models.CASCADE, related_name="items")
    text = models.CharField(max_length=200)
    ticked_at = models.DateTimeField(null=True, editable=False)
    ticked_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = GateItemQuerySet.as_manager()

    class Meta:
        ordering = ["gate_id", "pk"]
        constraints = [both_or_neither("ticked_at", "ticked_by", name="gate_item_ticked_pair")]

    def __str__(self):
        return self.text
