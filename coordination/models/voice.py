"""An account's voice in a request: who asked for it, in which words, with how much at stake."""

from django.db import models
from django.db.models import Q

from prodops.access import Can, allowed
from prodops.models import Segment, Tier
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
        return self.in_trees_of([request.pk])

    def in_trees_of(self, ids):
        """Those of the requests with these ids and of all that was joined with them.

        The requests are found first: an `OR` over the join would read all voices that there are.
        """
        from .request import Request

        trees = Request.objects.filter(Q(pk__in=ids) | Q(root__in=ids)).order_by()
        return self.filter(request__in=trees.values("pk"))

    def for_list(self):
        shown = ("account", "added_by", "recorded_by", "request")
        return self.select_related(*shown).fetch_mode(STRICT_FETCH)


class Voice(models.Model):
    """One account in one request, as one person added it for their team.

    Whoever adds an account that another team added already has a voice of their own: each team reads its
    own words only, and everybody is told what is decided. Counts take each account once. `revenue` is
    what its contract or deal has at stake, as stated then. `tier_then` is empty where the account's figures
    of the day were not kept.
    """

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="voices")
    account = models.ForeignKey("prodops.CustomerAccount", models.PROTECT, related_name="+")
    words = models.TextField(max_length=10_000, blank=True)  # empty: the request's own text is theirs
    contact = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    # The account and its deal as they were when it was added: they are never brought up to date
    arr_then = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    arr_currency_then = models.CharField(max_length=3, blank=True, editable=False)
    tier_then = models.CharField(max_length=10, choices=Tier, blank=True, editable=False)
    segment_then = models.CharField(max_length=12, choices=Segment, blank=True, editable=False)
    deal_name = models.CharField(max_length=160, blank=True)
    deal_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    deal_currency = models.CharField(max_length=3, blank=True)
    deal_stage = models.CharField(max_length=80, blank=True)
    deal_closes_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    # Who wrote it down for `added_by`, where that was somebody else
    recorded_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
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
            models.CheckConstraint(
                condition=Q(deal_amount=None) | Q(deal_amount__gte=0, deal_currency__regex=r"^[A-Z]{3}$"),
                name="voice_deal_amount_in_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(tier_then="", segment_then="", arr_then=None, arr_currency_then="")
                | Q(tier_then__in=Tier.values, segment_then__in=Segment.values)
                & Q(arr_currency_then__regex=r"^[A-Z]{3}$"),
                name="voice_figures_then_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-added_at"], name="voice_by_account"),
            models.Index(fields=["team", "request"], name="voice_by_team"),
            models.Index(fields=["added_by", "request"], name="voice_by_person"),
        ]

    def __str__(self):
        return f"{self.account_id} in {self.request_id}"

    @property
    def figures_kept(self):
        return bool(self.tier_then)

    @property
    def has_deal(self):
        return bool(self.deal_name or self.deal_stage or self.deal_closes_on or self.deal_amount is not None)
