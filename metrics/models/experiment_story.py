"""What happened to an experiment: changes of its plan, decisions, and what made its question open again."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from metrics.models.experiment_choices import Advice, Doubt, DoubtOutcome, ExperimentRuling, RulingState
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class PlanChange(models.Model):
    """Something of the plan that was changed after the start, and why; nobody takes it back.

    `field` is its name in the plan, such as "planned_to"; `before` and `after` are what people read.
    `plan_hash` is the hash of the plan after it.
    """

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="changes")
    field = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    before = models.CharField(max_length=1000, blank=True)
    after = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=1000)
    plan_hash = models.CharField(max_length=64)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="plan_change_with_reason")]
        triggers = [pgtrigger.Protect(name="change_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.label}: {self.after}"


class ExperimentSnapshotQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def for_list(self):
        return self.select_related("by").fetch_mode(STRICT_FETCH)


class ExperimentSnapshot(models.Model):
    """Results as they came in at one time, with the read-out of them; each can be seen again.

    `data` is what came in, `readout` what metrics.stats.experiments said of it by the plan as it was then.
    """

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="snapshots")
    at = models.DateTimeField()
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=20)
    data = models.JSONField()
    readout = models.JSONField()

    objects = ExperimentSnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["experiment", "-at", "-id"], name="snapshot_newest")]

    def __str__(self):
        return f"Results of {self.at:%Y-%m-%d %H:%M}"


class ExperimentDecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def standing(self):
        return self.filter(state=RulingState.STANDS)

    def waiting_for(self, user):
        """Those that need a second reviewer, whom the person may be."""
        return self.filter(state=RulingState.WAITING).exclude(by=user)

    def for_list(self):
        return self.select_related(
            "experiment__owner", "experiment__team", "variant", "snapshot", "by", "reviewed_by"
        ).fetch_mode(STRICT_FETCH)


class ExperimentDecision(models.Model):
    """What a person ruled, on which snapshot, and what the rule had recommended.

    `against` says that it goes against the recommendation, or was taken without any results: then somebody
    else has to agree before it stands. `override_reason` is why it was taken on data in quarantine.
    `lift` and `error` are the primary KPI's relative change and its standard error on that day, as shares.
    """

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="decisions")
    ruling = models.CharField(max_length=12, choices=ExperimentRuling)
    variant = models.ForeignKey("metrics.Variant", models.PROTECT, null=True, related_name="+")
    rationale = models.TextField(max_length=5000)
    snapshot = models.ForeignKey("metrics.ExperimentSnapshot", models.PROTECT, null=True, related_name="+")
    advice = models.CharField(max_length=12, choices=Advice, blank=True)
    advice_words = models.CharField(max_length=1000, blank=True)
    against = models.BooleanField(default=False)
    override_reason = models.CharField(max_length=1000, blank=True)
    lift = models.FloatField(null=True)
    error = models.FloatField(null=True)
    state = models.CharField(max_length=10, choices=RulingState)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=1000, blank=True)

    objects = ExperimentDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("ruling", ExperimentRuling, name="ruling_known"),
            one_of("state", RulingState, name="ruling_state_known"),
            models.CheckConstraint(condition=Q(advice__in=["", *Advice.values]), name="ruling_advice_known"),
            models.CheckConstraint(condition=~Q(rationale=""), name="ruling_with_rationale"),
            both_or_neither("reviewed_by", "reviewed_at", name="ruling_reviewed_pair"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by")), name="ruling_reviewed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(against=False) | ~Q(state="stands") | Q(reviewed_by__isnull=False),
                name="ruling_against_needs_another",
            ),
            models.CheckConstraint(
                condition=~Q(ruling="ship") | Q(variant__isnull=False), name="ruling_ships_a_variant"
            ),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=Q(state="waiting"),
                name="ruling_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=Q(state="stands", ruling__in=["ship", "roll_back"]),
                name="ruling_one_stands",
            ),
        ]

    def __str__(self):
        return self.get_ruling_display()


class ExperimentDoubtQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        if user.runs_product_ops:
            return self
        return self.filter(Q(experiment__team__in=user.editor_team_ids) | Q(experiment__owner=user))

    def open(self):
        return self.filter(answered_at=None)

    def waiting_for(self, user):
        return self.open().filter(experiment__owner=user)

    def for_list(self):
        return self.select_related(
            "experiment__owner", "kpi", "incident__kpi", "hold", "version", "answered_by"
        ).fetch_mode(STRICT_FETCH)


class ExperimentDoubt(models.Model):
    """Why a decided experiment's question is open: a KPI is counted anew, or its data are in doubt."""

    experiment = models.ForeignKey("metrics.Experiment", models.CASCADE, related_name="doubts")
    kind = models.CharField(max_length=8, choices=Doubt)
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    incident = models.ForeignKey("metrics.Incident", models.PROTECT, null=True, related_name="+")
    hold = models.ForeignKey("metrics.Hold", models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=DoubtOutcome, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ExperimentDoubtQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "incident"], name="doubt_once_an_incident"),
            models.UniqueConstraint(fields=["experiment", "hold"], name="doubt_once_a_hold"),
            models.UniqueConstraint(fields=["experiment", "version"], name="doubt_once_a_version"),
            models.CheckConstraint(
                condition=Q(kind="incident", incident__isnull=False, hold=None, version=None)
                | Q(kind="hold", incident=None, hold__isnull=False, version=None)
                | Q(kind="metric", incident=None, hold=None, version__isnull=False),
                name="doubt_of_one_cause",
            ),
            both_or_neither("answered_by", "answered_at", name="doubt_answered_pair"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None)
                | Q(outcome__in=DoubtOutcome.values, answered_at__isnull=False) & ~Q(reason=""),
                name="doubt_answered_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at"], condition=Q(answered_at=None), name="doubt_open"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.kpi_id}"

    def get_absolute_url(self):
        return reverse("metrics:experiment_doubt", args=[self.pk])

    @property
    def is_open(self):
        return self.answered_at is None
