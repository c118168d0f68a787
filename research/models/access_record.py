"""Who has read, played or taken away what is not for everybody."""

from django.db import models

from prodops.models.fields import STRICT_FETCH

from . import policy


class Accessed(models.TextChoices):
    READ = "read", "Read"
    FOUND = "found", "Found by search"
    EXPORTED = "exported", "Exported"
    DOWNLOADED = "downloaded", "Downloaded a file"
    PLAYED = "played", "Played a recording"
    CONTACT = "contact", "Looked up contact details"


class AccessRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The lead of a study sees who has read it, and product ops where they may read it themselves."""
        from prodops.access import Can, allowed

        mine = self.filter(policy.readable(user, "study__"))
        return mine if allowed(user, Can.RESEARCH_RESTRICTED) else mine.filter(study__lead=user.pk)

    def for_list(self):
        return self.select_related("user").fetch_mode(STRICT_FETCH)


class AccessRecord(models.Model):
    """On one day somebody read, or took away, material of a study: `times` times, the last at `last_at`.

    `session_pk` is 0 for the study as a whole. It is no foreign key: the record outlives the session.
    """

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="access_records")
    session_pk = models.BigIntegerField(default=0)
    user = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=Accessed)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["study", "-last_at", "-id"], name="access_record_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "session_pk", "user", "what", "day"], name="access_record_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(what__in=Accessed.values), name="access_record_what_known"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.what} {self.study_id} on {self.day}"
