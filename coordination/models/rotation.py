"""People who take turns: week by week at the inbox, or request by request where a rule says so."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed


class RotationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def with_people(self):
        return self.prefetch_related("members__user")


class Rotation(models.Model):
    """Several people in an order. One rotation at most looks after the inbox.

    `first_week` is the Monday on which the first of them began; after the last it begins anew. `last_given`
    is who got the last request that a rule gave in turn.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    inbox = models.BooleanField(default=False)
    first_week = models.DateField()
    last_given = models.ForeignKey(
        "prodops.User", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = RotationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inbox"], condition=Q(inbox=True), name="rotation_one_inbox"),
            models.CheckConstraint(
                condition=Q(first_week__iso_week_day=1), name="rotation_begins_on_a_monday"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:rotation_edit", args=[self.slug])


class RotationMember(models.Model):
    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="members")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rotation", "user"], name="rotation_member_once"),
            models.UniqueConstraint(
                fields=["rotation", "position"],
                name="rotation_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.user_id} in {self.rotation_id}"


class RotationTurn(models.Model):
    """A week that somebody took for another: it goes before the order of the members."""

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="turns")
    week = models.DateField()  # its Monday
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")

    class Meta:
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(fields=["rotation", "week"], name="rotation_turn_once"),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="rotation_turn_of_a_monday"),
        ]

    def __str__(self):
        return f"{self.user_id} in the week of {self.week}"


def monday_of(day):
    """The Monday of the week that `day` lies in."""
    return day - dt.timedelta(day.weekday())
