"""When people who hold sessions can be booked: their weekly hours, single days, and what takes their time."""

import datetime as dt

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

DAY_MINUTES = 24 * 60
MOST_BUFFER = 4 * 60  # minutes
MOST_NOTICE = 14 * 24  # hours


class Weekday(models.IntegerChoices):
    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 7, "Sunday"


class Availability(models.Model):
    """When and how one host can be booked, by the clock on their wall.

    `calendar_url` is where their own calendar can be read, sealed: who has it reads all of it.
    """

    host = models.OneToOneField("prodops.User", models.CASCADE, related_name="+")
    zone = models.CharField(max_length=60)
    before_minutes = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(MOST_BUFFER)])
    after_minutes = models.PositiveSmallIntegerField(default=15, validators=[MaxValueValidator(MOST_BUFFER)])
    notice_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(MOST_NOTICE)])
    daily_limit = models.PositiveSmallIntegerField(  # 0: as many as fit
        default=4, validators=[MaxValueValidator(24)]
    )
    calendar_url = models.BinaryField(null=True, editable=False)
    calendar_host = models.CharField(max_length=255, blank=True, editable=False)  # what people see of it
    calendar_read_at = models.DateTimeField(null=True, editable=False)
    calendar_tried_at = models.DateTimeField(null=True, editable=False)
    calendar_fault = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "availabilities"
        ordering = ["host_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before_minutes__lte=MOST_BUFFER, after_minutes__lte=MOST_BUFFER),
                name="availability_buffers_fit",
            )
        ]

    def __str__(self):
        return f"Availability of {self.host_id}"

    @property
    def has_calendar(self):
        return self.calendar_url is not None

    def calendar_is_stale(self, at, *, hours=6):
        """Whether the busy times known are older than they should be, for a warning."""
        return self.has_calendar and (
            self.calendar_read_at is None or at - self.calendar_read_at > dt.timedelta(hours=hours)
        )


def _window(name):
    """Minutes after midnight: a window of one day, from 0 to 1440."""
    return models.CheckConstraint(
        condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=DAY_MINUTES), name=name
    )


class WeeklyHours(models.Model):
    """A window of each such weekday. Minutes after midnight on the wall; 1440 is the day's end."""

    availability = models.ForeignKey(Availability, models.CASCADE, related_name="weekly")
    weekday = models.PositiveSmallIntegerField(
        choices=Weekday, validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["availability_id", "weekday", "start_minute"]
        constraints = [
            _window("weekly_hours_window"),
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7), name="weekly_hours_weekday_known"
            ),
            models.UniqueConstraint(
                fields=["availability", "weekday", "start_minute"], name="weekly_hours_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.start_minute}-{self.end_minute}"


class DayHours(models.Model):
    """A single day that is other than its weekday: its windows, or none where both ends are null."""

    availability = models.ForeignKey(Availability, models.CASCADE, related_name="days")
    day = models.DateField()
    start_minute = models.PositiveSmallIntegerField(null=True)
    end_minute = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["availability_id", "day", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_minute=None, end_minute=None)
                | Q(
                    start_minute__isnull=False,
                    end_minute__isnull=False,
                    start_minute__lt=F("end_minute"),
                    end_minute__lte=DAY_MINUTES,
                ),
                name="day_hours_window",
            ),
            models.UniqueConstraint(
                fields=["availability", "day", "start_minute"], name="day_hours_once", nulls_distinct=False
            ),
        ]

    def __str__(self):
        return f"{self.day}"


class BusyTime(models.Model):
    """When a host's own calendar says that they are taken. What for is not kept: it is theirs."""

    availability = models.ForeignKey(Availability, models.CASCADE, related_name="busy")
    during = DateTimeRangeField()

    class Meta:
        ordering = ["availability_id", "during"]
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="busy_time_has_ends",
            )
        ]

    def __str__(self):
        return f"{self.during}"


__all__ = ["Availability", "BusyTime", "DayHours", "Weekday", "WeeklyHours"]
