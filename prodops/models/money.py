"""What money is worth and what accounts were worth: dated, so that a report says the same again later."""

from django.db import models
from django.db.models import Q

from prodops.access import Can, allowed

from .company import Segment, Tier
from .fields import STRICT_FETCH, one_of


class ExchangeRateQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.ACCOUNT_READ) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.RATE_EDIT) else self.none()

    def for_list(self):
        return self.select_related("entered_by").fetch_mode(STRICT_FETCH)


class ExchangeRate(models.Model):
    """From `on` until the next one: one unit of `currency` is `rate` units of the company's currency."""

    currency = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    entered_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["currency", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="rate_currency_iso"),
        ]

    def __str__(self):
        return f"{self.currency} on {self.on}"


class AccountFigures(models.Model):
    """What an account was worth from `on` until the next row; `arr` is null where it was not known."""

    account = models.ForeignKey("prodops.CustomerAccount", models.CASCADE, related_name="+")
    on = models.DateField()
    arr = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    tier = models.CharField(max_length=10, choices=Tier)
    segment = models.CharField(max_length=12, choices=Segment)

    class Meta:
        verbose_name_plural = "account figures"
        ordering = ["account", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="account_figures_once_a_day"),
            one_of("tier", Tier, name="account_figures_tier_known"),
            one_of("segment", Segment, name="account_figures_segment_known"),
        ]

    def __str__(self):
        return f"{self.account_id} from {self.on}"
