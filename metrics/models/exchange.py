"""A file of definitions that was brought in from another tool, from its preview to its undoing."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class RegistryFormat(models.TextChoices):
    TABLE = "table", "CSV or XLSX table"
    PRODOPS = "prodops", "Prodops YAML"
    DBT_MANIFEST = "dbt_manifest", "dbt semantic manifest"
    DBT_YAML = "dbt_yaml", "dbt metrics YAML"
    OSI = "osi", "Ossie (OSI) YAML"
    LOOKML = "lookml", "LookML"
    METRIC_HUB = "metric_hub", "metric-hub TOML"


class RegistryImportStage(models.TextChoices):
    READING = "reading", "Being read"
    STAGED = "staged", "To be checked"
    RUNNING = "running", "Being applied"
    DONE = "done", "Applied"
    FAILED = "failed", "Not read"
    UNDONE = "undone", "Undone"


class RowState(models.TextChoices):
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SAME = "same", "Same"
    REFUSED = "refused", "Refused"


class RowResult(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DEFINED = "defined", "Defined as a draft"
    EDITED = "edited", "Draft changed"
    PROPOSED = "proposed", "Proposed"
    SKIPPED = "skipped", "Left out"
    FAILED = "failed", "Not applied"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Kept"


class RegistryImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; product ops sees all."""
        return self if user.runs_product_ops else self.filter(by=user)

    def editable_by(self, user):
        return self.visible_to(user)

    def for_list(self):
        return self.select_related("by", "team").defer("text").fetch_mode(STRICT_FETCH)


class RegistryImport(models.Model):
    """One upload. New KPIs become drafts of `team`. `complaint` says why a file could not be read."""

    format = models.CharField(max_length=14, choices=RegistryFormat)
    file_name = models.CharField(max_length=200)
    text = models.TextField()
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=RegistryImportStage, default=RegistryImportStage.READING)
    complaint = models.CharField(max_length=500, blank=True)
    notes = models.JSONField(default=list, blank=True)  # what in the file is not about KPIs, or not held here
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = RegistryImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("format", RegistryFormat, name="registry_import_format_known"),
            one_of("stage", RegistryImportStage, name="registry_import_stage_known"),
            both_or_neither("undone_at", "undone_by", name="registry_import_undone_pair"),
            models.CheckConstraint(
                condition=~Q(stage__in=("done", "undone")) | Q(done_at__isnull=False),
                name="registry_import_done_when",
            ),
        ]
        indexes = [models.Index(fields=["by", "-at"], name="registry_import_by")]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("metrics:registry_import", args=[self.pk])

    @property
    def is_staged(self):
        return self.stage == RegistryImportStage.STAGED

    @property
    def is_done(self):
        return self.stage == RegistryImportStage.DONE

    @property
    def is_busy(self):
        return self.stage in (RegistryImportStage.READING, RegistryImportStage.RUNNING)


class RegistryRowQuerySet(models.QuerySet):
    def for_list(self):
        return self.select_related("kpi", "version").fetch_mode(STRICT_FETCH)


class RegistryRow(models.Model):
    """One metric of an imported file: what the file says (`entry`) and what that would change (`changes`).

    `changes` is [{"field", "before", "after"}]. `undo` is what an edited draft said before.
    """

    load = models.ForeignKey("metrics.RegistryImport", models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    where = models.CharField(max_length=200, blank=True)  # in the file: "line 12", "metrics[3]"
    state = models.CharField(max_length=8, choices=RowState)
    reason = models.CharField(max_length=500, blank=True)
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey("metrics.KpiVersion", models.SET_NULL, null=True, related_name="+")
    entry = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    chosen = models.BooleanField(default=False)
    result = models.CharField(max_length=8, choices=RowResult, default=RowResult.WAITING)
    undo = models.JSONField(default=dict)

    objects = RegistryRowQuerySet.as_manager()

    class Meta:
        ordering = ["load_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["load", "place"], name="registry_row_once"),
            one_of("state", RowState, name="registry_row_state_known"),
            one_of("result", RowResult, name="registry_row_result_known"),
            models.CheckConstraint(
                condition=~Q(state=RowState.REFUSED) | Q(chosen=False) & ~Q(reason=""),
                name="registry_row_refused_because",
            ),
        ]

    def __str__(self):
        return self.name
