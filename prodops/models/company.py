"""What the company sells and to whom: product areas and customer accounts."""

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse

from .fields import STRICT_FETCH, one_of


class ProductAreaQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def for_list(self):
        return self.select_related("owner", "team", "parent").fetch_mode(STRICT_FETCH)


class ProductArea(models.Model):
    """A part of the product somebody answers for; areas form a tree."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    description = models.TextField(blank=True)

    objects = ProductAreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="area_name_once_in_parent", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="area_not_its_own_parent"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("area_detail", args=[self.slug])


class Segment(models.TextChoices):
    SMALL = "small", "Small business"
    MID = "mid", "Mid-market"
    ENTERPRISE = "enterprise", "Enterprise"
    UNKNOWN = "unknown", "Unknown"


class Tier(models.TextChoices):
    BRONZE = "bronze", "Bronze"
    SILVER = "silver", "Silver"
    GOLD = "gold", "Gold"
    NONE = "none", "None"


ANCESTORS = """
WITH RECURSIVE up (id, ancestor, depth) AS (
  SELECT id, parent_id, 1 FROM prodops_customeraccount WHERE id = ANY(%s) AND parent_id IS NOT NULL
  UNION ALL
  SELECT up.id, a.parent_id, up.depth + 1 FROM up JOIN prodops_customeraccount a ON a.id = up.ancestor
  WHERE a.parent_id IS NOT NULL
) CYCLE ancestor SET circles USING path
SELECT id, ancestor FROM up WHERE NOT circles AND ancestor <> id ORDER BY id, depth
"""


class CustomerAccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    @staticmethod
    def ancestors_of(ids):
        """{account id: [ids of the accounts it belongs to, nearest first]}, for those that belong to any."""
        found: dict[int, list[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(ANCESTORS, [list(ids)])
            for pk, ancestor in cursor.fetchall():
                found.setdefault(pk, []).append(ancestor)
        return found

    def for_list(self):
        return self.select_related("owner", "parent").fetch_mode(STRICT_FETCH)


class CustomerAccount(models.Model):
    """A customer company. `arr` is annual recurring revenue in `currency`; unknown is null, not zero.

    A part of a larger customer has that as its `parent`, whose `arr` is then that of the whole group.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    domain = models.CharField(max_length=253, blank=True)
    segment = models.CharField(max_length=12, choices=Segment, default=Segment.UNKNOWN)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.NONE)
    arr = models.DecimalField("ARR", max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # "system:id" of this account elsewhere, for imports that come again
    external_ids = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    objects = CustomerAccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="account_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=~Q(domain=""), name="account_domain_once"),
            models.CheckConstraint(condition=Q(arr=None) | Q(arr__gte=0), name="account_arr_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="account_currency_iso"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="account_not_its_own_parent"),
            one_of("segment", Segment, name="account_segment_known"),
            one_of("tier", Tier, name="account_tier_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("account_detail", args=[self.slug])
