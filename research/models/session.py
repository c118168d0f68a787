"""A session and what was said in it, cue by cue."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, guid, one_of

from . import policy


class SourceFormat(models.TextChoices):
    WEBVTT = "webvtt", "WebVTT"
    SRT = "srt", "SubRip"
    TEXT = "text", "Text"
    DOCX = "docx", "Word document"


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("study", "participant__account", "moderator").fetch_mode(STRICT_FETCH)


class Session(models.Model):
    """One conversation, test, visit or diary of a study, with its transcript.

    `source` is the file as it was uploaded; `sha256` of it makes a second upload into the study known.
    """

    guid = guid()
    study = models.ForeignKey("research.Study", models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    participant = models.ForeignKey(
        "research.Participant", models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    moderator = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    source = models.FileField(upload_to="transcripts/%Y/%m/", max_length=200, blank=True, editable=False)
    source_name = models.CharField(max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    format = models.CharField(max_length=10, choices=SourceFormat, default=SourceFormat.TEXT)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    properties = properties_field()
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["-held_on", "-id"], name="session_newest"),
            models.Index(fields=["study", "-held_on", "-id"], name="session_newest_in_study"),
            properties_index("session_properties"),
        ]
        constraints = [
            one_of("format", SourceFormat, name="session_format_known"),
            # not once in the workspace: one file may be imported into two studies
            models.UniqueConstraint(fields=["study", "guid"], name="session_guid_once_in_study"),
            models.UniqueConstraint(
                fields=["study", "sha256"], condition=~Q(sha256=""), name="session_source_once_in_study"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:session_detail", args=[self.pk])


class Cue(models.Model):
    """One stretch of speech. Times are milliseconds into the recording; null where the file gave none.

    `text` never changes under a highlight: offsets count its Unicode code points.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="cues")
    position = models.PositiveIntegerField()
    start_ms = models.PositiveIntegerField(null=True)
    end_ms = models.PositiveIntegerField(null=True)
    speaker = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["session_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="cue_position_once"),
            models.CheckConstraint(
                condition=Q(end_ms=None) | Q(end_ms__gte=F("start_ms")), name="cue_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.text[:60]
