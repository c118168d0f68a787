"""What experiments have taught, with what speaks for it and what against."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from metrics.models.experiment_choices import Stance
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


def _so_many(evidence, stance):
    """How many rows of `evidence` take that stance on the learning outside, as a subquery."""
    rows = evidence.objects.filter(learning=OuterRef("pk"), stance=stance).order_by()
    counted = rows.values("learning").annotate(so_many=Count("pk")).values("so_many")
    return Coalesce(Subquery(counted), 0, output_field=models.IntegerField())


class LearningQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Learnings of the person's own teams, and those the person wrote; product ops edits all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(by=user))

    def standing(self):
        return self.filter(withdrawn_at=None)

    def with_evidence(self):
        """Each with `supporting` and `contradicting`: how much speaks for and against it."""
        return self.annotate(
            supporting=_so_many(LearningExperiment, Stance.SUPPORTS)
            + _so_many(LearningInsight, Stance.SUPPORTS),
            contradicting=_so_many(LearningExperiment, Stance.CONTRADICTS)
            + _so_many(LearningInsight, Stance.CONTRADICTS),
        )

    def for_list(self):
        return self.select_related("area", "team", "by", "withdrawn_by").fetch_mode(STRICT_FETCH)


class Learning(models.Model):
    """A sentence that holds beyond one experiment (`title`), and what follows from it (`body`, Markdown)."""

    title = models.CharField(max_length=250)
    body = models.TextField(max_length=5000, blank=True)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    withdrawn_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal = models.CharField(max_length=1000, blank=True, editable=False)

    objects = LearningQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [both_or_neither("withdrawn_by", "withdrawn_at", name="learning_withdrawn_pair")]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="learning_newest")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("metrics:learning_detail", args=[self.pk])

    def is_editable_by(self, user):
        """Whether `editable_by` would give this learning, without asking the database."""
        return user.runs_product_ops or self.by_id == user.pk or self.team_id in user.editor_team_ids


class LearningExperiment(models.Model):
    """An experiment that speaks for a learning or against it."""

    learning = models.ForeignKey("metrics.Learning", models.CASCADE, related_name="experiments")
    experiment = models.ForeignKey("metrics.Experiment", models.PROTECT, related_name="learnings")
    stance = models.CharField(max_length=11, choices=Stance)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["stance", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learning", "experiment"], name="learning_experiment_once"),
            one_of("stance", Stance, name="learning_experiment_stance_known"),
        ]

    def __str__(self):
        return f"{self.experiment_id} {self.stance} {self.learning_id}"


class LearningInsight(models.Model):
    """An insight that speaks for a learning or against it."""

    learning = models.ForeignKey("metrics.Learning", models.CASCADE, related_name="insights")
    insight = models.ForeignKey("research.Insight", models.PROTECT, related_name="+")
    stance = models.CharField(max_length=11, choices=Stance)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["stance", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learning", "insight"], name="learning_insight_once"),
            one_of("stance", Stance, name="learning_insight_stance_known"),
        ]
        indexes = [models.Index(fields=["insight", "learning"], name="learning_by_insight")]

    def __str__(self):
        return f"{self.insight_id} {self.stance} {self.learning_id}"
