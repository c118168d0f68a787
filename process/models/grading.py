"""What a cycle came to: the grade of each key result, and what each objective taught."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from process.formulas import grades
from prodops.models.fields import STRICT_FETCH

from .key_results import KeyResult
from .objectives import Objective


def stands_once_closed(name, cycle_of):
    """A trigger: rows of closed cycles are neither written, changed nor taken away.

    `cycle_of` is SQL for the id of the cycle of `that`, the row before or after the change.
    """
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM process_okrcycle cycle
                WHERE cycle.state = 'closed' AND cycle.id IN ({cycle_of})
            ) THEN
                RAISE EXCEPTION 'pgtrigger: % of a closed cycle stand as they are', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  (`cycle_of` is written here)
    )


class Grade(models.Model):
    """What a key result came to, 0 to 1, as somebody graded it; the last of several counts.

    `proposed` is what its numbers came to when it was graded: against the target that was agreed and, where
    the target was edited later, against that too. `why` says why neither was taken. `on_time` is about the
    first time it was graded.
    """

    key_result = models.OneToOneField(KeyResult, models.CASCADE, related_name="grade")
    value = models.FloatField()
    proposed = models.FloatField(null=True, editable=False)
    proposed_edited = models.FloatField(null=True, editable=False)
    why = models.CharField(max_length=500, blank=True)
    on_time = models.BooleanField(editable=False)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["key_result_id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__range=(0, 1)), name="grade_from_0_to_1"),
            models.CheckConstraint(
                condition=Q(proposed=None) | Q(proposed__range=(0, 1)), name="grade_proposed_from_0_to_1"
            ),
        ]
        triggers = [
            stands_once_closed(
                "grade_stands_once_closed",
                "SELECT o.cycle_id FROM process_objective o JOIN process_keyresult k ON o.id = k.objective_id"
                " WHERE k.id IN (OLD.key_result_id, NEW.key_result_id)",
            )
        ]

    def __str__(self):
        return f"{self.value:.2f}"

    @property
    def band(self):
        return grades.band(self.value)


class RetrospectiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def for_list(self):
        return self.select_related(
            "objective__cycle", "objective__team", "objective__owner", "by"
        ).fetch_mode(STRICT_FETCH)


class Retrospective(models.Model):
    """What an objective taught. `postmortem` is asked for where a committed one was missed.

    `version` counts its edits: one that was begun on an older version is refused, not written over it.
    """

    objective = models.OneToOneField(Objective, models.CASCADE, related_name="retrospective")
    went_well = models.TextField(max_length=4000, blank=True)
    went_badly = models.TextField(max_length=4000, blank=True)
    learned = models.TextField(max_length=2000, blank=True)
    differently = models.TextField(max_length=2000, blank=True)
    postmortem = models.TextField(max_length=8000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RetrospectiveQuerySet.as_manager()

    class Meta:
        ordering = ["objective_id"]
        triggers = [
            stands_once_closed(
                "retrospective_stands_once_closed",
                "SELECT o.cycle_id FROM process_objective o"
                " WHERE o.id IN (OLD.objective_id, NEW.objective_id)",
            )
        ]

    def __str__(self):
        return f"What “{self.objective}” taught"

    def get_absolute_url(self):
        return reverse("process:retrospective", args=[self.objective_id])
