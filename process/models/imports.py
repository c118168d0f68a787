"""Files of objectives: looked at, taken in, and for a day taken back."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

UNDONE_WITHIN = dt.timedelta(days=1)


class OkrImportState(models.TextChoices):
    STAGED = "staged", "Being looked at"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


class OkrImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def editable_by(self, user):
        return self if allowed(user, Can.OKR_RUN) else self.none()

    def for_list(self):
        return self.select_related("cycle", "by", "team", "owner", "undone_by").fetch_mode(STRICT_FETCH)


class OkrImport(models.Model):
    """A file of objectives for a cycle, as text.

    `columns` is {field: column name} of a table; `people` and `teams` are {name in the file: id here}. Who
    and what the file does not name, or names unknown here, are `owner`'s and `team`'s. `counts` is what it
    brought, and `kept_back` what an undo could not take back: [title, why].
    """

    cycle = models.ForeignKey("process.OkrCycle", models.PROTECT, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    text = models.TextField()
    shape = models.CharField(max_length=12)
    columns = models.JSONField(default=dict)
    people = models.JSONField(default=dict)
    teams = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=OkrImportState, default=OkrImportState.STAGED)
    counts = models.JSONField(default=dict)
    left = models.JSONField(default=list)  # [line, text, why]
    done_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    kept_back = models.JSONField(default=list)

    objects = OkrImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", OkrImportState, name="okr_import_state_known"),
            both_or_neither("undone_by", "undone_at", name="okr_import_undone_pair"),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False)
                | (~Q(state="undone") & Q(undone_at=None)),
                name="okr_import_undone_says_when",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("process:okr_import_detail", args=[self.pk])

    def may_undo(self, at):
        """True within the day after it was taken in."""
        done = self.done_at if self.state == OkrImportState.DONE else None
        return done is not None and done + UNDONE_WITHIN > at


class OkrImportRow(models.Model):
    """An objective that a file brought, with so many check-ins."""

    load = models.ForeignKey(OkrImport, models.CASCADE, related_name="rows")
    objective = models.ForeignKey("process.Objective", models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    check_ins = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["load_id", "line", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["load", "objective"], name="okr_import_row_once"),
        ]

    def __str__(self):
        return f"line {self.line} of {self.load_id}"
