"""How a KPI is counted, version by version, and what it is meant to reach."""

from django.db import connection, models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from metrics.models.choices import Direction, Grain, Unit
from prodops.models.fields import STRICT_FETCH, one_of


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Waiting for review"
    LIVE = "live", "Live"
    PAST = "past", "Past"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


# From which states a version may come into each.
VERSION_MOVES = {
    VersionState.PROPOSED: (VersionState.DRAFT,),
    VersionState.DRAFT: (VersionState.PROPOSED,),  # a first version that was sent back
    VersionState.LIVE: (VersionState.PROPOSED,),
    VersionState.PAST: (VersionState.LIVE,),
    VersionState.REJECTED: (VersionState.PROPOSED,),
    VersionState.WITHDRAWN: (VersionState.PROPOSED,),
}
HELD = (VersionState.LIVE, VersionState.PAST)


class DefinitionKind(models.TextChoices):
    SIMPLE = "simple", "Simple"
    RATIO = "ratio", "Ratio"
    DERIVED = "derived", "Derived"
    CUMULATIVE = "cumulative", "Cumulative"
    CONVERSION = "conversion", "Conversion"
    QUANTILE = "quantile", "Quantile"


# What a version says that the KPI's own row says too, so that no list has to join.
SAID = ("name", "meaning", "formula", "unit", "currency", "direction", "grain", "source")
# What a version alone says.
TYPED = ("kind", "definition", "sql")
# What a proposal may change.
GOVERNED = (*SAID, *TYPED)
# A change of one of these changes the number: the series breaks there.
COUNTED = ("formula", "unit", "currency", "grain", "source", *TYPED)


class KpiVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def held(self):
        """Those that are or were live, oldest first."""
        return self.filter(state__in=HELD).order_by("number")

    def open(self):
        """Proposals that wait for a review."""
        return self.filter(state=VersionState.PROPOSED)

    def for_list(self):
        return self.select_related("kpi__team", "kpi__owner", "author", "reviewer", "base").fetch_mode(
            STRICT_FETCH
        )

    def begin(self, kpis):
        """Write version 1 of KPIs that were made without one, from what their rows say, in two queries.

        An approved KPI's is live. For what makes KPIs in bulk; `services.kpis.define` does it for one.
        """
        kpis = list(kpis)
        made = self.bulk_create([first_version(kpi) for kpi in kpis])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE metrics_kpi k SET count_version_id = v.id,"
                " live_version_id = CASE WHEN v.state = 'live' THEN v.id END"
                " FROM metrics_kpiversion v WHERE v.kpi_id = k.id AND v.number = 1 AND k.id = ANY(%s)",
                [[kpi.pk for kpi in kpis]],
            )
        for kpi, version in zip(kpis, made, strict=True):
            kpi.count_version = version
            kpi.live_version = None if kpi.approved_at is None else version
        return made


def first_version(kpi):
    """Version 1 of a KPI, unsaved."""
    approved = kpi.approved_at is not None
    state = VersionState.LIVE if approved else VersionState.DRAFT
    if kpi.status == "proposed":
        state = VersionState.PROPOSED
    return KpiVersion(
        kpi=kpi,
        number=1,
        state=state,
        **{name: getattr(kpi, name) for name in SAID},
        author_id=kpi.defined_by_id,
        proposed_at=kpi.defined_at,
        reviewer_id=kpi.approved_by_id,
        decided_at=kpi.approved_at,
    )


class KpiVersion(models.Model):
    """What a KPI meant from `effective_from` on; version 1 holds from the beginning and has no such day.

    `definition` is what metrics.formats.definition reads, or {} where only `formula` says in words how it
    is counted; `sql` is {dialect: text}. `base` is the version that was live when this was proposed: once
    another is live, the proposal is stale. `recounts` says that the number is counted otherwise than by
    `base`, so that the series breaks; a new wording alone does not. `note` is why the author proposes it,
    `reason` what the reviewer or, on withdrawing, the author answered.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    effective_from = models.DateField(null=True)
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    recounts = models.BooleanField(default=True)
    name = models.CharField(max_length=120)
    meaning = models.TextField(max_length=1000)
    formula = models.TextField(max_length=2000)
    unit = models.CharField(max_length=10, choices=Unit)
    currency = models.CharField(max_length=3, blank=True)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.UP)
    grain = models.CharField(max_length=10, choices=Grain, default=Grain.DAY)
    source = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=DefinitionKind, default=DefinitionKind.SIMPLE)
    definition = models.JSONField(default=dict, blank=True)
    sql = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)  # of what is counted; see the conflicts
    note = models.CharField(max_length=1000, blank=True)
    author = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    reviewer = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)

    objects = KpiVersionQuerySet.as_manager()

    class Meta:
        ordering = ["kpi_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["kpi"], condition=Q(state="live"), name="version_one_live"),
            one_of("state", VersionState, name="version_state_known"),
            one_of("kind", DefinitionKind, name="version_kind_known"),
            one_of("unit", Unit, name="version_unit_known"),
            one_of("direction", Direction, name="version_direction_known"),
            one_of("grain", Grain, name="version_grain_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(number=1) | Q(effective_from__isnull=False),
                name="version_held_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "proposed")) | Q(decided_at__isnull=False),
                name="version_decided_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(reviewer__isnull=False) & ~Q(reason=""),
                name="version_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(*HELD, "rejected"))
                | Q(reviewer__isnull=False) & ~Q(reviewer=F("author")),
                name="version_reviewed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["fingerprint"], condition=~Q(fingerprint=""), name="version_fingerprint"),
            models.Index(fields=["kpi"], condition=Q(state="proposed"), name="version_proposed"),
        ]

    def __str__(self):
        return f"{self.name}, version {self.number}"

    def get_absolute_url(self):
        return reverse("metrics:version_detail", args=[self.kpi.slug, self.number])

    @property
    def is_open(self):
        return self.state == VersionState.PROPOSED


class KpiAlias(models.Model):
    """Another name of a KPI. It is nobody else's while the KPI is in use; deprecating sets it free."""

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=120)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(in_use=True), name="alias_once"),
            models.UniqueConstraint("kpi", Lower("name"), name="alias_once_a_kpi"),
            models.CheckConstraint(condition=~Q(name=""), name="alias_has_name"),
        ]

    def __str__(self):
        return self.name


class KpiTargetQuerySet(models.QuerySet):
    def at(self, day):
        """The target in force on `day` of each KPI: that with the newest beginning up to then."""
        newest = (
            KpiTarget.objects.filter(kpi=OuterRef("kpi"), effective_from__lte=day)
            .order_by("-effective_from")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))


class KpiTarget(models.Model):
    """What a KPI is to reach from a day on, and between which thresholds it is well, until the next begins.

    `value` is the target, `low` and `high` the thresholds; at least one of the three is there.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="targets")
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, related_name="+")
    effective_from = models.DateField()
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = KpiTargetQuerySet.as_manager()

    class Meta:
        ordering = ["kpi_id", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "effective_from"], name="target_once_a_day"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(low__isnull=False) | Q(high__isnull=False),
                name="target_says_something",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lt=F("high")), name="target_low_below_high"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{name: None})
                    | Q(**{f"{name}__gt": float("-inf"), f"{name}__lt": float("inf")}),
                    name=f"target_{name}_finite",
                )
                for name in ("value", "low", "high")
            ),
        ]

    def __str__(self):
        return f"Target from {self.effective_from}"
