"""Surveys: questions, who answered, and what; and the files that the answers came in."""

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

from . import policy


class QuestionKind(models.TextChoices):
    NPS = "nps", "Recommendation, 0 to 10 (NPS)"
    CSAT = "csat", "Satisfaction (CSAT)"
    LIKERT = "likert", "Agreement or rating scale (Likert)"
    SINGLE = "single", "One choice"
    MULTI = "multi", "Several choices"
    OPEN = "open", "Open text"


class SurveyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))

    def for_list(self):
        return self.select_related("session__study").fetch_mode(STRICT_FETCH)


class Survey(models.Model):
    """The survey that a session of that kind is.

    `columns` says how its files are read: [{"header": …, "kind": …, "labels": […]}] in the order of the
    file, with the kinds of `QuestionKind` and respondent, date, segment, ignore. `fingerprint` is the
    SHA-256 of the headers: a file with the same columns, of this survey or another, is read the same way.
    """

    session = models.OneToOneField("research.Session", models.CASCADE, related_name="survey")
    columns = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, db_index=True)

    objects = SurveyQuerySet.as_manager()

    def __str__(self):
        return self.session.title

    def get_absolute_url(self):
        return reverse("research:survey_detail", args=[self.pk])


class SurveyQuestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "survey__session__study__"))

    def for_list(self):
        return self.select_related("survey__session__study").fetch_mode(STRICT_FETCH)


class SurveyQuestion(models.Model):
    """A question that was asked, in the file's column `header`.

    `labels` are the answers of a scale from the lowest to the highest, or those one could choose; for a
    scale in numbers they are the numbers. Insights may cite a question: it stands for its result.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    header = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    kind = models.CharField(max_length=10, choices=QuestionKind)
    labels = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # where the words of an open question stand
    part = models.OneToOneField("research.Part", models.SET_NULL, null=True, related_name="question")

    objects = SurveyQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["survey_id", "position", "pk"]
        constraints = [
            one_of("kind", QuestionKind, name="survey_question_kind_known"),
            models.UniqueConstraint(fields=["survey", "header"], name="survey_question_once"),
        ]

    def __str__(self):
        return self.text[:200]

    def get_absolute_url(self):
        return f"{reverse('research:survey_detail', args=[self.survey_id])}#q{self.pk}"


def key_of(said):
    """The key of a respondent: of an e-mail address only its hash is kept."""
    if "@" in said:
        return f"mail:{hashlib.sha256(said.strip().lower().encode()).hexdigest()}"
    return said


class StandingResponses(models.Manager):
    """All but those whose consent was taken back."""

    def get_queryset(self):
        return super().get_queryset().filter(withdrawn_at=None)


class SurveyResponse(models.Model):
    """What one respondent sent. `key` is their id in the file, else the hash of their row.

    Of an e-mail address the key is a hash too. `number` is what people see: "Respondent 12". `digest` is of
    the row as it came: a row that comes again unchanged is left alone.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    key = models.CharField(max_length=200)
    number = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64)
    submitted_on = models.DateField(null=True)
    segment = models.CharField(max_length=120, blank=True)
    participant = models.ForeignKey("research.Participant", models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)  # their consent was taken back

    objects = StandingResponses()
    # with those out of sight: to delete them, and to know their row when it comes again
    every = models.Manager()  # noqa: DJ012 a manager, which the rule does not see

    class Meta:
        ordering = ["survey_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="survey_response_once"),
            models.UniqueConstraint(fields=["survey", "number"], name="survey_response_number_once"),
        ]

    def __str__(self):
        return f"Respondent {self.number}"


class StandingAnswers(models.Manager):
    """All but those of respondents whose consent was taken back."""

    def get_queryset(self):
        return super().get_queryset().filter(response__withdrawn_at=None)


class SurveyAnswer(models.Model):
    """One answer: a place on a scale, a choice or several, or the cue that holds the words."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, models.CASCADE, related_name="answers")
    number = models.FloatField(null=True)
    choices = ArrayField(models.CharField(max_length=200), default=list)
    cue = models.OneToOneField("research.Cue", models.CASCADE, null=True, related_name="answer")

    objects = StandingAnswers()

    class Meta:
        ordering = ["response_id", "question_id"]
        indexes = [models.Index(fields=["question"], include=["number"], name="survey_answer_by_question")]
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="survey_answer_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=False, choices=[], cue=None)
                | (Q(number=None, cue=None) & ~Q(choices=[]))
                | Q(number=None, choices=[], cue__isnull=False),
                name="survey_answer_is_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gt=float("-inf"), number__lt=float("inf")),
                name="survey_answer_finite",
            ),
        ]

    def __str__(self):
        return f"{self.response_id} to {self.question_id}"


class SurveyImportState(models.TextChoices):
    STAGED = "staged", "Waiting for you to confirm"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


class SurveyImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who reads the study reads what was imported; what only waits is its uploader's."""
        imported = Q(state__in=[SurveyImportState.DONE, SurveyImportState.UNDONE])
        return self.filter(imported | Q(by=user)).filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def for_list(self):
        return self.select_related("by", "study", "survey__session").defer("text").fetch_mode(STRICT_FETCH)


class SurveyImport(models.Model):
    """A file of answers, of a new survey (`survey` is null until it is in) or of one that is there.

    While it waits, `text` holds the table as CSV; it is emptied once the answers are in. `columns` is what
    somebody made of its columns, as in `Survey.columns`. A large file goes in by `job` and is staged
    until then.
    """

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="survey_imports")
    survey = models.ForeignKey(Survey, models.SET_NULL, null=True, related_name="imports")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    columns_before = models.JSONField(null=True)  # of the survey, before this import changed them
    state = models.CharField(max_length=10, choices=SurveyImportState, default=SurveyImportState.STAGED)
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = SurveyImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["survey", "-at"], name="survey_import_by_survey")]
        constraints = [
            one_of("state", SurveyImportState, name="survey_import_state_known"),
            both_or_neither("undone_by", "undone_at", name="survey_import_undone_pair"),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False)
                | (~Q(state="undone") & Q(undone_at=None)),
                name="survey_import_undone_says_when",
            ),
        ]

    def __str__(self):
        return self.file_name


class SurveyChange(models.Model):
    """A respondent whose answers an import added or changed; `before` is what they were."""

    load = models.ForeignKey(SurveyImport, models.CASCADE, related_name="changes")
    key = models.CharField(max_length=200)
    before = models.JSONField(null=True)  # null: the respondent is new

    class Meta:
        ordering = ["load_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["load", "key"], name="survey_change_once")]

    def __str__(self):
        return f"{self.key} by {self.load_id}"
