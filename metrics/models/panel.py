"""What stands on a board: panels, each of one KPI in one version of its definition."""

from django.db import models
from django.db.models import Q

from prodops.models.fields import one_of

MOST_PANELS = 200
KEPT = ("id", "kpi_id", "version_id", "kind", "title", "position", "width")  # what undo and a copy give back


class PanelKind(models.TextChoices):
    VALUE = "value", "Value"
    TREND = "trend", "Trend"
    TARGET = "target", "Target"
    SPARK = "spark", "Spark line"
    TABLE = "table", "Table"


class PanelWidth(models.IntegerChoices):
    """In quarters of the board."""

    QUARTER = 1, "A quarter"
    HALF = 2, "Half"
    THREE = 3, "Three quarters"
    WHOLE = 4, "The whole row"


class Panel(models.Model):
    dashboard = models.ForeignKey("metrics.Dashboard", models.CASCADE, related_name="panels")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="panels")
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, related_name="panels")
    kind = models.CharField(max_length=6, choices=PanelKind, default=PanelKind.TREND)
    title = models.CharField(max_length=80, blank=True)  # empty: the KPI's name
    position = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField(choices=PanelWidth, default=PanelWidth.QUARTER)

    class Meta:
        ordering = ["dashboard_id", "position", "pk"]
        constraints = [
            one_of("kind", PanelKind, name="panel_kind_known"),
            one_of("width", PanelWidth, name="panel_width_known"),
            models.CheckConstraint(condition=Q(position__lt=MOST_PANELS), name="panel_most"),
            models.UniqueConstraint(
                fields=["dashboard", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="panel_place_once",
            ),
        ]

    def __str__(self):
        return self.title or f"{self.get_kind_display()} of KPI {self.kpi_id}"

    def kept(self):
        """What undo and a copy give back, as JSON."""
        return {name: getattr(self, name) for name in KEPT}


class Arrangement(models.Model):
    """How a board was before a change, for undo: its panels as they were in `layout_version` `version`."""

    dashboard = models.ForeignKey("metrics.Dashboard", models.CASCADE, related_name="arrangements")
    version = models.PositiveIntegerField()
    panels = models.JSONField()
    said = models.CharField(max_length=200)  # the change that followed: "moved Churn to place 3"
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["dashboard_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "version"], name="arrangement_once"),
        ]

    def __str__(self):
        return f"Version {self.version} of dashboard {self.dashboard_id}"
