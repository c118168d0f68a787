"""Usability tests: the tasks of a study, how each session did at them, and its answers to the SUS."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, one_of

from . import policy


class Outcome(models.TextChoices):
    SUCCESS = "success", "Success"
    PARTIAL = "partial", "Partial success"
    FAIL = "fail", "Failure"


class UsabilityTaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def for_list(self):
        return self.select_related("study").fetch_mode(STRICT_FETCH)


class UsabilityTask(models.Model):
    """What participants of a study were asked to do. Insights may cite a task: it stands for its result."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    criterion = models.CharField("success criterion", max_length=500, blank=True)

    objects = UsabilityTaskQuerySet.as_manager()

    class Meta:
        ordering = ["study_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "position"],
                name="usability_task_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('research:usability_results', args=[self.study.slug])}#task{self.pk}"


class StandingResults(models.Manager):
    """All but those of sessions whose consent was taken back."""

    def get_queryset(self):
        return super().get_queryset().filter(session__withdrawn_at=None)


class TaskResult(models.Model):
    """How one session did at one task. `seq` is the Single Ease Question, 1 very difficult to 7 very easy."""

    task = models.ForeignKey(UsabilityTask, models.CASCADE, related_name="results")
    session = models.ForeignKey("research.Session", models.CASCADE, related_name="task_results")
    outcome = models.CharField(max_length=8, choices=Outcome)
    seconds = models.FloatField(null=True)
    errors = models.PositiveSmallIntegerField(null=True)
    seq = models.PositiveSmallIntegerField(null=True)

    objects = StandingResults()

    class Meta:
        ordering = ["task_id", "session_id"]
        constraints = [
            one_of("outcome", Outcome, name="task_result_outcome_known"),
            models.UniqueConstraint(fields=["task", "session"], name="task_result_once"),
            models.CheckConstraint(
                condition=Q(seconds=None) | Q(seconds__gt=0, seconds__lt=float("inf")),
                name="task_result_takes_time",
            ),
            models.CheckConstraint(
                condition=Q(seq=None) | Q(seq__range=(1, 7)), name="task_result_seq_1_to_7"
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.task_id} in {self.session_id}"


class SusAnswers(models.Model):
    """A session's answers to the ten items of the System Usability Scale, 1 to 5; null is not answered."""

    session = models.OneToOneField("research.Session", models.CASCADE, related_name="sus")
    items = ArrayField(models.PositiveSmallIntegerField(null=True), size=10)

    objects = StandingResults()

    class Meta:
        ordering = ["session_id"]
        constraints = [
            models.CheckConstraint(condition=Q(items__len=10), name="sus_has_ten_items"),
        ]

    def __str__(self):
        return f"SUS of {self.session_id}"
