"""The filters of the pairs that may be one KPI."""

import django_filters
from django.db.models import Q

from metrics.models import ConflictKind
from prodops.filters import ListFilter, TextFilter

STATES = [
    ("reopened", "Opened again"),
    ("different", "Settled: different"),
    ("merged", "Settled: merged"),
    ("settled", "Settled"),
    ("all", "All"),
]


class ConflictFilter(ListFilter):
    """Filters pairs; the open ones where no state is asked for."""

    q = TextFilter("first__name", "second__name")
    kind = django_filters.ChoiceFilter(choices=ConflictKind, empty_label="Any kind", label="Kind")
    state = django_filters.ChoiceFilter(
        choices=STATES, method="by_state", empty_label="To settle", label="State"
    )
    team = django_filters.ChoiceFilter(method="by_team", empty_label="Any team", label="Team")
    mine = django_filters.ChoiceFilter(
        choices=[("yes", "Of KPIs I own")], method="by_owner", empty_label="Anybody’s", label="Whose"
    )

    def __init__(self, data, queryset, *, teams, request):
        super().__init__(data, queryset, request=request)
        self.filters["team"].extra["choices"] = teams

    def by_state(self, queryset, name, value):
        if value == "reopened":
            return queryset.open().filter(before__isnull=False)
        if value == "settled":
            return queryset.filter(verdict__isnull=False)
        if value == "different":
            return queryset.filter(verdict__ruling="different")
        if value == "merged":
            return queryset.filter(verdict__ruling__in=("merged", "aliased"))
        return queryset

    def by_team(self, queryset, name, value):
        return queryset.filter(Q(first__team=value) | Q(second__team=value))

    def by_owner(self, queryset, name, value):
        user = self.request.user
        return queryset.filter(Q(first__owner=user) | Q(second__owner=user))

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.open()
