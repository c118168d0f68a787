"""Objectives, and what they are aligned to."""

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

from .cycles import CycleState, OkrCycle


class Intent(models.TextChoices):
    COMMITTED = "committed", "Committed"
    ASPIRATIONAL = "aspirational", "Aspirational"
    LEARNING = "learning", "Learning"


class Level(models.TextChoices):
    COMPANY = "company", "Company"
    TEAM = "team", "Team"
    PERSONAL = "personal", "Personal"


class ObjectiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Those of the person's own teams, in cycles that are not closed."""
        still = self.exclude(cycle__state=CycleState.CLOSED)
        return still if user.runs_product_ops else still.filter(team__in=user.editor_team_ids)

    def copyable_by(self, user):
        """Those of the person's own teams, in any cycle: a copy changes nothing of what stands."""
        return self if user.runs_product_ops else self.filter(team__in=user.editor_team_ids)

    def counted(self):
        """Those that are pursued: neither abandoned nor archived."""
        return self.filter(abandoned_at=None, archived_at=None)

    def for_list(self):
        return self.select_related("team", "owner", "cycle").fetch_mode(STRICT_FETCH)


class Objective(models.Model):
    """What a team wants to be true at the end of a cycle, and why.

    `team` answers for it at every level. `carried_from` is the objective of an earlier cycle it goes on
    with; `learned` says what that cycle taught and what is done differently for it.
    """

    cycle = models.ForeignKey(OkrCycle, models.PROTECT, related_name="objectives")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    why = models.TextField(max_length=2000, blank=True)
    intent = models.CharField(max_length=12, choices=Intent, default=Intent.COMMITTED)
    level = models.CharField(max_length=8, choices=Level, default=Level.TEAM)
    learned = models.TextField(max_length=2000, blank=True)
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="carried_to"
    )
    abandoned_at = models.DateTimeField(null=True, editable=False)
    abandoned_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    abandoned_reason = models.CharField(max_length=500, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["cycle_id", "team_id", "position", "pk"]
        constraints = [
            one_of("intent", Intent, name="objective_intent_known"),
            one_of("level", Level, name="objective_level_known"),
            both_or_neither("reviewed_at", "reviewed_by", name="objective_reviewed_pair"),
            both_or_neither("abandoned_at", "abandoned_by", name="objective_abandoned_pair"),
            models.CheckConstraint(
                condition=Q(abandoned_at=None, abandoned_reason="")
                | (Q(abandoned_at__isnull=False) & ~Q(abandoned_reason="")),
                name="objective_abandoned_says_why",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "team", "position"], name="objective_in_order")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("process:objective_detail", args=[self.pk])

    @property
    def counted(self):
        """It is pursued, and enters what is rolled up."""
        return self.abandoned_at is None and self.archived_at is None


class AlignmentKind(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    CONTRIBUTES = "contributes", "Contributes value"


# Two people aligning at once could close a circle between them: whoever aligns waits for this lock.
ALIGNMENT_LOCK = 7_204_119  # the trigger takes the same

_NO_CIRCLE = """
    PERFORM pg_advisory_xact_lock(7204119);
    IF EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT a.parent_id FROM process_alignment a JOIN above b ON a.child_id = b.id WHERE a.id <> NEW.id
        )
        SELECT 1 FROM above WHERE id = NEW.child_id
    ) THEN
        RAISE EXCEPTION 'alignment_no_circle' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def lock_alignments():
    """Wait until nobody else aligns, up to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALIGNMENT_LOCK])


class AlignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def for_list(self):
        return self.select_related(
            "child__team", "child__cycle", "parent__team", "parent__cycle", "key_result"
        ).fetch_mode(STRICT_FETCH)


class Alignment(models.Model):
    """`child` serves a parent: an objective, or one key result of it. It may have several.

    `parent` is set for both, so that the tree is read from one column. Nothing serves itself, in however
    many steps: by a trigger.
    """

    child = models.ForeignKey(Objective, models.CASCADE, related_name="parent_links")
    parent = models.ForeignKey(Objective, models.CASCADE, related_name="child_links")
    key_result = models.ForeignKey("process.KeyResult", models.CASCADE, null=True, related_name="child_links")
    kind = models.CharField(max_length=12, choices=AlignmentKind, default=AlignmentKind.SUPPORTS)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AlignmentQuerySet.as_manager()

    class Meta:
        ordering = ["child_id", "pk"]
        constraints = [
            one_of("kind", AlignmentKind, name="alignment_kind_known"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="alignment_not_to_itself"),
            models.UniqueConstraint(
                fields=["child", "parent", "key_result"], nulls_distinct=False, name="alignment_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_circle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_NO_CIRCLE,
            )
        ]

    def __str__(self):
        return f"{self.child} {self.get_kind_display().lower()} {self.key_result or self.parent}"
