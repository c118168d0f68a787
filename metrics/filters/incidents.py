"""The filters of the incident list and of the decisions."""

import datetime as dt

import django_filters
from django import forms

from metrics.models import DecisionState, IncidentState, Severity, Way
from metrics.stats import periods
from prodops.filters import TextFilter

from . import DownloadFilter

DAY = forms.DateInput({"type": "date"})
OPEN_STATES = [one for one in IncidentState.choices if one[0] != IncidentState.RESOLVED]


class IncidentFilter(DownloadFilter):
    """Filters incidents; those that are open and not put off where no state is asked for."""

    q = TextFilter("kpi__name", "what", "comment")
    state = django_filters.ChoiceFilter(
        choices=[*OPEN_STATES, ("snoozed", "Snoozed"), ("resolved", "Resolved"), ("any", "Any state")],
        method="by_state",
        empty_label="Open",
        label="State",
    )
    severity = django_filters.ChoiceFilter(choices=Severity, empty_label="Any severity", label="Severity")
    way = django_filters.ChoiceFilter(choices=Way, empty_label="Any kind", label="Kind")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Waiting for me"), ("nobody", "Nobody’s yet")],
        method="by_whose",
        empty_label="Anybody’s",
        label="Whose",
    )
    team = django_filters.ChoiceFilter(field_name="kpi__team_id", empty_label="Any team", label="Team")
    day = django_filters.DateFilter(
        method="by_day", label="Began on", widget=forms.DateInput({"type": "date"})
    )
    sort = django_filters.OrderingFilter(
        fields=[("window_from", "began"), ("severity", "severity"), ("opened_at", "opened")],
        choices=[("-began", "Newest"), ("-severity", "Gravest"), ("opened", "Longest open")],
        empty_label="Sort",
        label="Sort",
    )

    def __init__(self, data, queryset, *, facets, user, at):
        super().__init__(data, queryset)
        self.user, self.at = user, at
        self.filters["team"].extra["choices"] = facets.teams

    def by_state(self, queryset, name, value):
        if value == "any":
            return queryset
        if value == "snoozed":
            return queryset.open().filter(snoozed_until__gt=self.at)
        return queryset.filter(state=value)

    def by_whose(self, queryset, name, value):
        if value == "mine":
            return queryset.waiting_for(self.user, self.at)
        return queryset.filter(assignee=None)

    def by_day(self, queryset, name, value):
        first = periods.midnight(value)
        return queryset.filter(window_from__gte=first, window_from__lt=first + dt.timedelta(days=1))

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.awake(self.at)


class DecisionFilter(DownloadFilter):
    """Filters decisions."""

    q = TextFilter("title", "text", "kpis__kpi__name")
    state = django_filters.ChoiceFilter(choices=DecisionState, empty_label="Any state", label="State")
    about = django_filters.ChoiceFilter(
        choices=[("again", "To look at again"), ("overridden", "On data in quarantine"), ("mine", "Mine")],
        method="by_about",
        empty_label="All decisions",
        label="Show",
    )

    kpi = django_filters.CharFilter(field_name="kpis__kpi__slug", label="KPI", widget=forms.HiddenInput)

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset)
        self.user = user

    def by_about(self, queryset, name, value):
        if value == "again":
            return queryset.to_look_at()
        return queryset.filter(by=self.user) if value == "mine" else queryset.exclude(override_reason="")

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).distinct()
