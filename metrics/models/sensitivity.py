"""What the checks of a KPI have learnt from people's answers, step by step."""

from django.db import models
from django.db.models import F, Q

from prodops.models.fields import one_of


class Lesson(models.TextChoices):
    FALSE_ALARM = "false_alarm", "False alarm"
    CONFIRMED = "confirmed", "Real change"
    TAKEN_BACK = "taken_back", "Answer taken back"
    RESET = "reset", "Reset"


class SensitivityChange(models.Model):
    """A step of a KPI's threshold factor, `Watch.factor`: what a score has to reach to be flagged."""

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="sensitivity_changes")
    before = models.FloatField()
    after = models.FloatField()
    lesson = models.CharField(max_length=12, choices=Lesson)
    incident = models.ForeignKey("metrics.Incident", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("lesson", Lesson, name="sensitivity_lesson_known"),
            models.CheckConstraint(
                condition=Q(before__range=(1, 3), after__range=(1, 3)) & ~Q(before=F("after")),
                name="sensitivity_within",
            ),
        ]
        indexes = [models.Index(fields=["kpi", "-at"], name="sensitivity_by_kpi")]

    def __str__(self):
        return f"{self.before:.2f} to {self.after:.2f}"
