"""The people studies listen to."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from prodops.models.fields import STRICT_FETCH, guid


class ParticipantQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who took part in a session that `user` may read: a name is material of its study."""
        from .session import Session

        return self.filter(Exists(Session.objects.visible_to(user).filter(participant=OuterRef("pk"))))

    def for_list(self):
        return self.select_related("account").fetch_mode(STRICT_FETCH)


class Participant(models.Model):
    """Somebody who took part in research, of a customer account or of none."""

    guid = guid(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)  # their job: "Dispatcher"
    account = models.ForeignKey(
        "prodops.CustomerAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "account", name="participant_once_in_account", nulls_distinct=False
            )
        ]

    def __str__(self):
        return self.name
