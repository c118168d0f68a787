"""A file that was brought in from another tool or another workspace: what it held, what became of it."""

from django.db import models
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

from . import policy


class ImportKind(models.TextChoices):
    PROJECT = "project", "REFI-QDA project"
    CODEBOOK = "codebook", "REFI-QDA codebook"
    STUDY = "study", "Exported study"
    HIGHLIGHTS = "highlights", "Highlights"


class ImportStage(models.TextChoices):
    READING = "reading", "Being read"
    FAILED = "failed", "Can't be read"
    STAGED = "staged", "To be checked"
    RUNNING = "running", "Being imported"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


# Of these a file lies about of which nothing is here yet
WAITING = (ImportStage.READING, ImportStage.FAILED, ImportStage.STAGED)


class MaterialImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, as far as one may still read the study, and all into studies one may change."""
        own = models.Q(study=None) | policy.readable(user, "study__")
        return self.filter(
            models.Q(by=user) & own | models.Q(study__isnull=False) & policy.editable(user, "study__")
        )

    def editable_by(self, user):
        """Those that one may start, discard or undo."""
        mine = models.Q(by=user, study=None)
        return self.filter(mine | models.Q(study__isnull=False) & policy.editable(user, "study__"))

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("study", "by").defer("outline", "made").fetch_mode(STRICT_FETCH)


class MaterialImport(models.Model):
    """An upload from its preview to its undoing. `study` is where it goes; a codebook goes to the workspace.

    `outline` is what the preview shows, `choices` what was answered there, `counts` what came of it and
    `made` the primary keys, by model, of all that the import made: an undo takes away those and no others.
    """

    kind = models.CharField(max_length=10, choices=ImportKind)
    study = models.ForeignKey("research.Study", models.CASCADE, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=10, choices=ImportStage, default=ImportStage.STAGED, editable=False)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=200, editable=False)
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    outline = models.JSONField(default=dict, editable=False)
    choices = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    made = models.JSONField(default=dict, editable=False)
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = MaterialImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", ImportKind, name="material_import_kind_known"),
            one_of("stage", ImportStage, name="material_import_stage_known"),
            both_or_neither("undone_at", "undone_by", name="material_import_undone_pair"),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("research:import_detail", args=[self.pk])

    @property
    def is_reading(self):
        return self.stage == ImportStage.READING

    @property
    def is_unreadable(self):
        return self.stage == ImportStage.FAILED

    @property
    def is_staged(self):
        return self.stage == ImportStage.STAGED

    @property
    def is_running(self):
        return self.stage == ImportStage.RUNNING

    @property
    def is_done(self):
        return self.stage == ImportStage.DONE
