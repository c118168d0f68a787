"""Personal data that was taken out of what was said, and what is to be."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from prodops.models.fields import one_of

from . import policy


class Choice(models.TextChoices):
    REMOVE = "remove", "Remove"
    KEEP = "keep", "Keep"


class RedactionChoiceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))


class RedactionChoice(models.Model):
    """What somebody decided of code points `start` to `end` of a cue: to remove them, or that they may stay.

    Those to remove wait until somebody confirms; those that may stay are not suggested again. The words are
    not kept here, only a keyed hash of them, by which they are known when the text around them has changed.
    """

    session = models.ForeignKey("research.Session", models.CASCADE, related_name="redaction_choices")
    cue = models.ForeignKey("research.Cue", models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    choice = models.CharField(max_length=6, choices=Choice)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)

    objects = RedactionChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["session_id", "cue_id", "start", "pk"]
        constraints = [
            one_of("choice", Choice, name="redaction_choice_known"),
            models.UniqueConstraint(fields=["cue", "start", "end"], name="redaction_choice_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="redaction_choice_not_empty"),
        ]

    def __str__(self):
        return f"{self.choice} {self.start} to {self.end} of {self.cue_id}"


class Redaction(models.Model):
    """Personal data taken out of a study at one time, for good. It says how much of what, never what."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="redactions")
    session_ids = ArrayField(models.BigIntegerField())
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    counts = models.JSONField(default=dict)  # {"email": 2}
    highlights = models.PositiveIntegerField(default=0)
    insight_ids = ArrayField(models.BigIntegerField(), default=list)
    report_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Redaction of {self.at:%Y-%m-%d}"

    @property
    def number(self):
        return sum(self.counts.values())
