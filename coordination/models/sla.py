"""How soon those who ask are answered, and in which hours that is counted."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from coordination.clocks import Calendar, as_duration, as_periods
from prodops.access import Can, allowed
from prodops.models import Tier
from prodops.models.fields import STRICT_FETCH

from .states import Urgency

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _SettingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members see by what they are measured; submitters do not."""
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()


class BusinessCalendarQuerySet(_SettingQuerySet):
    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


class BusinessCalendar(models.Model):
    """The hours in which somebody is there to answer.

    `week` has for each day from Monday on its periods, [[start, end]] in minutes after midnight; `closed`
    are the company's own days, [[day, name]], beside the public holidays of `country`.
    """

    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=60)
    week = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True)
    closed = models.JSONField(default=list, blank=True)

    objects = BusinessCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:calendar_edit", args=[self.pk])

    def hours(self):
        """As `coordination.clocks` counts by it."""
        return Calendar(
            self.zone,
            tuple(tuple((start, end) for start, end in periods) for periods in self.week),
            self.country,
            frozenset(dt.date.fromisoformat(day) for day, _ in self.closed),
        )

    @property
    def words(self):
        """ "Monday to Friday 09:00-17:00": days with the same hours next to each other told together."""
        parts, first = [], 0
        for day in range(1, 8):
            if day < 7 and self.week[day] == self.week[first]:
                continue
            if self.week[first]:
                names = DAYS[first] if first == day - 1 else f"{DAYS[first]} to {DAYS[day - 1]}"
                parts.append(f"{names} {as_periods(self.week[first])}")
            first = day
        return "; ".join(parts)


class SlaPolicyQuerySet(_SettingQuerySet):
    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.select_related("calendar").fetch_mode(STRICT_FETCH)


class SlaPolicy(models.Model):
    """Targets in working minutes for the requests it fits; the first that fits, in their order, counts.

    Empty `urgencies` or `tiers` mean any. A clock without a target is not kept. `warn_minutes` before a
    target the decider is warned; `escalate_minutes` after it product ops hear of it.
    """

    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, related_name="+")
    urgencies = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    tiers = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    response_minutes = models.PositiveIntegerField(null=True, blank=True)
    decision_minutes = models.PositiveIntegerField(null=True, blank=True)
    warn_minutes = models.PositiveIntegerField(default=60)
    escalate_minutes = models.PositiveIntegerField(default=240)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = SlaPolicyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(response_minutes__isnull=False) | Q(decision_minutes__isnull=False),
                name="sla_policy_has_a_target",
            ),
            models.CheckConstraint(
                condition=~Q(response_minutes=0) & ~Q(decision_minutes=0), name="sla_policy_targets_positive"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:sla_edit", args=[self.pk])

    @property
    def applies_to(self):
        """In words, one part a condition: ["Blocker, High", "Gold accounts"]."""
        said = [", ".join(Urgency(one).label for one in self.urgencies)] if self.urgencies else []
        if self.tiers:
            names = ["none" if one == Tier.NONE else Tier(one).label for one in self.tiers]
            said.append(f"Tier {', '.join(names)}")
        return said

    @property
    def response_words(self):
        return as_duration(self.response_minutes) if self.response_minutes else ""

    @property
    def decision_words(self):
        return as_duration(self.decision_minutes) if self.decision_minutes else ""

    def fits(self, urgency, tier):
        return (not self.urgencies or urgency in self.urgencies) and (not self.tiers or tier in self.tiers)
