"""A study: one question, asked of several people by one method."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, guid, one_of

from . import policy
from .policy import Visibility


class Method(models.TextChoices):
    INTERVIEW = "interview", "Interview"
    USABILITY_TEST = "usability_test", "Usability test"
    UNMODERATED_TEST = "unmoderated_test", "Unmoderated test"
    FIELD_VISIT = "field_visit", "Field visit"
    DIARY = "diary", "Diary"
    SURVEY = "survey", "Survey"
    SURVEY_CALL = "survey_call", "Survey call"
    SALES_CALL = "sales_call", "Sales call"
    SUPPORT_CALL = "support_call", "Support call"
    DESK_RESEARCH = "desk_research", "Desk research"


class StudyStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    RUNNING = "running", "In the field"
    CLOSED = "closed", "Closed"


class StudyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, ""))

    def editable_by(self, user):
        return self.filter(policy.editable(user, ""))

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("area", "team", "lead").fetch_mode(STRICT_FETCH)


class Study(models.Model):
    guid = guid(unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    method = models.CharField(max_length=20, choices=Method, default=Method.INTERVIEW)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    lead = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=StudyStatus, default=StudyStatus.RUNNING)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)  # Markdown
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.WORKSPACE)
    readers = models.ManyToManyField(
        "prodops.User", through="StudyReader", through_fields=("study", "user"), related_name="+"
    )
    # The readers' ids beside the row, for the policy and the search index; a trigger keeps them so.
    reader_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    properties = properties_field()
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="study_newest"),
            properties_index("study_properties"),
        ]
        constraints = [
            one_of("status", StudyStatus, name="study_status_known"),
            one_of("method", Method, name="study_method_known"),
            one_of("visibility", Visibility, name="study_visibility_known"),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="study_ends_after_start",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:study_detail", args=[self.slug])

    @property
    def is_restricted(self):
        return self.visibility != Visibility.WORKSPACE


_READER_IDS = """
UPDATE research_study SET reader_ids = ARRAY(
  SELECT user_id FROM research_studyreader WHERE study_id = COALESCE(NEW.study_id, OLD.study_id) ORDER BY 1)
 WHERE id = COALESCE(NEW.study_id, OLD.study_id);
RETURN NULL;
"""


class StudyReader(models.Model):
    """Somebody who reads a study whatever its visibility; `added_by` let them in."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="reader_rows")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    added_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    added_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["study_id", "added_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["study", "user"], name="study_reader_once")]
        triggers = [
            pgtrigger.Trigger(
                name="study_reader_ids",
                operation=pgtrigger.Insert | pgtrigger.Delete,
                when=pgtrigger.After,
                func=_READER_IDS,
            )
        ]

    def __str__(self):
        return f"{self.user_id} reads {self.study_id}"
