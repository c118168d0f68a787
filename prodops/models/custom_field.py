"""Typed fields that a workspace adds to things of any app; a thing keeps its values in `properties`."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from .fields import STRICT_FETCH, one_of


class FieldKind(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    CHECKBOX = "checkbox", "Checkbox"
    URL = "url", "Link"
    SELECT = "select", "One of a list"
    MULTISELECT = "multiselect", "Several of a list"
    PERSON = "person", "Person"


class CustomFieldQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def of(self, subject):
        """Those of `subject`, a label such as "research.study", in the order in which they are shown."""
        return self.filter(subject=subject).order_by("position", "pk")

    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


class CustomField(models.Model):
    """A field of `subject` ("research.study"). Its values stand under `key` in the things' `properties`:

    text and url a string, number a number, date "2026-11-23", checkbox true, select the key of an
    option, multiselect a list of such keys, person the id of a user. What is empty has no entry. `key` and
    `kind` never change, and a field is retired, not deleted, so that no value is ever lost.
    """

    subject = models.CharField(max_length=60)
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=FieldKind, default=FieldKind.TEXT)
    help_text = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=list, blank=True)  # [{"key": …, "name": …, "retired": bool}]
    position = models.PositiveIntegerField(default=0)
    required = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["subject", "position", "pk"]
        constraints = [
            one_of("kind", FieldKind, name="custom_field_kind_known"),
            models.UniqueConstraint(fields=["subject", "key"], name="custom_field_key_once"),
            models.UniqueConstraint(
                "subject",
                Lower("name"),
                condition=Q(retired_at=None),
                name="custom_field_name_once",
                violation_error_message="There is a field of this name already.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def has_options(self):
        return self.kind in (FieldKind.SELECT, FieldKind.MULTISELECT)

    @property
    def live_options(self):
        """[(key, name)] of those one can still choose."""
        return [(one["key"], one["name"]) for one in self.options if not one.get("retired")]

    @property
    def option_names(self):
        """{key: name} of all, the retired as well."""
        return {one["key"]: one["name"] for one in self.options}


def properties_field():
    """The column for the values of a model's typed fields."""
    return models.JSONField(default=dict, blank=True, editable=False)


def properties_index(name):
    """What makes filters by a typed field quick."""
    return GinIndex(fields=["properties"], name=name, opclasses=["jsonb_path_ops"])
