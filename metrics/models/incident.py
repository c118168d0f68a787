"""Something wrong with a KPI's data, from the first flag to its explanation, and what must wait for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class Way(models.TextChoices):
    """Which way a series has gone. An incident is of one way: what goes up is not what stays away."""

    UP = "up", "Higher than expected"
    DOWN = "down", "Lower than expected"
    DATA = "data", "Data missing or wrong"


class IncidentState(models.TextChoices):
    NEW = "new", "New"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ASSIGNED = "assigned", "Assigned"
    RESOLVED = "resolved", "Resolved"


# Where a person may lead an incident from each state; opening is the checks' or a reporter's.
INCIDENT_MOVES = {
    IncidentState.NEW: (IncidentState.ACKNOWLEDGED, IncidentState.ASSIGNED, IncidentState.RESOLVED),
    IncidentState.ACKNOWLEDGED: (IncidentState.NEW, IncidentState.ASSIGNED, IncidentState.RESOLVED),
    IncidentState.ASSIGNED: (IncidentState.NEW, IncidentState.ACKNOWLEDGED, IncidentState.RESOLVED),
    IncidentState.RESOLVED: (IncidentState.NEW,),
}


class Severity(models.IntegerChoices):
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"


class Cause(models.TextChoices):
    """Why an incident was resolved: what it turned out to be."""

    FALSE_POSITIVE = "false_positive", "False positive"
    REAL_CHANGE = "real_change", "Real change"
    MISSING_DATA = "missing_data", "Missing data"
    DUPLICATES = "duplicates", "Duplicates"
    DEFINITION = "definition", "Definition"
    PIPELINE = "pipeline", "Pipeline"
    OTHER = "other", "Other"


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Incidents of KPIs of the person's teams, of KPIs the person owns, and those assigned to them."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(kpi__team__in=user.editor_team_ids) | Q(kpi__owner=user) | Q(assignee=user))

    def open(self):
        return self.exclude(state=IncidentState.RESOLVED)

    def awake(self, at):
        """Those that ask for attention now: open, and not snoozed."""
        return self.open().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=at))

    def waiting_for(self, user, at):
        """Those the person has to move: their own, or of their KPIs while nobody has taken them."""
        return self.awake(at).filter(Q(assignee=user) | Q(assignee=None, kpi__owner=user))

    def grave(self):
        """Open ones that put the KPI's data in quarantine."""
        return self.open().filter(severity__gte=settings.QUARANTINE_SEVERITY)

    def for_kpi(self):
        """Beside a KPI that is loaded."""
        return self.select_related("assignee").fetch_mode(STRICT_FETCH)

    def for_list(self):
        return self.select_related("kpi__owner", "kpi__team", "assignee", "resolved_by").fetch_mode(
            STRICT_FETCH
        )

    def for_page(self):
        return self.select_related(
            "kpi__owner", "kpi__team", "assignee", "resolved_by", "opened_by", "severity_by", "window_by"
        ).fetch_mode(STRICT_FETCH)


class Incident(models.Model):
    """What is wrong with one KPI in one way, until somebody has said what it was.

    `window_from` to `window_to` are the first and last affected periods. Severity and window follow the
    flags until a person has set them. `what` says it in words where a person reported it.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="incidents")
    way = models.CharField(max_length=6, choices=Way)
    state = models.CharField(max_length=12, choices=IncidentState, default=IncidentState.NEW)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.LOW)
    severity_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    window_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=500, blank=True)
    assignee = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    snoozed_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=16, choices=Cause, blank=True)
    comment = models.CharField(max_length=1000, blank=True)

    objects = IncidentQuerySet.as_manager()

    fresh = False  # just opened, and nobody has been told

    class Meta:
        ordering = ["-window_from", "-pk"]
        constraints = [
            one_of("way", Way, name="incident_way_known"),
            one_of("state", IncidentState, name="incident_state_known"),
            one_of("severity", Severity, name="incident_severity_known"),
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values) | Q(cause=""), name="incident_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) & ~Q(cause="")
                | ~Q(state="resolved") & Q(resolved_at=None, resolved_by=None, cause=""),
                name="incident_resolved_with_cause",
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(assignee__isnull=False),
                name="incident_assigned",
            ),
            models.CheckConstraint(
                condition=Q(window_from__lte=F("window_to")), name="incident_window_in_order"
            ),
            models.UniqueConstraint(
                fields=["kpi", "way"], condition=~Q(state="resolved"), name="incident_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["-window_from", "-id"], name="incident_newest"),
            models.Index(fields=["kpi", "-window_from"], name="incident_by_kpi"),
            models.Index(fields=["assignee"], condition=~Q(state="resolved"), name="incident_mine"),
        ]

    def __str__(self):
        return f"{self.kpi.name}: {self.get_way_display().lower()}"

    def get_absolute_url(self):
        return reverse("metrics:incident_detail", args=[self.pk])

    @property
    def day(self):
        """The day it began: incidents of one day are shown together."""
        return self.window_from.date()

    @property
    def is_open(self):
        return self.state != IncidentState.RESOLVED

    @property
    def is_grave(self):
        """Whether it keeps the KPI's data in quarantine."""
        return self.is_open and self.severity >= settings.QUARANTINE_SEVERITY

    def snoozed(self, at):
        return self.is_open and self.snoozed_until is not None and self.snoozed_until > at

    def window_in_words(self):
        """ "12 Nov 2026", or "12 Nov 2026 to 15 Nov 2026"."""
        first, last = self.kpi.show_period(self.window_from), self.kpi.show_period(self.window_to)
        return first if first == last else f"{first} to {last}"

    def is_editable_by(self, user):
        """Whether `editable_by` would give this incident, without asking the database."""
        return self.kpi.is_editable_by(user) or self.assignee_id == user.pk


class HoldQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        if user.runs_product_ops:
            return self
        return self.filter(Q(kpi__team__in=user.editor_team_ids) | Q(kpi__owner=user))

    def in_force(self, at):
        return self.filter(lifted_at=None, until__gt=at)


class Hold(models.Model):
    """A quarantine that somebody set by hand: "do not use for decisions until…". It ends by itself.

    `window_from` to `window_to` are the periods whose values are not to be trusted.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField()
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            both_or_neither("lifted_by", "lifted_at", name="hold_lifted_pair"),
            models.CheckConstraint(condition=Q(window_from__lte=F("window_to")), name="hold_window_in_order"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="hold_until_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_with_reason"),
        ]
        indexes = [models.Index(fields=["kpi", "until"], condition=Q(lifted_at=None), name="hold_standing")]

    def __str__(self):
        return f"Not for decisions until {self.until:%Y-%m-%d}"
