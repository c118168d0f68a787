"""An account's voice in a request: who asked for it, in which words, with how much at stake."""

from django.db import models
from django.db.models import Q

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of


class Source(models.TextChoices):
    FORM = "form", "Request form"
    JOINED = "joined", "Added to an existing request"
    TRIAGE = "triage", "Added in triage"
    IMPORT = "import", "Import"
    CHANNEL = "channel", "Came in by a channel"


class VoiceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members see all; submitters those that they or their team added."""
        if allowed(user, Can.REQUEST_TRIAGE):
            return self
        return self.filter(Q(added_by=user) | Q(team__in=user.team_ids))

    def of(self, request):
        """Those of the request and of all that was joined with it."""
        return self.filter(Q(request=request) | Q(request__root=request))

    def for_list(self):
        return self.select_related("account", "added_by", "team", "request").fetch_mode(STRICT_FETCH)


class Voice(models.Model):
    """One account in one request, as one person added it for their team.

    Whoever adds an account that another team added already has a voice of their own: each team reads its
    own words only, and everybody is told what is decided. Counts take each account once. `revenue` is
    what its contract or deal has at stake, as stated then.
    """

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="voices")
    account = models.ForeignKey("prodops.CustomerAccount", models.PROTECT, related_name="+")
    words = models.TextField(max_length=10_000, blank=True)  # empty: the request's own text is theirs
    contact = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    added_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    objects = VoiceQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "account", "added_by", "team"],
                nulls_distinct=False,
                name="voice_once_per_account_and_person",
            ),
            models.CheckConstraint(
                condition=Q(revenue=None) | Q(revenue__gte=0), name="voice_revenue_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(revenue=None) | Q(currency__regex=r"^[A-Z]{3}$"),
                name="voice_revenue_in_a_currency",
            ),
            one_of("source", Source, name="voice_source_known"),
        ]
        indexes = [
            models.Index(fields=["account", "-added_at"], name="voice_by_account"),
            models.Index(fields=["team", "request"], name="voice_by_team"),
            models.Index(fields=["added_by", "request"], name="voice_by_person"),
        ]

    def __str__(self):
        return f"{self.account_id} in {self.request_id}"
