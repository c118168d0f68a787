"""Files of requests: looked at, taken in, and for an hour taken back."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

UNDONE_WITHIN = dt.timedelta(hours=1)


class LoadState(models.TextChoices):
    STAGED = "staged", "Being looked at"
    RUNNING = "running", "At work"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


class FileImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("channel__owner", "by", "job", "undone_by").fetch_mode(STRICT_FETCH)


class FileImport(models.Model):
    """A CSV or XLSX file of a channel.

    `header` are its columns' names and `mapping` {field: column name}: the next file of the channel is read
    as the last one was. The file itself is kept until two weeks after it was imported, so that its refused
    rows can be asked for. `counts` is what the import did.
    """

    channel = models.ForeignKey("coordination.Channel", models.PROTECT, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="request-imports/%Y/%m/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    preset = models.CharField(max_length=20, blank=True)
    date_order = models.CharField(max_length=3, blank=True)  # "dmy", "mdy" or as the dates themselves tell
    state = models.CharField(max_length=10, choices=LoadState, default=LoadState.STAGED)
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    counts = models.JSONField(default=dict)
    trouble = models.CharField(max_length=300, blank=True)  # what ended it before its end
    done_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    kept_back = models.JSONField(default=list)  # what an undo could not take back: [ref, why]

    objects = FileImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["channel", "-at"], name="file_import_by_channel")]
        constraints = [
            one_of("state", LoadState, name="file_import_state_known"),
            both_or_neither("undone_by", "undone_at", name="file_import_undone_pair"),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False)
                | (~Q(state="undone") & Q(undone_at=None)),
                name="file_import_undone_says_when",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("coordination:import_detail", args=[self.pk])

    def may_undo(self, at):
        """True within the hour after it was taken in."""
        if self.state != LoadState.DONE or self.done_at is None:
            return False
        return self.done_at + UNDONE_WITHIN > at


class FileImportRefusal(models.Model):
    """A row of the file that was not taken, and why."""

    load = models.ForeignKey(FileImport, models.CASCADE, related_name="refusals", db_index=False)
    line = models.PositiveIntegerField()
    why = models.TextField()

    class Meta:
        ordering = ["load_id", "line"]
        constraints = [
            models.UniqueConstraint(fields=["load", "line"], name="file_import_refusal_once"),
        ]

    def __str__(self):
        return f"line {self.line} of {self.load_id}: {self.why}"


class FileImportRow(models.Model):
    """What a file brought: a request, or with `voice` an account of a request that was here before."""

    load = models.ForeignKey(FileImport, models.CASCADE, related_name="rows")
    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="+")
    voice = models.ForeignKey("coordination.Voice", models.CASCADE, null=True, related_name="+")
    line = models.PositiveIntegerField()

    class Meta:
        ordering = ["load_id", "line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["load", "request", "voice"], nulls_distinct=False, name="file_import_row_once"
            )
        ]

    def __str__(self):
        return f"line {self.line} of {self.load_id}"
