"""A session and what was said in it, cue by cue."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, guid, one_of

from . import policy
from .study import Method


class SourceFormat(models.TextChoices):
    WEBVTT = "webvtt", "WebVTT"
    SRT = "srt", "SubRip"
    TEXT = "text", "Text"
    DOCX = "docx", "Word document"
    SBV = "sbv", "YouTube captions"
    RTF = "rtf", "Rich Text"
    PDF = "pdf", "PDF"


class SessionKind(models.TextChoices):
    INTERVIEW = "interview", "Interview"
    MODERATED_TEST = "moderated_test", "Moderated usability test"
    UNMODERATED_TEST = "unmoderated_test", "Unmoderated usability test"
    SURVEY = "survey", "Survey"
    DIARY = "diary", "Diary"
    FIELD_VISIT = "field_visit", "Field visit"
    SALES_CALL = "sales_call", "Sales call"
    SUPPORT_CALL = "support_call", "Support call"
    DESK_RESEARCH = "desk_research", "Desk research"


_KIND_OF_METHOD = {
    Method.USABILITY_TEST: SessionKind.MODERATED_TEST,
    Method.SURVEY_CALL: SessionKind.SURVEY,
}


def kind_of(method):
    """What a session of a study with this method is, unless somebody says otherwise."""
    return _KIND_OF_METHOD.get(method) or SessionKind(method)


def took_place(path=""):
    """The condition that the session at `path` ("session__") was held: of one that was booked somebody has
    said so. What is only booked, or was missed, is nothing that anybody was heard in."""
    return Q(**{f"{path}booking": None}) | Q(**{f"{path}booking__state": "held"})


class SessionQuerySet(models.QuerySet):
    def held(self):
        return self.filter(took_place())

    def to_be_said(self):
        """Booked ones of which nobody has said whether they took place."""
        return self.filter(booking__state="booked")

    def visible_to(self, user):
        return self.filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def for_list(self):
        """Load exactly what a row shows."""
        return self.select_related("study__team", "participant__account", "moderator").fetch_mode(
            STRICT_FETCH
        )


class StandingSessions(models.Manager.from_queryset(SessionQuerySet)):  # type: ignore[misc]
    """All but those whose consent was taken back: whatever is read, counted or exported goes through here."""

    def get_queryset(self):
        return super().get_queryset().filter(withdrawn_at=None)


class Session(models.Model):
    """One conversation, test, visit or diary of a study, with its transcript.

    `source` is the file as it was uploaded; `sha256` of it makes a second upload into the study known.
    """

    guid = guid()
    study = models.ForeignKey("research.Study", models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=SessionKind, default=SessionKind.INTERVIEW)
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
    # Their consent was taken back: nobody sees the session, or anything that hangs on it, from then on.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = StandingSessions()
    every = SessionQuerySet.as_manager()  # with those out of sight: to delete them, and to know a file again

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
            one_of("kind", SessionKind, name="session_kind_known"),
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

    `part` is null in the transcript. Offsets of highlights count the Unicode code points of `text`, so
    whatever changes it (`research.services.cues`) moves the highlights with their words.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="cues")
    part = models.ForeignKey("research.Part", models.CASCADE, null=True, related_name="cues")
    position = models.PositiveIntegerField()
    start_ms = models.PositiveIntegerField(null=True)
    end_ms = models.PositiveIntegerField(null=True)
    speaker = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["session_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"],
                name="cue_position_once",
                deferrable=models.Deferrable.IMMEDIATE,  # a turn put in moves all that follow, in one go
            ),
            models.CheckConstraint(
                condition=Q(end_ms=None) | Q(end_ms__gte=F("start_ms")), name="cue_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.text[:60]
