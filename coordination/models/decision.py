"""Why requests are declined: the codes that product ops manages."""

from django.db import models
from django.db.models import Q

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH


class DeclineReasonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


class DeclineReason(models.Model):
    """One reason code. `words` open what the requester reads: they name no plan, customer or amount.

    A request that is declined for it is looked at again after `revisit_months`, unless the decider says
    when instead. A retired one is offered no more and stays where it was given.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60, unique=True)
    words = models.TextField(max_length=500)
    revisit_months = models.PositiveSmallIntegerField(default=6)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = DeclineReasonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revisit_months__range=(1, 60)), name="decline_reason_revisit_months"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="decline_reason_has_words"),
        ]

    def __str__(self):
        return self.name
