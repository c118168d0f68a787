"""Parts of a KPI: its values of one country, one plan, one team."""

import hashlib
import json

from django.db import models

from prodops.models.fields import STRICT_FETCH

BETWEEN = " · "


class SliceQuerySet(models.QuerySet):
    def for_list(self):
        return self.order_by("label", "pk").fetch_mode(STRICT_FETCH)


class Slice(models.Model):
    """One part of a KPI, known by its dimensions: {"country": "DE", "plan": "pro"}. The whole has none.

    `key` stands for `values` whatever their order; `label` is what people read.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="slices", db_index=False)
    values = models.JSONField()
    key = models.CharField(max_length=64, editable=False)
    label = models.CharField(max_length=400)

    objects = SliceQuerySet.as_manager()

    class Meta:
        ordering = ["kpi_id", "label", "pk"]
        constraints = [models.UniqueConstraint(fields=["kpi", "key"], name="slice_once")]

    def __str__(self):
        return self.label


def slice_key(values):
    """The same for the same dimensions in any order."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def slice_label(values):
    """ "DE · pro", in the order in which the KPI names its dimensions."""
    return BETWEEN.join(values.values())[:400]
