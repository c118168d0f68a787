"""Where an experiment's results come from by themselves, and who looked at them too early."""

from django.db import models
from django.db.models import Q

from metrics.models.experiment_choices import ExperimentState
from metrics.models.source import LOST_AFTER
from prodops.models.fields import STRICT_FETCH


class ExperimentPeek(models.Model):
    """Somebody saw results of a fixed-horizon test before its stop date; once a person and snapshot."""

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="peeks")
    snapshot = models.ForeignKey("metrics.ExperimentSnapshot", models.CASCADE, related_name="peeks")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "by"], name="peek_once")]

    def __str__(self):
        return f"{self.by_id} saw {self.snapshot_id}"


class ExperimentPullQuerySet(models.QuerySet):
    def due(self, at):
        """Of running experiments, whose time has come and that no worker has."""
        free = Q(running_since=None) | Q(running_since__lt=at - LOST_AFTER)
        running = Q(experiment__state=ExperimentState.RUNNING, source__retired_at=None)
        return self.filter(free, running, next_at__lte=at)

    def for_list(self):
        return self.select_related("experiment", "source", "by").fetch_mode(STRICT_FETCH)


class ExperimentPull(models.Model):
    """A query that fetches an experiment's results, once a day while it runs.

    It answers a row for each variant and KPI, with the columns that a file of results has. `error` says what
    went wrong the last time, "" where nothing did.
    """

    experiment = models.OneToOneField("metrics.Experiment", models.CASCADE, related_name="pull")
    source = models.ForeignKey("metrics.DataSource", models.PROTECT, related_name="+")
    sql = models.TextField(max_length=20_000)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    next_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=1000, blank=True)

    objects = ExperimentPullQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="experiment_pull_due")]

    def __str__(self):
        return f"{self.source_id} for {self.experiment_id}"
