"""What a number means: one definition of each KPI, with who answers for it."""

import datetime as dt

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from metrics.models.choices import Direction, Grain, KpiStatus, KpiTier, Unit
from metrics.models.incident import Hold, Incident
from metrics.models.series import Point
from metrics.models.version import KpiAlias, KpiTarget, KpiVersion
from metrics.stats import periods, units
from prodops.clock import company_zone
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

_TWO_PERIODS = Case(
    *(When(grain=grain, then=Cast(Value(f"2 {grain}s"), models.DurationField())) for grain in Grain.values)
)


def _in_company_zone(period):
    """When a period really begins, which is kept as its day's midnight in UTC; see `periods.moment_of`."""
    for zone in ("UTC", settings.TIME_ZONE):
        period = Func(Value(zone), period, function="timezone", output_field=models.DateTimeField())
    return period


class KpiQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """KPIs of the person's own teams, and those the person owns; product ops edits all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(owner=user))

    def live(self):
        return self.exclude(status=KpiStatus.DEPRECATED)

    def flagged(self):
        """Those with an open incident."""
        return self.filter(Exists(Incident.objects.open().filter(kpi=OuterRef("pk"))))

    def with_hold(self, at):
        """Each with `is_held`: somebody holds its data back from decisions."""
        return self.annotate(is_held=Exists(Hold.objects.in_force(at).filter(kpi=OuterRef("pk"))))

    def stale(self, at):
        """Those whose next value is overdue; see `periods.due_after`."""
        last = Point.objects.main().filter(kpi=OuterRef("pk")).order_by("-period").values("period")[:1]
        ended = ExpressionWrapper(F("last_period") + _TWO_PERIODS, models.DateTimeField())
        due = ExpressionWrapper(
            Case(When(grain=Grain.HOUR, then=ended), default=_in_company_zone(ended))
            + F("freshness_hours") * Value(dt.timedelta(hours=1)),
            models.DateTimeField(),
        )
        return self.annotate(last_period=Subquery(last), due=due).filter(due__lt=at)

    def for_list(self):
        return self.select_related("owner", "team").fetch_mode(STRICT_FETCH)

    def verification(self, state, day, soon):
        """Approved ones by how their verification stands on `day`; "due" ends by `soon` or is missing."""
        approved = self.filter(status=KpiStatus.APPROVED)
        return {
            "verified": approved.filter(verified_until__gte=day),
            "due": approved.filter(Q(verified_until=None) | Q(verified_until__lte=soon)),
            "over": approved.filter(verified_until__lt=day),
            "never": approved.filter(verified_until=None),
        }[state]

    def for_page(self):
        joined = ("owner", "team", "area", "approved_by", "defined_by", "verified_by", "successor")
        return self.select_related(*joined, "live_version", "count_version").fetch_mode(STRICT_FETCH)

    def with_standing(self, day):
        """Beside `for_page()`, in the same query: other names, the target in force, changes that wait."""
        here = {"kpi": OuterRef("pk")}
        names = KpiAlias.objects.filter(**here).order_by("name").values("name")
        target = KpiTarget.objects.filter(**here, effective_from__lte=day).order_by("-effective_from")
        said = JSONObject(value="value", low="low", high="high")
        change = JSONObject(number="number", author="author__name", at="proposed_at", note="note")
        changes = KpiVersion.objects.open().filter(**here).order_by("number")
        return self.annotate(
            other_names=ArraySubquery(names),
            target=Subquery(target.values(said=said)[:1]),
            waiting_changes=ArraySubquery(changes.values(said=change)),
        )


@pghistory.track()
class Kpi(models.Model):
    """One metric. Its slug never changes and, since no KPI is ever deleted, is never another's.

    A value counts in `unit`: percent as 61.4 for 61.4 %, money in `currency`. It is due `freshness_hours`
    after its period has ended, and badly late after `freshness_error_hours` (twice that where null).

    What its versions govern (`SAID` in models/version.py) stands here as the live version says it, or before
    any approval as the draft does; the services alone write it. `live_version` is null until the first
    approval. `count_version` is never null once the KPI is defined: the version by whose counting values come
    in and that whatever cites the KPI pins, so the live one, or where that only changed words the one before.
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
    freshness_error_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    dimensions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
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

    live_version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    count_version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    status_note = models.CharField(max_length=500, blank=True, editable=False)  # why drifted or deprecated
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="predecessors"
    )
    verified_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_until = models.DateField(null=True, blank=True, editable=False)
    reminded_of = models.DateField(null=True, blank=True, editable=False)  # the `verified_until` asked about

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
            both_or_neither("verified_by", "verified_at", name="kpi_verified_pair"),
            both_or_neither("verified_by", "verified_until", name="kpi_verified_until"),
            models.CheckConstraint(
                condition=~Q(status__in=(KpiStatus.APPROVED, KpiStatus.DRIFTED))
                | Q(approved_at__isnull=False),
                name="kpi_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(status=KpiStatus.DEPRECATED) & ~Q(successor=F("pk")),
                name="kpi_successor_of_deprecated",
            ),
            models.CheckConstraint(
                condition=Q(unit=Unit.MONEY, currency__regex=r"^[A-Z]{3}$")
                | (~Q(unit=Unit.MONEY) & Q(currency="")),
                name="kpi_money_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(freshness_hours__range=(1, 2400)), name="kpi_freshness_sensible"
            ),
            models.CheckConstraint(
                condition=Q(freshness_error_hours=None)
                | Q(freshness_error_hours__gte=F("freshness_hours"), freshness_error_hours__lte=4800),
                name="kpi_freshness_error_later",
            ),
            models.UniqueConstraint(
                fields=["tier"],
                condition=Q(tier=KpiTier.NORTH_STAR) & ~Q(status=KpiStatus.DEPRECATED),
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
        return periods.in_words(period, self.grain, company_zone())

    def period_of(self, at):
        """The period that is going on at `at` where the company is."""
        return periods.start_of(at, self.grain, settings.WEEK_STARTS_ON, company_zone())

    def due_after(self, period):
        """When the value that follows the one of `period` is due."""
        return periods.due_after(period, self.grain, self.freshness_hours, company_zone())

    def fails_after(self, period):
        """When the value that follows the one of `period` is badly late."""
        hours = self.freshness_error_hours or 2 * self.freshness_hours
        return periods.due_after(period, self.grain, hours, company_zone())

    def pinned_version_id(self):
        """The version that what cites this KPI now pins. Costs no query."""
        return self.count_version_id
