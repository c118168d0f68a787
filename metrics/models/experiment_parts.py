"""What an experiment is made of: variants and their pictures, KPIs, insights, checks before the start."""

from django.db import models
from django.db.models import Q

from metrics.models.experiment_choices import KpiRole, MeasuredAs, Wanted
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class Variant(models.Model):
    """One arm; one of them is control. `ratio` is its configured share of the units, in per cent."""

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="variants")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    is_control = models.BooleanField(default=False)
    ratio = models.FloatField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="variant_key_once"),
            models.UniqueConstraint(
                fields=["experiment"], condition=Q(is_control=True), name="variant_one_control"
            ),
            models.CheckConstraint(condition=Q(ratio__gt=0, ratio__lte=100), name="variant_ratio_sensible"),
        ]

    def __str__(self):
        return self.name


class VariantPictureQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        if user.runs_product_ops:
            return self
        teams = user.editor_team_ids
        return self.filter(Q(variant__experiment__team__in=teams) | Q(variant__experiment__owner=user))


class VariantPicture(models.Model):
    """A screenshot of a variant, as people in it saw the product."""

    variant = models.ForeignKey("metrics.Variant", models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="experiments/%Y/%m/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    caption = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VariantPictureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.caption or self.name


class ExperimentKpiQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("kpi__owner", "kpi__team", "kpi__count_version", "version").fetch_mode(
            STRICT_FETCH
        )


class ExperimentKpi(models.Model):
    """A KPI that an experiment looks at. `margin` and `mde` are relative, as shares (0.02 is 2 %).

    A guardrail is harmed once it is worse by more than `margin`. `version` is the KPI's version at the
    start and null before.
    """

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="kpis")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    role = models.CharField(max_length=9, choices=KpiRole)
    measured = models.CharField(max_length=10, choices=MeasuredAs, default=MeasuredAs.PROPORTION)
    direction = models.CharField(max_length=4, choices=Wanted, default=Wanted.UP)
    margin = models.FloatField(null=True, blank=True)
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    objects = ExperimentKpiQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "kpi"], name="experiment_kpi_once"),
            models.UniqueConstraint(
                fields=["experiment"], condition=Q(role="primary"), name="experiment_one_primary"
            ),
            one_of("role", KpiRole, name="experiment_kpi_role_known"),
            one_of("measured", MeasuredAs, name="experiment_kpi_measured_known"),
            one_of("direction", Wanted, name="experiment_kpi_direction_known"),
            models.CheckConstraint(
                condition=Q(margin=None) | Q(margin__gte=0, margin__lte=1), name="experiment_kpi_margin_share"
            ),
        ]
        indexes = [models.Index(fields=["kpi", "experiment"], name="experiment_by_kpi")]

    def __str__(self):
        return f"{self.get_role_display()}: {self.kpi_id}"


class ExperimentInsight(models.Model):
    """An insight that a hypothesis rests on."""

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="insights")
    insight = models.ForeignKey("research.Insight", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "insight"], name="experiment_insight_once")
        ]
        indexes = [models.Index(fields=["insight", "experiment"], name="experiment_by_insight")]

    def __str__(self):
        return f"{self.experiment_id} rests on {self.insight_id}"


class ChecklistItem(models.Model):
    """Something to see to before the start, which a person ticks. Required ones gate the start."""

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    required = models.BooleanField(default=True)
    done_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [both_or_neither("done_by", "done_at", name="checklist_done_pair")]

    def __str__(self):
        return self.text

    @property
    def is_done(self):
        return self.done_at is not None


class ExperimentTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def in_use(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.select_related("by").fetch_mode(STRICT_FETCH)


class ExperimentTemplate(models.Model):
    """How experiments of a kind are set up.

    `design` is {field of the experiment: value}, `guardrails` [{"kpi": slug, "margin": share}], and
    `checklist` [{"text": words, "required": whether it gates the start}].
    """

    name = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=500, blank=True)
    design = models.JSONField(default=dict)
    guardrails = models.JSONField(default=list)
    checklist = models.JSONField(default=list)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = ExperimentTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name
