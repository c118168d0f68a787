"""Where values are fetched from: databases, the queries that are asked of them, and how that went."""

import datetime as dt

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from metrics.models.choices import KpiStatus
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

# A run that says nothing for so long has lost its worker: no query may take longer than five.
LOST_AFTER = dt.timedelta(minutes=7)


class DataSourceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of all teams and of one's own; product ops sees all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team=None) | Q(team__in=user.editor_team_ids))

    def editable_by(self, user):
        return self if user.runs_product_ops else self.none()

    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.select_related("team", "by").defer("sealed_url").fetch_mode(STRICT_FETCH)

    def with_pulls(self):
        """With the number of `queries` that ask it, and of those that are `failing`."""
        mine = Pull.objects.filter(source=OuterRef("pk"), active=True).order_by().values("source")
        return self.annotate(
            queries=Coalesce(Subquery(mine.values(n=Count("pk"))), 0),
            failing=Coalesce(Subquery(mine.filter(failures__gt=0).values(n=Count("pk"))), 0),
        )


class DataSource(models.Model):
    """A database that KPIs may be fetched from. Its URL holds a password and is kept encrypted.

    `shown` is the URL without its password. With a team only that team's KPIs may use it.
    """

    name = models.CharField(max_length=80, unique=True)
    shown = models.CharField(max_length=300, editable=False)
    sealed_url = models.BinaryField(editable=False)
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    retired_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [both_or_neither("retired_by", "retired_at", name="data_source_retired_pair")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('metrics:source_list')}#source-{self.pk}"


class Frequency(models.TextChoices):
    HOURLY = "hourly", "Every hour"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"


class PullQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        if user.runs_product_ops:
            return self
        return self.filter(Q(kpi__team__in=user.editor_team_ids) | Q(kpi__owner=user))

    def due(self, at):
        """Active ones whose time has come and that no worker has; one that fell silent is free again."""
        free = Q(running_since=None) | Q(running_since__lt=at - LOST_AFTER)
        awake = self.filter(free, active=True, next_at__lte=at, source__retired_at=None)
        return awake.exclude(kpi__status=KpiStatus.DEPRECATED)

    def for_list(self):
        return self.select_related("kpi__team", "kpi__owner", "source", "by").fetch_mode(STRICT_FETCH)


class Pull(models.Model):
    """A query that fetches one KPI's values on a schedule: a period, a value, and perhaps dimensions.

    `columns` says which of the query's columns is what: {"period": "day", "value": "rate",
    "dimensions": {"country": "country_code"}}.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="pulls")
    source = models.ForeignKey("metrics.DataSource", models.PROTECT, related_name="pulls")
    sql = models.TextField(max_length=20_000)
    columns = models.JSONField(default=dict)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    hour = models.PositiveSmallIntegerField(default=6)  # by the company's clock
    most_rows = models.PositiveIntegerField(default=10_000)
    seconds = models.PositiveSmallIntegerField(default=30)
    active = models.BooleanField(default=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    next_at = models.DateTimeField(editable=False)
    running_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)  # in a row

    objects = PullQuerySet.as_manager()

    class Meta:
        ordering = ["kpi_id", "pk"]
        constraints = [
            one_of("frequency", Frequency, name="pull_frequency_known"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="pull_hour_of_day"),
            models.CheckConstraint(condition=Q(most_rows__range=(1, 100_000)), name="pull_rows_sensible"),
            models.CheckConstraint(condition=Q(seconds__range=(1, 300)), name="pull_seconds_sensible"),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(active=True), name="pull_due")]

    def __str__(self):
        return f"{self.source} for {self.kpi}"

    def get_absolute_url(self):
        return reverse("metrics:pull_detail", args=[self.pk])


class RunState(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class PullRun(models.Model):
    """One time that a query was asked, what came of it, or what went wrong."""

    pull = models.ForeignKey("metrics.Pull", models.PROTECT, related_name="runs")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    rows = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=1000, blank=True)
    faults = models.JSONField(default=list)  # the first rows that could not be taken, and why
    load = models.ForeignKey("metrics.SeriesImport", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", RunState, name="pull_run_state_known"),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, finished_at=None)
                | (~Q(state=RunState.RUNNING) & Q(finished_at__isnull=False)),
                name="pull_run_finished_says_when",
            ),
        ]

    def __str__(self):
        return f"{self.get_state_display()} at {self.at:%Y-%m-%d %H:%M}"
