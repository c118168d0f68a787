"""How people come into the panel: lists that are imported, and the words that lists use for our values."""

from django.db import models

from prodops.models.fields import STRICT_FETCH, one_of


class ValueAlias(models.Model):
    """Lists say `said` (casefolded) where we say `value` of `field`; learned when somebody maps it.

    `field` is "own_segment", "came_by", "locale", "time_zone" or "properties.<key>" of a typed field. An
    empty `value` means: says nothing, Unknown.
    """

    field = models.CharField(max_length=80)
    said = models.CharField(max_length=120)
    value = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name_plural = "value aliases"
        ordering = ["field", "said"]
        constraints = [models.UniqueConstraint(fields=["field", "said"], name="value_alias_once")]

    def __str__(self):
        return f"{self.said} → {self.value or 'Unknown'}"


class PanelImportState(models.TextChoices):
    STAGED = "staged", "Waiting for columns and confirmation"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"
    DISCARDED = "discarded", "Discarded"


class PanelImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.PANEL_EDIT) else self.none()

    def for_list(self):
        return self.select_related("by").fetch_mode(STRICT_FETCH)


class PanelImport(models.Model):
    """A list of people on its way into the panel.

    `rows` (a list of lists of text, the first the heads) is emptied when it is done or discarded. `mapping`
    is {column number as text: field}, `values` {field: {said casefolded: value, or "" for Unknown}}. `made`
    are ids; `changed` {id: {field: [before, after]}}, for undo.
    """

    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=PanelImportState, default=PanelImportState.STAGED)
    made = models.JSONField(default=list)
    changed = models.JSONField(default=dict)
    skipped = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    objects = PanelImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [one_of("state", PanelImportState, name="panel_import_state_known")]

    def __str__(self):
        return self.name
