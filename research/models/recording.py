"""Recordings of a session: raw audio and video, gated apart from what was said in them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, one_of

from . import policy


class RecordingState(models.TextChoices):
    UPLOADING = "uploading", "Being uploaded"
    READY = "ready", "Ready"
    DELETED = "deleted", "Deleted"


class RecordingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may play them, which is fewer people than read what was said."""
        return self.filter(policy.hears(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))

    def uploading(self):
        return self.filter(state=RecordingState.UPLOADING)

    def ready(self):
        return self.filter(state=RecordingState.READY)

    def kept(self):
        """Those that take room on the disk."""
        return self.exclude(state=RecordingState.DELETED)

    def for_list(self):
        return self.select_related("session__study", "created_by").fetch_mode(STRICT_FETCH)


class Recording(models.Model):
    """One audio or video file of a session. `file` is its path in the media store, under a random name.

    While it is uploaded, `received` of its `size` bytes have come; what lies on the disk beyond them is
    of a request that was cut off. A deleted one keeps its row, so that people see what was here and why it
    went. `offset_ms` is where in the recording the transcript's clock begins.
    """

    session = models.ForeignKey("research.Session", models.CASCADE, related_name="recordings")
    file = models.CharField(max_length=200, unique=True, editable=False)
    name = models.CharField(max_length=200, editable=False)
    media_type = models.CharField(max_length=40, blank=True, editable=False)
    size = models.BigIntegerField(editable=False)
    received = models.BigIntegerField(default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    duration_ms = models.PositiveIntegerField(null=True, editable=False)
    offset_ms = models.IntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=RecordingState, default=RecordingState.UPLOADING, editable=False
    )
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    touched_at = models.DateTimeField(editable=False)  # when the last bytes of an upload came
    warned_on = models.DateField(null=True, editable=False)  # when its deletion was announced
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["session_id", "created_at", "pk"]
        indexes = [
            models.Index(
                fields=["touched_at"], condition=Q(state="uploading"), name="recording_uploads_by_age"
            )
        ]
        constraints = [
            one_of("state", RecordingState, name="recording_state_known"),
            models.CheckConstraint(
                condition=Q(size__gt=0, received__gte=0, received__lte=F("size")),
                name="recording_within_size",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(received=F("size")) & ~Q(sha256="") & ~Q(media_type="")),
                name="recording_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="deleted", deleted_at__isnull=False)
                | (~Q(state="deleted") & Q(deleted_at__isnull=True)),
                name="recording_deleted_when_it_says_so",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('research:session_detail', args=[self.session_id])}#recording"

    @property
    def is_video(self):
        return self.media_type.startswith("video/")

    @property
    def media_url(self):
        return reverse("research:recording_media", args=[self.pk])

    @property
    def upload_url(self):
        return reverse("research:recording_upload", args=[self.pk])
