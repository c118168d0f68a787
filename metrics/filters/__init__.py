"""The filters of the KPI list; those of other lists stand beside it."""

import datetime as dt

import django_filters
from django.conf import settings
from django.db.models import Case, OuterRef, StringAgg, Subquery, Value, When

from metrics.models import KpiAlias, KpiStatus, KpiTier
from metrics.queries import governance
from prodops.clock import company_day
from prodops.filters import ListFilter, TextFilter

STATES = [
    *KpiStatus.choices,
    ("flagged", "With open incidents"),
    ("stale", "Stale"),
]
VERIFICATION = [
    ("verified", "Verified"),
    ("due", "To verify"),
    ("over", "Verification over"),
    ("never", "Never verified"),
]
TIER_ORDER = Case(*(When(tier=tier, then=Value(place)) for place, tier in enumerate(KpiTier.values)))


class DownloadFilter(ListFilter):
    """A list that is also a file."""

    @property
    def csv_query(self):
        """The link to what is found, as CSV."""
        params = self.data.copy()
        params["format"] = "csv"
        return f"?{params.urlencode()}"


class KpiFilter(DownloadFilter):
    """Filters KPIs; deprecated ones only where asked for. Teams and owners are those that `facets` found."""

    q = TextFilter("name", "meaning", "slug", "also_called")
    team = django_filters.ChoiceFilter(field_name="team_id", empty_label="Any team", label="Team")
    tier = django_filters.ChoiceFilter(choices=KpiTier, empty_label="Any tier", label="Tier")
    state = django_filters.ChoiceFilter(
        choices=STATES, method="by_state", empty_label="Any state", label="State"
    )
    owner = django_filters.ChoiceFilter(field_name="owner_id", empty_label="Any owner", label="Owner")
    verification = django_filters.ChoiceFilter(
        choices=VERIFICATION, method="by_verification", empty_label="Verified or not", label="Verification"
    )
    problem = django_filters.ChoiceFilter(
        choices=[(key, title) for key, (title, _) in governance.PROBLEMS.items()],
        method="by_problem",
        empty_label="Any governance",
        label="Governance",
    )
    sort = django_filters.OrderingFilter(
        fields=[("tier_order", "tier"), ("name", "name"), ("defined_at", "defined")],
        choices=[("tier", "By tier"), ("name", "By name"), ("-defined", "Newest definition")],
        empty_label="Sort",
        label="Sort",
    )

    def __init__(self, data, queryset, *, facets, at):
        aliases = (
            KpiAlias.objects.filter(kpi=OuterRef("pk"))
            .values("kpi")
            .annotate(all=StringAgg("name", Value(" ")))
        )
        named = queryset.annotate(tier_order=TIER_ORDER, also_called=Subquery(aliases.values("all")))
        super().__init__(data, named.order_by("tier_order", "name", "pk"))
        self.at = at
        self.filters["team"].extra["choices"] = facets.teams
        self.filters["owner"].extra["choices"] = facets.owners

    def by_state(self, queryset, name, value):
        if value == "flagged":
            return queryset.live().flagged()
        if value == "stale":
            return queryset.live().stale(self.at)
        return queryset.filter(status=value)

    def by_verification(self, queryset, name, value):
        day = company_day(self.at)
        soon = day + dt.timedelta(days=settings.KPI_VERIFY_NOTICE_DAYS)
        return queryset.verification(value, day, soon)

    def by_problem(self, queryset, name, value):
        return governance.with_problem(queryset, value, self.at)

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        found = found.order_by(*found.query.order_by, "pk")
        return found if self.form.cleaned_data.get("state") else found.live()
