"""What people are given for their time: promised by a study, approved by another person, paid."""

from django.db import models
from django.db.models import F, Q

from prodops.models.fields import STRICT_FETCH, one_of

from . import policy


class PayMethod(models.TextChoices):
    GIFT_CARD = "gift_card", "Gift card"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    PAYPAL = "paypal", "PayPal"
    ACCOUNT_CREDIT = "account_credit", "Credit to the account"
    DONATION = "donation", "Donation"
    OTHER = "other", "Other"


class IncentiveState(models.TextChoices):
    DUE = "due", "Due"
    APPROVED = "approved", "Approved"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


MOVES = {  # state: where it may go
    IncentiveState.DUE: {IncentiveState.APPROVED, IncentiveState.CANCELLED},
    IncentiveState.APPROVED: {IncentiveState.PAID, IncentiveState.FAILED, IncentiveState.CANCELLED},
    IncentiveState.FAILED: {IncentiveState.PAID, IncentiveState.CANCELLED},
    IncentiveState.PAID: set(),
    IncentiveState.CANCELLED: set(),
}


class IncentiveTerms(models.Model):
    """What a study gives each participant."""

    study = models.OneToOneField("research.Study", models.CASCADE, related_name="incentive_terms")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    method = models.CharField(max_length=14, choices=PayMethod, default=PayMethod.GIFT_CARD)
    changed_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name_plural = "incentive terms"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="incentive_terms_above_zero"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="incentive_terms_iso"),
            one_of("method", PayMethod, name="incentive_terms_method_known"),
        ]

    def __str__(self):
        return f"{self.amount} {self.currency}"


class IncentiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever runs research sees all; others those of the studies they may change."""
        from prodops.access import Can, allowed

        return self if allowed(user, Can.INCENTIVE_APPROVE) else self.filter(policy.editable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def for_list(self):
        return self.select_related(
            "participant__account", "study", "session", "created_by", "approved_by"
        ).fetch_mode(STRICT_FETCH)


class Incentive(models.Model):
    """What one person is given for one study. Whoever entered it cannot approve it."""

    participant = models.ForeignKey("research.Participant", models.PROTECT, related_name="incentives")
    study = models.ForeignKey("research.Study", models.PROTECT, related_name="incentives")
    session = models.ForeignKey("research.Session", models.SET_NULL, null=True, blank=True, related_name="+")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    method = models.CharField(max_length=14, choices=PayMethod, default=PayMethod.GIFT_CARD)
    state = models.CharField(max_length=9, choices=IncentiveState, default=IncentiveState.DUE)
    due_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    failed_because = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    approved_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    paid_on = models.DateField(null=True, blank=True)

    objects = IncentiveQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on", "-pk"]
        indexes = [models.Index(fields=["-due_on", "-id"], name="incentive_newest")]
        constraints = [
            one_of("state", IncentiveState, name="incentive_state_known"),
            one_of("method", PayMethod, name="incentive_method_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="incentive_above_zero"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="incentive_iso"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("created_by")),
                name="incentive_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False, approved_by__isnull=False)
                | (
                    Q(approved_at__isnull=True, approved_by__isnull=True)
                    & Q(state__in=[IncentiveState.DUE, IncentiveState.CANCELLED])
                ),
                name="incentive_approved_before_paid",
            ),
            models.CheckConstraint(
                condition=Q(state=IncentiveState.PAID, paid_on__isnull=False)
                | (~Q(state=IncentiveState.PAID) & Q(paid_on__isnull=True)),
                name="incentive_paid_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["participant", "study", "session"],
                condition=~Q(state=IncentiveState.CANCELLED),
                nulls_distinct=False,
                name="incentive_once_a_session",
            ),
        ]

    def __str__(self):
        return f"{self.amount} {self.currency}"
