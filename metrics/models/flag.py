"""What the checks found unusual in a KPI's series, and what people answered."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class FlagKind(models.TextChoices):
    SPIKE = "spike", "Spike"
    DIP = "dip", "Dip"
    LEVEL_SHIFT = "level_shift", "Level shift"
    TREND_CHANGE = "trend_change", "Change of trend"
    VARIANCE_CHANGE = "variance_change", "Change of spread"
    FLAT_LINE = "flat_line", "Flat line"
    MISSING = "missing", "Missing"
    LATE = "late", "Late"


class FlagState(models.TextChoices):
    NEW = "new", "Open"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    DISMISSED = "dismissed", "Dismissed"
    PAST = "past", "Found in history"
    WITHDRAWN = "withdrawn", "Withdrawn"


# From which states a person's answer leads where; the checks themselves raise and withdraw.
ANSWERABLE = {
    FlagState.ACKNOWLEDGED: (FlagState.NEW, FlagState.PAST),
    FlagState.DISMISSED: (FlagState.NEW, FlagState.ACKNOWLEDGED, FlagState.PAST),
    FlagState.NEW: (FlagState.ACKNOWLEDGED, FlagState.DISMISSED),
}
ANSWERED = (FlagState.ACKNOWLEDGED, FlagState.DISMISSED)


class FlagQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        if user.runs_product_ops:
            return self
        return self.filter(Q(kpi__team__in=user.editor_team_ids) | Q(kpi__owner=user))

    def open(self):
        """Those nobody has answered yet."""
        return self.filter(state=FlagState.NEW)

    def waiting_for(self, user):
        """Open flags of the KPIs a person owns."""
        return self.open().filter(kpi__owner=user)

    def for_list(self):
        return self.select_related("kpi__owner", "kpi__team", "answered_by").fetch_mode(STRICT_FETCH)


class Flag(models.Model):
    """Something unusual in one period: at most one of a kind, however often the checks run.

    `low` to `high` is the band in which the value was expected; null where there is none, as for data that
    are late. Found in periods long past when the check first ran, it asks nobody (`FlagState.PAST`).
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
    state = models.CharField(max_length=12, choices=FlagState, default=FlagState.NEW)
    answered_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "period", "kind"], name="flag_once"),
            one_of("state", FlagState, name="flag_state_known"),
            one_of("kind", FlagKind, name="flag_kind_known"),
            both_or_neither("answered_by", "answered_at", name="flag_answered_pair"),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERED, answered_at__isnull=False)
                | (~Q(state__in=ANSWERED) & Q(answered_at=None)),
                name="flag_answer_has_author",
            ),
            models.CheckConstraint(
                condition=~Q(state=FlagState.DISMISSED) | ~Q(reason=""), name="flag_dismissed_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["kpi"], condition=Q(state="new"), name="flag_open")]

    def __str__(self):
        return f"{self.get_kind_display()} on {self.period:%Y-%m-%d}"

    def get_absolute_url(self):
        return f"{reverse('metrics:kpi_detail', args=[self.kpi.slug])}#flag-{self.pk}"

    @property
    def is_open(self):
        return self.state == FlagState.NEW

    def in_words(self):
        """What was found, in the KPI's unit: "Dip: 61.4 % where 66.0 % to 70.1 % was expected"."""
        show = self.kpi.show
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


class Watch(models.Model):
    """How far a KPI's series has been checked, with what the next point is judged by.

    `memory` is the detector's state after `checked_to`; `changed` says that values up to there have been
    restated since, so that the memory no longer holds and the next check begins from the first point.
    """

    kpi = models.OneToOneField("metrics.Kpi", models.PROTECT, primary_key=True, related_name="watch")
    memory = models.BinaryField(default=b"")
    checked_to = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    changed = models.BooleanField(default=False)

    def __str__(self):
        return f"Checked to {self.checked_to}"
