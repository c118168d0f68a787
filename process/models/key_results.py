"""Key results: what an objective is measured by, and where the values come from."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from metrics.models import Unit
from metrics.stats import units
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

from .cycles import CycleState
from .objectives import Objective

FINITE = {"gt": float("-inf"), "lt": float("inf")}  # PostgreSQL holds NaN to be above infinity


def finite(*fields, name):
    """A constraint: the columns hold numbers that can be reckoned with, or null."""
    rule = Q()
    for field in fields:
        rule &= Q(**{f"{field}__{side}": bound for side, bound in FINITE.items()}) | Q(**{field: None})
    return models.CheckConstraint(condition=rule, name=name)


class Kind(models.TextChoices):
    INCREASE = "increase", "Increase"
    DECREASE = "decrease", "Decrease"
    KEEP_ABOVE = "keep_above", "Keep above"
    KEEP_BELOW = "keep_below", "Keep below"
    KEEP_WITHIN = "keep_within", "Keep within"
    MILESTONES = "milestones", "Milestones"
    ORDINAL = "ordinal", "Steps on a scale"


WAYS = (Kind.INCREASE, Kind.DECREASE, Kind.ORDINAL)  # kinds that go from a start to a target
KEEPS = (Kind.KEEP_ABOVE, Kind.KEEP_BELOW, Kind.KEEP_WITHIN)  # kinds that hold a level
WAY = {"start__isnull": False, "target__isnull": False}  # a comparison with null would pass the check


class Source(models.TextChoices):
    HAND = "hand", "Typed at each check-in"
    KPI = "kpi", "A KPI"
    KEY_RESULT = "key_result", "Another key result"
    ROADMAP = "roadmap", "The roadmap"


class KeyResultQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        still = self.exclude(objective__cycle__state=CycleState.CLOSED)
        return still if user.runs_product_ops else still.filter(objective__team__in=user.editor_team_ids)

    def checkable_by(self, user):
        """Those of active cycles whose owner the person is, or whose team they write for."""
        active = self.counted().filter(objective__cycle__state=CycleState.ACTIVE)
        if user.runs_product_ops:
            return active
        return active.filter(Q(owner=user) | Q(objective__team__in=user.editor_team_ids))

    def mine_now(self, user):
        """Those a person answers for in active cycles."""
        return self.counted().filter(owner=user, objective__cycle__state=CycleState.ACTIVE)

    def counted(self):
        """Those of objectives that are pursued: neither abandoned nor archived."""
        return self.filter(objective__abandoned_at=None, objective__archived_at=None)

    def without_check_in(self, week):
        """Those nobody has checked in on in the week that begins on `week`."""
        return self.exclude(check_ins__week=week)

    def for_list(self):
        whole = ("owner", "kpi__count_version", "kpi_version", "objective__cycle", "objective__team")
        return self.select_related(*whole).fetch_mode(STRICT_FETCH)


@pghistory.track(
    model_name="KeyResultEvent",
    fields=["title", "kind", "unit", "start", "target", "low", "high", "weight", "kpi", "owner"],
)
class KeyResult(models.Model):
    """A result an objective is judged by; what it is made of depends on its `kind`.

    - increase, decrease: from `start` to a `target` above or below it, `stretch` beyond that;
    - keep above (`low`), below (`high`) or within (`low` to `high`): the share of weeks that kept to it;
    - milestones: the share of its `Milestone` rows that are done;
    - ordinal: steps on the scale `levels` (worst first); `start` and `target` are their places from 0.

    A `guardrail` is watched and never averaged in. `agreed_*` is what stood when the cycle became active.

    `current` is the value of the latest check-in, or null before the first: of milestones the percent done,
    of an ordinal one the place of its level. Where the key result follows a KPI, another key result or a
    thing with milestones (`item_label`, `item_id`; see prodops.progress), its value is theirs while its cycle
    is open (process.queries.standings); closing writes the last one into `current` and the raw share into
    `closed_share`. `kpi_version` is how the KPI was counted when the target was set.
    """

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="key_results")
    title = models.CharField(max_length=160)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.PERCENT)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INCREASE)
    start = models.FloatField(null=True)
    target = models.FloatField(null=True)
    stretch = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    levels = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    guardrail = models.BooleanField(default=False)
    agreed_start = models.FloatField(null=True, editable=False)
    agreed_target = models.FloatField(null=True, editable=False)
    agreed_low = models.FloatField(null=True, editable=False)
    agreed_high = models.FloatField(null=True, editable=False)
    weight = models.FloatField(default=1)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source, default=Source.HAND)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, null=True, blank=True, related_name="+")
    kpi_version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )
    item_label = models.CharField(max_length=60, blank=True, editable=False)
    item_id = models.PositiveBigIntegerField(null=True, editable=False)
    current = models.FloatField(null=True, editable=False)
    closed_share = models.FloatField(null=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = KeyResultQuerySet.as_manager()

    class Meta:
        ordering = ["objective_id", "position", "pk"]
        constraints = [
            one_of("unit", Unit, name="key_result_unit_known"),
            one_of("kind", Kind, name="key_result_kind_known"),
            one_of("source", Source, name="key_result_source_known"),
            finite("start", "target", "stretch", "low", "high", "current", name="key_result_finite"),
            both_or_neither("kpi", "kpi_version", name="key_result_pins_a_version"),
            models.CheckConstraint(
                condition=Q(kind=Kind.INCREASE, **WAY, start__lt=F("target"))
                | Q(kind=Kind.DECREASE, **WAY, start__gt=F("target"))
                | (Q(kind=Kind.ORDINAL, **WAY) & ~Q(start=F("target")))
                | (~Q(kind__in=WAYS) & Q(start=None, target=None)),
                name="key_result_has_a_way",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.KEEP_ABOVE, low__isnull=False, high=None)
                | Q(kind=Kind.KEEP_BELOW, low=None, high__isnull=False)
                | Q(kind=Kind.KEEP_WITHIN, low__lt=F("high"))
                | (
                    ~Q(kind__in=[Kind.KEEP_ABOVE, Kind.KEEP_BELOW, Kind.KEEP_WITHIN]) & Q(low=None, high=None)
                ),
                name="key_result_keeps_to_its_bounds",
            ),
            models.CheckConstraint(
                condition=Q(source=Source.KPI, kpi__isnull=False) | (~Q(source=Source.KPI) & Q(kpi=None)),
                name="key_result_kpi_is_its_source",
            ),
            models.CheckConstraint(
                condition=Q(source=Source.KEY_RESULT, follows__isnull=False)
                | (~Q(source=Source.KEY_RESULT) & Q(follows=None)),
                name="key_result_follows_its_source",
            ),
            models.CheckConstraint(
                condition=Q(source=Source.ROADMAP, item_id__isnull=False) & ~Q(item_label="")
                | (~Q(source=Source.ROADMAP) & Q(item_id=None, item_label="")),
                name="key_result_item_is_its_source",
            ),
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
        """A value in the key result's unit: "61.4 %"; of an ordinal one, the name of its level."""
        if self.kind == Kind.ORDINAL:
            return self.level_at(value)
        currency = self.kpi.currency if self.kpi else settings.DEFAULT_CURRENCY
        return units.in_words(value, self.unit, currency)

    def level_at(self, value):
        """The name of the level at this place; what lies off the scale stands at its end."""
        if value is None or not self.levels:
            return "—"
        return self.levels[min(max(round(value), 0), len(self.levels) - 1)]

    @property
    def keeps(self):
        """It holds a level, and is judged by the periods that kept to it."""
        return self.kind in KEEPS

    @property
    def aim(self):
        """What it should reach or keep to, in words: "62.1 % → 70.0 %", "at least 99.5 %", "4 milestones"."""
        if self.kind == Kind.KEEP_ABOVE:
            return f"at least {self.show(self.low)}"
        if self.kind == Kind.KEEP_BELOW:
            return f"at most {self.show(self.high)}"
        if self.kind == Kind.KEEP_WITHIN:
            return f"{self.show(self.low)} to {self.show(self.high)}"
        if self.kind == Kind.MILESTONES:
            return "all milestones"
        return f"{self.show(self.start)} → {self.show(self.target)}"

    @property
    def moved_since_agreed(self):
        """Its baseline, target or bounds are not what stood when the cycle became active."""
        pairs = ("start", "target", "low", "high")
        agreed = [getattr(self, f"agreed_{name}") for name in pairs]
        return any(one is not None for one in agreed) and agreed != [getattr(self, one) for one in pairs]


class Milestone(models.Model):
    """A step of a key result that is a list of milestones; `weight` is its share beside the others."""

    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=160)
    weight = models.FloatField(default=1)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["key_result_id", "position", "pk"]
        constraints = [
            both_or_neither("done_at", "done_by", name="milestone_done_pair"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=1000), name="milestone_weight_sensible"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def done(self):
        return self.done_at is not None


class Waiver(models.Model):
    """Somebody answers for grading a key result though the data behind it are in doubt, and says why.

    What is in doubt is an incident, or a hold that somebody set by hand.
    """

    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="waivers")
    incident = models.ForeignKey("metrics.Incident", models.PROTECT, null=True, related_name="+")
    hold = models.ForeignKey("metrics.Hold", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["key_result_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key_result", "incident", "hold"], nulls_distinct=False, name="waiver_once"
            ),
            models.CheckConstraint(
                condition=Q(incident__isnull=False, hold=None) | Q(incident=None, hold__isnull=False),
                name="waiver_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_says_why"),
        ]

    def __str__(self):
        return self.reason
