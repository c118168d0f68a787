"""OKR cycles, objectives, key results and the check-ins on them."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from metrics.models import Unit
from metrics.stats import units
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of
from prodops.quarters import Quarter

FIRST_CONFIDENCE = 7  # what confidence starts at, before anybody has said anything
FINITE = {"gt": float("-inf"), "lt": float("inf")}  # PostgreSQL holds NaN to be above infinity


def finite(*fields, name):
    """A constraint: the columns hold numbers that can be reckoned with, or null."""
    rule = Q()
    for field in fields:
        rule &= Q(**{f"{field}__{side}": bound for side, bound in FINITE.items()}) | Q(**{field: None})
    return models.CheckConstraint(condition=rule, name=name)


class CycleState(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
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
    """A quarter's objectives. While active people check in; closed, its numbers stand still."""

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=CycleState, default=CycleState.DRAFT)
    activated_at = models.DateTimeField(null=True, editable=False)
    activated_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = OkrCycleQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="okr_cycle_once"),
            models.CheckConstraint(condition=Q(number__range=(1, 4)), name="okr_cycle_is_a_quarter"),
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
        return str(self.quarter)

    def get_absolute_url(self):
        return reverse("process:cycle_detail", args=[self.slug])

    @property
    def quarter(self):
        return Quarter(self.year, self.number, settings.FISCAL_YEAR_START_MONTH)

    @property
    def slug(self):
        return self.quarter.slug

    @property
    def open(self):
        """Objectives can be written and changed."""
        return self.state != CycleState.CLOSED


class Intent(models.TextChoices):
    COMMITTED = "committed", "Committed"
    ASPIRATIONAL = "aspirational", "Aspirational"
    LEARNING = "learning", "Learning"


class ObjectiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Those of the person's own teams, in cycles that are not closed."""
        still = self.exclude(cycle__state=CycleState.CLOSED)
        return still if user.runs_product_ops else still.filter(team__in=user.editor_team_ids)

    def for_list(self):
        return self.select_related("team", "owner", "cycle").fetch_mode(STRICT_FETCH)


class Objective(models.Model):
    """What a team wants to be true at the end of a cycle, and why."""

    cycle = models.ForeignKey(OkrCycle, models.PROTECT, related_name="objectives")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    why = models.TextField(max_length=2000, blank=True)
    intent = models.CharField(max_length=12, choices=Intent, default=Intent.COMMITTED)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["cycle_id", "team_id", "position", "pk"]
        constraints = [one_of("intent", Intent, name="objective_intent_known")]
        indexes = [models.Index(fields=["cycle", "team", "position"], name="objective_in_order")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("process:objective_detail", args=[self.pk])


class KeyResultQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        still = self.exclude(objective__cycle__state=CycleState.CLOSED)
        return still if user.runs_product_ops else still.filter(objective__team__in=user.editor_team_ids)

    def checkable_by(self, user):
        """Those of active cycles whose owner the person is, or whose team they write for."""
        active = self.filter(objective__cycle__state=CycleState.ACTIVE)
        if user.runs_product_ops:
            return active
        return active.filter(Q(owner=user) | Q(objective__team__in=user.editor_team_ids))

    def mine_now(self, user):
        """Those a person answers for in active cycles."""
        return self.filter(owner=user, objective__cycle__state=CycleState.ACTIVE)

    def without_check_in(self, week):
        """Those nobody has checked in on in the week that begins on `week`."""
        done = CheckIn.objects.filter(key_result=models.OuterRef("pk"), week=week)
        return self.filter(~models.Exists(done))

    def for_list(self):
        return self.select_related("owner", "kpi", "objective__cycle", "objective__team").fetch_mode(
            STRICT_FETCH
        )


@pghistory.track(
    model_name="KeyResultEvent", fields=["title", "unit", "start", "target", "weight", "kpi", "owner"]
)
class KeyResult(models.Model):
    """A measured result an objective is judged by, from `start` to a `target` above or below it.

    `current` is the value of the latest check-in, or null before the first. Where the key result follows
    a KPI of an active cycle, its value is the KPI's (process.queries.standings); closing the cycle
    writes the last one into `current`. `kpi_version` is how the KPI was counted when the target was set.
    """

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="key_results")
    title = models.CharField(max_length=160)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.PERCENT)
    start = models.FloatField()
    target = models.FloatField()
    weight = models.FloatField(default=1)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, null=True, blank=True, related_name="+")
    kpi_version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )
    current = models.FloatField(null=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = KeyResultQuerySet.as_manager()

    class Meta:
        ordering = ["objective_id", "position", "pk"]
        constraints = [
            one_of("unit", Unit, name="key_result_unit_known"),
            finite("start", "target", "current", name="key_result_finite"),
            both_or_neither("kpi", "kpi_version", name="key_result_pins_a_version"),
            models.CheckConstraint(condition=~Q(start=F("target")), name="key_result_has_a_way"),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1000), name="key_result_weight_sensible"
            ),
        ]
        indexes = [
            models.Index(fields=["kpi"], name="key_result_by_kpi"),
            models.Index(fields=["owner"], name="key_result_by_owner"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('process:objective_detail', args=[self.objective_id])}#key-result-{self.pk}"

    def show(self, value):
        """A value in the key result's unit: "61.4 %"."""
        currency = self.kpi.currency if self.kpi else settings.DEFAULT_CURRENCY
        return units.in_words(value, self.unit, currency)


class CheckInQuerySet(models.QuerySet):
    def latest_each(self):
        """The last check-in of each key result: of the latest week, and in that week the last one said."""
        return self.order_by("key_result_id", "-week", "-at", "-pk").distinct("key_result_id")


class CheckIn(models.Model):
    """What somebody said of a key result in a week. All are kept; the last of a week counts."""

    key_result = models.ForeignKey(KeyResult, models.PROTECT, related_name="check_ins")
    week = models.DateField()  # its first day
    value = models.FloatField()
    confidence = models.PositiveSmallIntegerField(default=FIRST_CONFIDENCE)
    note = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["key_result_id", "-week", "-at", "-pk"]
        constraints = [
            finite("value", name="check_in_finite"),
            models.CheckConstraint(condition=Q(confidence__range=(0, 10)), name="check_in_confidence"),
        ]
        indexes = [models.Index(fields=["key_result", "-week", "-at", "-id"], name="check_in_latest")]

    def __str__(self):
        return f"{self.value:g} in the week of {self.week}"
