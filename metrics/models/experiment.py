"""Experiments: what is believed, how it is tried out, and where the trial stands."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from metrics.models.experiment_choices import (
    BEFORE_START,
    RULED,
    STARTED,
    AssignedBy,
    Correction,
    ExperimentState,
    Lineage,
    Method,
    StopReason,
    Wanted,
)
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class ExperimentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Experiments of the person's own teams, and those the person owns; product ops edits all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(owner=user))

    def running(self):
        return self.filter(state=ExperimentState.RUNNING)

    def before_start(self):
        return self.filter(state__in=BEFORE_START)

    def doubted(self):
        """Those with an open question about their data."""
        return self.filter(doubts__answered_at=None, doubts__isnull=False).distinct()

    def between(self, first, last):
        """Those that run, or are planned to, on any day of `first` to `last`."""
        began = Q(started_on__lte=last) | Q(started_on=None, planned_from__lte=last)
        ended = Q(stopped_on__gte=first) | Q(stopped_on=None) & (
            Q(planned_to__gte=first) | Q(state=ExperimentState.RUNNING)
        )
        return self.filter(began, ended).exclude(state=ExperimentState.DROPPED)

    def waiting_for(self, user):
        """Those of the person that ask for the next step: a decision, or what was learned."""
        return self.filter(owner=user, state__in=(ExperimentState.STOPPED, ExperimentState.DECIDED))

    def for_list(self):
        return self.select_related("owner", "team", "area").fetch_mode(STRICT_FETCH)

    def for_page(self):
        joined = ("owner", "team", "area", "parent", "template")
        people = ("created_by", "started_by", "stopped_by", "closed_by")
        return self.select_related(*joined, *people).fetch_mode(STRICT_FETCH)


class Experiment(models.Model):
    """A hypothesis in parts, the plan to try it, and where the trial stands. `key` never changes.

    The hypothesis reads: because `because`, we believe that `change` for `audience` will `wanted` the primary
    KPI by `size` (a relative share); we know it when `know_when`. `audience` is "" for everybody. `alpha` and
    `power` are shares, `mde` is the smallest relative change worth finding, as a share; `baseline` and
    `spread` (standard deviation) are the primary KPI's per unit, as the calculator took them, `daily_units`
    how many new units come a day. `sample_size` is per variant. Tests of one `exclusion_group` never meet in
    one unit.

    `plan` is `queries.experiments.plan_of` at the start, `plan_hash` its SHA-256; neither changes after: what
    was changed later stands in `changes`.
    """

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    because = models.TextField(max_length=3000, blank=True)
    change = models.TextField(max_length=3000, blank=True)
    audience = models.CharField(max_length=120, blank=True)
    wanted = models.CharField(max_length=4, choices=Wanted, default=Wanted.UP)
    size = models.FloatField(null=True, blank=True)
    know_when = models.TextField(max_length=2000, blank=True)

    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    surfaces = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    exclusion_group = models.CharField(max_length=60, blank=True)

    unit = models.CharField(max_length=8, choices=AssignedBy, default=AssignedBy.PERSON)
    method = models.CharField(max_length=10, choices=Method, default=Method.FIXED)
    correction = models.CharField(max_length=4, choices=Correction, default=Correction.HOLM)
    alpha = models.FloatField(default=0.05)
    power = models.FloatField(default=0.8)
    mde = models.FloatField(null=True, blank=True)
    baseline = models.FloatField(null=True, blank=True)
    spread = models.FloatField(null=True, blank=True)
    daily_units = models.FloatField(null=True, blank=True)
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    min_days = models.PositiveSmallIntegerField(default=14)
    planned_from = models.DateField(null=True, blank=True)
    planned_to = models.DateField(null=True, blank=True)
    template = models.ForeignKey(
        "metrics.ExperimentTemplate", models.PROTECT, null=True, blank=True, related_name="+"
    )

    state = models.CharField(
        max_length=8, choices=ExperimentState, default=ExperimentState.DRAFT, editable=False
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="children"
    )
    lineage = models.CharField(max_length=9, choices=Lineage, blank=True, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    plan = models.JSONField(null=True, editable=False)
    plan_hash = models.CharField(max_length=64, blank=True, editable=False)
    started_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    started_at = models.DateTimeField(null=True, editable=False)
    started_on = models.DateField(null=True, editable=False)  # the company's day
    stopped_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, editable=False)
    stopped_on = models.DateField(null=True, editable=False)
    stop_reason = models.CharField(max_length=8, choices=StopReason, blank=True, editable=False)
    stop_note = models.CharField(max_length=1000, blank=True, editable=False)
    closed_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    drop_note = models.CharField(max_length=1000, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            one_of("state", ExperimentState, name="experiment_state_known"),
            one_of("unit", AssignedBy, name="experiment_unit_known"),
            one_of("method", Method, name="experiment_method_known"),
            one_of("correction", Correction, name="experiment_correction_known"),
            one_of("wanted", Wanted, name="experiment_wanted_known"),
            models.CheckConstraint(
                condition=Q(stop_reason__in=["", *StopReason.values]), name="experiment_stop_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(lineage="", parent=None)
                | Q(lineage__in=Lineage.values, parent__isnull=False) & ~Q(parent=F("pk")),
                name="experiment_parent_pair",
            ),
            models.CheckConstraint(
                condition=Q(alpha__gt=0, alpha__lt=0.5, power__gt=0.5, power__lt=1),
                name="experiment_errors_sensible",
            ),
            models.CheckConstraint(
                condition=Q(mde=None) | Q(mde__gt=0, mde__lte=10), name="experiment_mde_sensible"
            ),
            models.CheckConstraint(
                condition=Q(planned_from=None) | Q(planned_to=None) | Q(planned_from__lte=F("planned_to")),
                name="experiment_plan_in_order",
            ),
            both_or_neither("started_by", "started_at", name="experiment_started_pair"),
            both_or_neither("stopped_by", "stopped_at", name="experiment_stopped_pair"),
            both_or_neither("closed_by", "closed_at", name="experiment_closed_pair"),
            models.CheckConstraint(
                condition=Q(state__in=STARTED, started_at__isnull=False, plan__isnull=False)
                & Q(started_on__isnull=False)
                & ~Q(plan_hash="")
                | ~Q(state__in=STARTED) & Q(started_at=None, started_on=None, plan_hash=""),
                name="experiment_frozen_at_start",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("stopped", *RULED), stopped_at__isnull=False)
                & Q(stopped_on__isnull=False)
                & ~Q(stop_reason="")
                | ~Q(state__in=("stopped", *RULED)) & Q(stopped_at=None, stopped_on=None),
                name="experiment_stopped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="experiment_closed_when_it_says_so",
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="experiment_newest"),
            models.Index(fields=["state", "owner"], name="experiment_by_state"),
            models.Index(fields=["planned_from", "planned_to"], name="experiment_by_day"),
            GinIndex(fields=["surfaces"], name="experiment_surfaces"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="key_stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("key")
            ),
            pgtrigger.Protect(
                name="plan_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.started_at IS NOT NULL AND (OLD.plan, OLD.plan_hash, OLD.started_at)"
                    " IS DISTINCT FROM (NEW.plan, NEW.plan_hash, NEW.started_at)"
                ),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("metrics:experiment_detail", args=[self.key])

    @property
    def is_started(self):
        return self.state in STARTED

    @property
    def is_before_start(self):
        return self.state in BEFORE_START

    @property
    def is_ruled(self):
        return self.state in RULED

    @property
    def first_day(self):
        """The day it began, or is planned to; None where nobody has said."""
        return self.started_on or self.planned_from

    @property
    def last_day(self):
        """The day it ended, or is planned to."""
        return self.stopped_on or self.planned_to

    @property
    def audience_in_words(self):
        return self.audience or "Everybody"

    def is_editable_by(self, user):
        """Whether `editable_by` would give this experiment, without asking the database."""
        return user.runs_product_ops or self.owner_id == user.pk or self.team_id in user.editor_team_ids
