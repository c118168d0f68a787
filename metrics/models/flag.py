"""What the checks found unusual in a KPI's series."""

from django.db import connection, models
from django.db.models import Q

from prodops.models.fields import one_of


class FlagKind(models.TextChoices):
    SPIKE = "spike", "Spike"
    DIP = "dip", "Dip"
    LEVEL_SHIFT = "level_shift", "Level shift"
    TREND_CHANGE = "trend_change", "Change of trend"
    VARIANCE_CHANGE = "variance_change", "Change of spread"
    FLAT_LINE = "flat_line", "Flat line"
    MISSING = "missing", "Missing"
    LATE = "late", "Late"
    VOLUME = "volume", "Odd volume"
    NULLS = "nulls", "Many values missing"
    RANGE = "range", "Out of range"
    COPIED = "copied", "Copied values"
    RESTATED = "restated", "Much restated"
    PARTS = "parts", "Parts do not add up"


# What the detector finds in values, as opposed to what the data checks find in how they come.
DETECTED = (
    *(FlagKind.SPIKE, FlagKind.DIP, FlagKind.LEVEL_SHIFT, FlagKind.TREND_CHANGE, FlagKind.VARIANCE_CHANGE),
    *(FlagKind.FLAT_LINE, FlagKind.MISSING),
)
CHECKED = (
    *(FlagKind.VOLUME, FlagKind.NULLS, FlagKind.RANGE, FlagKind.COPIED, FlagKind.RESTATED, FlagKind.PARTS),
)


class FlagState(models.TextChoices):
    FOUND = "found", "Found"
    PAST = "past", "Found in history"
    WITHDRAWN = "withdrawn", "Withdrawn"


class FlagQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def open(self):
        """Those whose incident nobody has resolved."""
        return self.filter(state=FlagState.FOUND).exclude(incident__state="resolved")

    def live(self):
        return self.exclude(state=FlagState.WITHDRAWN)


class Flag(models.Model):
    """Something unusual in one period: at most one of a kind, however often the checks run.

    It belongs to an incident, which people answer. `low` to `high` is the band in which the value was
    expected; null where there is none, as for data that are late. Found in periods long past when the check
    first ran, it asks nobody and has no incident (`FlagState.PAST`).
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="flags")
    period = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=FlagKind)
    incident = models.ForeignKey("metrics.Incident", models.PROTECT, null=True, related_name="flags")
    value = models.FloatField(null=True)
    score = models.FloatField(default=0)  # over the threshold: 1 is just unusual enough
    expected = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=FlagState, default=FlagState.FOUND)
    reason = models.CharField(max_length=500, blank=True)  # what failed, or why it went

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "period", "kind"], name="flag_once"),
            one_of("state", FlagState, name="flag_state_known"),
            one_of("kind", FlagKind, name="flag_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=FlagState.FOUND) | Q(incident__isnull=False),
                name="flag_has_incident",
            ),
        ]
        indexes = [models.Index(fields=["kpi"], condition=Q(state="found"), name="flag_found")]

    def __str__(self):
        return f"{self.get_kind_display()} on {self.period:%Y-%m-%d}"

    @property
    def is_open(self):
        """Whether its incident still waits; the incident has to be loaded."""
        return self.state == FlagState.FOUND and self.incident is not None and self.incident.is_open

    def in_words(self):
        """What was found, in the KPI's unit: "Dip: 61.4 % where 66.0 % to 70.1 % was expected"."""
        show = self.kpi.show
        if self.kind in CHECKED:
            return f"{self.get_kind_display()}: {self.reason}" if self.reason else self.get_kind_display()
        if self.kind == FlagKind.LATE:
            return "Late: no value has arrived since"
        if self.kind == FlagKind.MISSING:
            return "Missing: values are missing from here on"
        if self.kind == FlagKind.FLAT_LINE:
            return f"Flat line: {show(self.value)} again and again"
        found = f"{self.get_kind_display()}: {show(self.value)}"
        if self.low is None:
            return found
        return f"{found} where {show(self.low)} to {show(self.high)} was expected"


class WatchQuerySet(models.QuerySet):
    def write_memories(self, rows):
        """Keep how far series are checked: rows of (KPI id, memory, last period)."""
        if not rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE metrics_watch w SET memory = m.memory, changed = false,"
                " checked_to = coalesce(m.checked_to, CASE WHEN w.changed THEN NULL ELSE w.checked_to END)"
                " FROM unnest(%s::bigint[], %s::bytea[], %s::timestamptz[]) AS m (kpi_id, memory, checked_to)"
                " WHERE w.kpi_id = m.kpi_id",
                [list(column) for column in zip(*rows, strict=True)],
            )


class Watch(models.Model):
    """How far a KPI's series has been checked, with what the next point is judged by.

    `memory` is the detector's state after `checked_to`; `changed` says that values up to there have been
    restated since, so that the memory no longer holds and the next check begins from the first point.
    `factor` is what a score has to reach to be flagged, as false alarms have taught; see `SensitivityChange`.
    """

    kpi = models.OneToOneField("metrics.Kpi", models.PROTECT, primary_key=True, related_name="watch")
    memory = models.BinaryField(default=b"")
    checked_to = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    changed = models.BooleanField(default=False)
    factor = models.FloatField(default=1)

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(factor__range=(1, 3)), name="watch_factor_within")]

    def __str__(self):
        return f"Checked to {self.checked_to}"
