"""What a number means: one definition of each KPI, with who answers for it."""

import datetime as dt

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.urls import reverse

from metrics.models.flag import Flag
from metrics.models.series import Point
from metrics.stats import periods, units
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class Unit(models.TextChoices):
    COUNT = "count", "Count"
    PERCENT = "percent", "Percent"
    HOURS = "hours", "Hours"
    MINUTES = "minutes", "Minutes"
    MONEY = "money", "Money"
    RATIO = "ratio", "Ratio"


class Direction(models.TextChoices):
    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"
    RANGE = "range", "Best within a range"


class KpiTier(models.TextChoices):
    NORTH_STAR = "north_star", "North star"
    INPUT = "input", "Input"
    GUARDRAIL = "guardrail", "Guardrail"
    SUPPORTING = "supporting", "Supporting"


class Grain(models.TextChoices):
    HOUR = "hour", "Hour"
    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"


class KpiStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    RETIRED = "retired", "Retired"


# What an approval approves: a change of one of these makes an approved KPI a draft again.
DEFINITION = ("name", "meaning", "formula", "unit", "currency", "direction", "grain", "source")


_TWO_PERIODS = Case(
    *(When(grain=grain, then=Cast(Value(f"2 {grain}s"), models.DurationField())) for grain in Grain.values)
)


class KpiQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """KPIs of the person's own teams, and those the person owns; product ops edits all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(owner=user))

    def live(self):
        return self.exclude(status=KpiStatus.RETIRED)

    def flagged(self):
        """Those with a flag that nobody has answered."""
        return self.filter(Exists(Flag.objects.open().filter(kpi=OuterRef("pk"))))

    def stale(self, at):
        """Those whose next value is overdue; see `periods.due_after`."""
        last = Point.objects.filter(kpi=OuterRef("pk")).order_by("-period").values("period")[:1]
        due = ExpressionWrapper(
            F("last_period") + _TWO_PERIODS + F("freshness_hours") * Value(dt.timedelta(hours=1)),
            models.DateTimeField(),
        )
        return self.annotate(last_period=Subquery(last), due=due).filter(due__lt=at)

    def for_list(self):
        return self.select_related("owner", "team").fetch_mode(STRICT_FETCH)

    def for_page(self):
        return self.select_related("owner", "team", "area", "approved_by", "defined_by").fetch_mode(
            STRICT_FETCH
        )


@pghistory.track()
class Kpi(models.Model):
    """One metric. Its slug never changes and, since no KPI is ever deleted, is never another's.

    A value counts in `unit`: percent as 61.4 for 61.4 %, money in `currency`. It is due `freshness_hours`
    after its period has ended.
    """

    slug = models.SlugField(max_length=80, unique=True, editable=False)
    name = models.CharField(max_length=120)
    meaning = models.TextField(max_length=1000)
    formula = models.TextField(max_length=2000)
    unit = models.CharField(max_length=10, choices=Unit)
    currency = models.CharField(max_length=3, blank=True)
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.UP)
    tier = models.CharField(max_length=12, choices=KpiTier, default=KpiTier.SUPPORTING)
    grain = models.CharField(max_length=10, choices=Grain, default=Grain.DAY)
    source = models.CharField(max_length=200)
    freshness_hours = models.PositiveSmallIntegerField(default=30)
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=KpiStatus, default=KpiStatus.DRAFT)
    defined_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    defined_at = models.DateTimeField(editable=False)
    approved_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KpiQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            one_of("status", KpiStatus, name="kpi_status_known"),
            one_of("unit", Unit, name="kpi_unit_known"),
            one_of("direction", Direction, name="kpi_direction_known"),
            one_of("tier", KpiTier, name="kpi_tier_known"),
            one_of("grain", Grain, name="kpi_grain_known"),
            both_or_neither("approved_by", "approved_at", name="kpi_approved_pair"),
            models.CheckConstraint(
                condition=~Q(status=KpiStatus.APPROVED) | Q(approved_at__isnull=False),
                name="kpi_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(unit=Unit.MONEY, currency__regex=r"^[A-Z]{3}$")
                | (~Q(unit=Unit.MONEY) & Q(currency="")),
                name="kpi_money_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(freshness_hours__range=(1, 2400)), name="kpi_freshness_sensible"
            ),
            models.UniqueConstraint(
                fields=["tier"],
                condition=Q(tier=KpiTier.NORTH_STAR) & ~Q(status=KpiStatus.RETIRED),
                name="kpi_one_north_star",
            ),
        ]
        indexes = [
            models.Index(fields=["team"], name="kpi_by_team"),
            models.Index(fields=["area"], name="kpi_by_area"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="slug_stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("slug")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("metrics:kpi_detail", args=[self.slug])

    def is_editable_by(self, user):
        """Whether `editable_by` would give this KPI, without asking the database."""
        return user.runs_product_ops or self.owner_id == user.pk or self.team_id in user.editor_team_ids

    def show(self, value):
        """A value with its unit: "61.4 %", "1,520,300 EUR", "4.6 h"; an em dash for None."""
        return units.in_words(value, self.unit, self.currency)

    def show_change(self, before, after):
        """The change in words with its sign: "-7.9 pp" of a percentage, else relative, "+2.1 %"."""
        return units.change_in_words(before, after, self.unit)

    def judge(self, before, after):
        """ "better", "worse" or "" of a change, by the direction the KPI is meant to go."""
        return units.judged(before, after, self.direction)

    def show_period(self, period):
        """ "23 Nov 2026", "week of 16 Nov 2026", "Nov 2026", "23 Nov 2026, 14:00"."""
        return periods.in_words(period, self.grain)

    def due_after(self, period):
        """When the value that follows the one of `period` is due."""
        return periods.due_after(period, self.grain, self.freshness_hours)
