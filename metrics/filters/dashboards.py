"""The filters of the catalogue of dashboards."""

import django_filters

from metrics.filters import DownloadFilter
from metrics.models.dashboard import UNUSED_AFTER, DashboardState
from prodops.comboboxes import ThingFilter, ThingInput
from prodops.filters import TextFilter

SHOWN = [
    ("mine", "Mine"),
    ("boards", "Boards in Prodops"),
    ("stale", "Stale"),
    ("broken", "Link broken"),
    ("unused", f"Opened by nobody in {UNUSED_AFTER.days} days"),
    ("unowned", "Without an owner"),
    ("archived", "Archived"),
]


class DashboardFilter(DownloadFilter):
    """Filters dashboards; archived ones only where asked for."""

    q = TextFilter("name", "purpose", "audience", "tool")
    show = django_filters.ChoiceFilter(
        choices=SHOWN, method="by_show", empty_label="All in use", label="Show"
    )
    tool = django_filters.ChoiceFilter(field_name="tool", empty_label="Any tool", label="Tool")
    team = django_filters.ChoiceFilter(field_name="team_id", empty_label="Any team", label="Team")
    owner = django_filters.ChoiceFilter(field_name="owner_id", empty_label="Any owner", label="Owner")
    kpi = ThingFilter("kpi", method="by_kpi", label="KPI")
    kpi.extra["widget"] = ThingInput({"placeholder": "Any KPI", "class": "sm"})
    sort = django_filters.OrderingFilter(
        fields=[("name", "name"), ("used_by", "used"), ("verified_until", "due"), ("added_at", "added")],
        choices=[
            ("name", "By name"),
            ("-used", "Most used"),
            ("due", "Review due first"),
            ("-added", "Newest"),
        ],
        empty_label="Sort",
        label="Sort",
    )

    def __init__(self, data, queryset, *, facets, at, request):
        super().__init__(data, queryset.order_by("name", "pk"), request=request)
        self.at = at
        self.filters["tool"].extra["choices"] = facets.tools
        self.filters["team"].extra["choices"] = facets.teams
        self.filters["owner"].extra["choices"] = facets.owners

    def by_show(self, queryset, name, value):
        if value == "archived":
            return queryset.filter(state=DashboardState.ARCHIVED)
        narrowed = {
            "mine": lambda: queryset.filter(owner=self.request.user),
            "boards": queryset.boards,
            "stale": lambda: queryset.stale(self.at),
            "broken": queryset.broken,
            "unused": lambda: queryset.unused(self.at),
            "unowned": queryset.unowned,
        }
        return narrowed[value]()

    def by_kpi(self, queryset, name, kpi):
        return queryset.showing(kpi)

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("show")
        return found if asked == "archived" else found.active()
