"""What happened: events (which are also the outbox), notifications, long jobs and sent mail."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from .fields import STRICT_FETCH, one_of


class Event(models.Model):
    """One thing that happened, written by `activity.record()` only. Undelivered rows are the outbox."""

    verb = models.CharField(max_length=60)  # "insight.published"
    subject_type = models.CharField(max_length=60)  # "research.insight"
    subject_id = models.BigIntegerField()
    subject_text = models.CharField(max_length=200)  # its title then
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="event_by_subject"),
            models.Index(fields=["next_try_at"], condition=Q(delivered_at=None), name="event_outbox"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
        ]

    def __str__(self):
        return f"{self.verb} {self.subject_text}"


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)

    def for_list(self):
        return self.select_related("event__by").fetch_mode(STRICT_FETCH)


class Notification(models.Model):
    """What a person is told of an event, once.

    With a `topic` it is what there is to say of that: later events of the topic change it.
    """

    recipient = models.ForeignKey("prodops.User", models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    topic = models.CharField(max_length=100, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event"], name="notification_once_per_event"),
            models.UniqueConstraint(
                fields=["recipient", "topic"], condition=~Q(topic=""), name="notification_once_per_topic"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="notification_mine"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("notification_open", args=[self.pk])


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.runs_product_ops else self.filter(asked_by=user)


class Job(models.Model):
    """A long piece of work that somebody waits for: stages, a bar, cancel, a log and a result."""

    title = models.CharField(max_length=200)
    task = models.CharField(max_length=100)  # "research.tasks.build_report"
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    stage = models.CharField(max_length=120, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)  # last sign of life of the worker
    attempts = models.PositiveSmallIntegerField(default=0)  # how many workers have taken it
    cancel_asked_at = models.DateTimeField(null=True)
    result_url = models.CharField(max_length=300, blank=True)
    log = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [one_of("state", JobState, name="job_state_known")]
        indexes = [
            models.Index(
                fields=["state"], condition=Q(state__in=["waiting", "running"]), name="job_unfinished"
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("job_detail", args=[self.pk])

    @property
    def finished(self):
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def percent(self):
        return (
            100 if self.state == JobState.DONE else round(100 * self.done / self.total) if self.total else 0
        )


class SentMail(models.Model):
    """The outbox an admin reads in the browser where no mail server is set."""

    at = models.DateTimeField()
    to = models.TextField()
    subject = models.CharField(max_length=300)
    body = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.subject


class Heartbeat(models.Model):
    """When a kind of process last said that it is alive; `/readyz` reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.name} at {self.at}"


__all__ = ["Event", "Heartbeat", "Job", "JobState", "Notification", "SentMail"]
