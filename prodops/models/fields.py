"""What models of every app share: constraint helpers and the strict way of loading."""

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

# Any lazy load of a row that `for_list()` gave is a bug: in tests and development it raises, in
# production it costs one query for all rows rather than failing the page.
STRICT_FETCH = models.FETCH_PEERS if settings.DEPLOYED else models.FETCH_RAISE


def guid(**options):
    """The name of a row outside this database: exports carry it and imports know the row by it."""
    return models.UUIDField(db_default=RandomUUID(), editable=False, **options)


def both_or_neither(first, second, *, name):
    """A constraint: both columns are set, or neither is."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


def one_of(field, choices, *, name):
    """A constraint: the column holds one of the `TextChoices`' values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def label_of(subject):
    """The registries' key of a thing or a model: "research.insight"."""
    return subject._meta.label_lower
