"""What a session holds beside its transcript, and who speaks in it."""

from django.db import models
from django.urls import reverse

from prodops.models.fields import guid, one_of

from . import policy


class PartKind(models.TextChoices):
    NOTES = "notes", "Notes"
    DOCUMENT = "document", "Document"
    ANSWERS = "answers", "Answers"


class PartQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))


class Part(models.Model):
    """A further text of a session: notes, a document, the open answers of a survey.

    Its words are cues whose `part` it is, so they are highlighted and found like those of the transcript.
    They follow each other without gap; a highlight lies in one part or in the transcript.
    """

    guid = guid()
    session = models.ForeignKey("research.Session", models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=PartKind)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    source = models.FileField(upload_to="documents/%Y/%m/", max_length=200, blank=True, editable=False)
    source_name = models.CharField(max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["session_id", "position"]
        constraints = [
            one_of("kind", PartKind, name="part_kind_known"),
            models.UniqueConstraint(fields=["session", "guid"], name="part_guid_once_in_session"),
            models.UniqueConstraint(fields=["session", "position"], name="part_position_once"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:part_detail", args=[self.pk])


class SpeakerRole(models.TextChoices):
    PARTICIPANT = "participant", "Participant"
    MODERATOR = "moderator", "Moderator"
    OBSERVER = "observer", "Observer"
    OTHER = "other", "Somebody else"


class SpeakerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))


class Speaker(models.Model):
    """Who a label of the transcript is: said once a session, for all its cues with `speaker` = `label`.

    `guessed` until somebody has looked at it.
    """

    session = models.ForeignKey("research.Session", models.CASCADE, related_name="speakers")
    label = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=SpeakerRole, default=SpeakerRole.OTHER)
    participant = models.ForeignKey(
        "research.Participant", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey("prodops.User", models.SET_NULL, null=True, blank=True, related_name="+")
    guessed = models.BooleanField(default=True, editable=False)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        ordering = ["session_id", "pk"]
        constraints = [
            one_of("role", SpeakerRole, name="speaker_role_known"),
            models.UniqueConstraint(fields=["session", "label"], name="speaker_label_once_in_session"),
            models.CheckConstraint(
                condition=models.Q(participant=None) | models.Q(user=None), name="speaker_is_one_person"
            ),
        ]

    def __str__(self):
        return self.label
