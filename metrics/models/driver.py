"""Which KPI moves which: the tree from the north star down to the inputs."""

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q

from prodops.models.fields import STRICT_FETCH

# Two people adding an edge each could close a circle between them: whoever writes edges waits for this lock.
EDGES_LOCK = 7_204_118  # the trigger takes the same

_NO_CIRCLE = """
    PERFORM pg_advisory_xact_lock(7204118);
    IF EXISTS (
        WITH RECURSIVE below (id) AS (
            SELECT NEW.child_id
            UNION
            SELECT d.child_id FROM metrics_driver d JOIN below b ON d.parent_id = b.id WHERE d.id <> NEW.id
        )
        SELECT 1 FROM below WHERE id = NEW.parent_id
    ) THEN
        RAISE EXCEPTION 'driver_no_circle' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class DriverQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """The edges above which the person may change the KPI."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(parent__team__in=user.editor_team_ids) | Q(parent__owner=user))

    def for_kpi(self):
        """What the page of a KPI says of its drivers and of what it drives."""
        parent, child = ("parent__slug", "parent__name"), ("slug", "name", "unit", "currency")
        shown = self.select_related("parent", "child").only("note", *parent, *(f"child__{f}" for f in child))
        return shown.fetch_mode(STRICT_FETCH)

    def for_list(self):
        return self.select_related("parent", "child").fetch_mode(STRICT_FETCH)

    def among_living(self):
        return self.exclude(parent__status="deprecated").exclude(child__status="deprecated")


class Driver(models.Model):
    """`child` moves `parent`, as `note` says. No KPI moves itself, in however many steps: by a trigger."""

    parent = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="driver_edges")
    child = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="driven_edges")
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = DriverQuerySet.as_manager()

    class Meta:
        ordering = ["parent_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="driver_once"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="driver_not_itself"),
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
        return f"{self.child} drives {self.parent}"


def lock_edges():
    """Wait until nobody else writes edges, up to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EDGES_LOCK])
