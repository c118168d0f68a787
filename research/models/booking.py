"""How a study is booked, who has booked what, and every mail about it."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, one_of

from . import policy


class HostMode(models.TextChoices):
    """The values are those of `research.clocks.slots.Mode`."""

    ONE = "one", "One host"
    TOGETHER = "together", "All hosts together"
    IN_TURN = "in_turn", "In turn: whoever is free and has had the fewest"


class Offer(models.TextChoices):
    HOURS = "hours", "Whenever the hosts' hours allow"
    SLOTS = "slots", "Only the times added below"


class Scheduling(models.Model):
    """How people book sessions of one study. A study without a row is not booked online."""

    study = models.OneToOneField("research.Study", models.CASCADE, related_name="scheduling")
    mode = models.CharField(max_length=10, choices=HostMode, default=HostMode.ONE)
    offer = models.CharField(max_length=10, choices=Offer, default=Offer.HOURS)
    hosts = models.ManyToManyField("prodops.User", related_name="+")
    length_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(8 * 60)]
    )
    step_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(8 * 60)]
    )
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    most_moves = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(20)])
    change_hours = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(14 * 24)])
    place = models.CharField(max_length=500, blank=True)  # a link to a video room, or an address
    guest_note = models.TextField(blank=True)  # what guests are told beforehand
    guide = models.TextField(blank=True)  # Markdown, for whoever holds the session
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("mode", HostMode, name="scheduling_mode_known"),
            one_of("offer", Offer, name="scheduling_offer_known"),
            models.CheckConstraint(
                condition=Q(length_minutes__range=(5, 480), step_minutes__range=(5, 480)),
                name="scheduling_minutes_sane",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="scheduling_days_in_order",
            ),
        ]

    def __str__(self):
        return f"Scheduling of {self.study_id}"


class StudySlot(models.Model):
    """A time that a study offers, where its hosts' hours do not decide."""

    scheduling = models.ForeignKey(Scheduling, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ["scheduling_id", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["scheduling", "starts_at"], name="study_slot_once"),
        ]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class BookingState(models.TextChoices):
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    GUEST_MISSED = "guest_missed", "Participant did not come"
    HOST_MISSED = "host_missed", "Host did not come"
    CANCELLED = "cancelled", "Cancelled"


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def run_by(self, user):
        """Those whose day `user` runs: an editor of the study, or its host."""
        from prodops.access import Can, allowed

        if not allowed(user, Can.RESEARCH_EDIT):
            return self.none()
        mine = Exists(Seat.objects.filter(booking=OuterRef("pk"), host=user.pk, live=True))
        return self.visible_to(user).filter(policy.editable(user, "study__") | Q(mine))

    def for_list(self):
        """Load exactly what a row shows."""
        related = ("study__team", "recruit__participant__account", "session")
        seats = models.Prefetch(
            "seats", Seat.objects.filter(live=True).select_related("host").order_by("pk"), to_attr="taken"
        )
        return self.select_related(*related).prefetch_related(seats).fetch_mode(STRICT_FETCH)


class Booking(models.Model):
    """A time that one recruit has booked. `uid` and `sequence` are its name and number in calendars.

    Cancelled is a state of its own: nobody who called off was absent. `session` is made with the booking and
    moves with it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey("research.Study", models.CASCADE, related_name="bookings")
    recruit = models.ForeignKey("research.Recruit", models.CASCADE, related_name="bookings")
    session = models.OneToOneField(
        "research.Session", models.SET_NULL, null=True, blank=True, related_name="booking"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=60)  # in which the participant looks at it
    place = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=BookingState, default=BookingState.BOOKED)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    moves = models.PositiveSmallIntegerField(default=0, editable=False)  # those of the participant
    booked_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)  # held, missed or cancelled
    ended_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    because = models.CharField(max_length=300, blank=True)
    observers = models.ManyToManyField("prodops.User", related_name="+", blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="booking_by_time"),
            models.Index(fields=["study", "starts_at", "id"], name="booking_of_study"),
        ]
        constraints = [
            one_of("state", BookingState, name="booking_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_lasts"),
            models.UniqueConstraint(
                fields=["recruit"], condition=Q(state="booked"), name="booking_one_open_a_recruit"
            ),
            models.CheckConstraint(
                condition=Q(state="booked", ended_at=None) | (~Q(state="booked") & Q(ended_at__isnull=False)),
                name="booking_ended_with_its_time",
            ),
        ]

    def __str__(self):
        return f"{self.recruit_id} at {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("research:booking_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.state == BookingState.BOOKED


class Seat(models.Model):
    """A host's time in a booking, buffers included. No two live ones of a host overlap (a constraint).

    One that is no longer `live` was given up: by a move, by cancelling, or to a substitute (`left_to`), so
    that whoever was stood in for has missed nothing. `missed` was said by hand.
    """

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="seats")
    host = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    live = models.BooleanField(default=True)
    missed = models.BooleanField(default=False)
    left_to = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["booking_id", "pk"]
        constraints = [
            ExclusionConstraint(
                name="seat_one_at_a_time",
                expressions=[("host", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(live=True),
            ),
            models.UniqueConstraint(
                fields=["booking", "host"], condition=Q(live=True), name="seat_once_a_host"
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="seat_has_ends",
            ),
            models.CheckConstraint(condition=Q(left_to=None) | Q(live=False), name="seat_left_is_not_live"),
            models.CheckConstraint(condition=Q(missed=False) | Q(live=True), name="seat_missed_was_live"),
        ]

    def __str__(self):
        return f"{self.host_id} in {self.booking_id}"


class BookingMailKind(models.TextChoices):
    BOOKED = "booked", "Booked or changed"
    CANCELLED = "cancelled", "Cancelled"
    DAY_BEFORE = "day_before", "Reminder, 24 hours"
    HOUR_BEFORE = "hour_before", "Reminder, one hour"


class BookingMailQuerySet(models.QuerySet):
    def to_mail(self):
        return self.filter(mailed_at=None, given_up_at=None)


class BookingMail(models.Model):
    """A mail about a booking to one person, once: to its participant, or to `host`.

    `starts_at` is the time it speaks of, `sequence` the booking's number then: a reminder of a time that the
    booking no longer has is given up, not sent.
    """

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=12, choices=BookingMailKind)
    host = models.ForeignKey("prodops.User", models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sequence = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    given_up_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    objects = BookingMailQuerySet.as_manager()

    class Meta:
        ordering = ["booking_id", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(mailed_at=None, given_up_at=None), name="booking_mail_due"
            )
        ]
        constraints = [
            one_of("kind", BookingMailKind, name="booking_mail_kind_known"),
            models.UniqueConstraint(
                fields=["booking", "kind", "host", "sequence"],
                name="booking_mail_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.kind} of {self.booking_id}"


__all__ = [
    "Booking",
    "BookingMail",
    "BookingMailKind",
    "BookingState",
    "HostMode",
    "Offer",
    "Scheduling",
    "Seat",
    "StudySlot",
]
