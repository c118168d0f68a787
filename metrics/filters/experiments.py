"""The filters of the experiment list and of the learning library."""

import django_filters
from django import forms
from django.db.models import F

from metrics.models import ExperimentRuling, ExperimentState, Method
from prodops.filters import AmongFilter, TextFilter
from prodops.models import ProductArea, Team

from . import DownloadFilter


class ExperimentFilter(DownloadFilter):
    """Filters experiments; dropped ideas only where they are asked for."""

    q = TextFilter("title", "key", "because", "change", "kpis__kpi__name", label="Search")
    state = django_filters.ChoiceFilter(
        choices=[*ExperimentState.choices, ("doubted", "Question open again"), ("any", "Any state")],
        method="by_state",
        empty_label="Not dropped",
        label="State",
    )
    ruling = django_filters.ChoiceFilter(
        choices=[one for one in ExperimentRuling.choices if one[0] != ExperimentRuling.KEEP_RUNNING],
        method="by_ruling",
        empty_label="Any decision",
        label="Decision",
    )
    team = AmongFilter(Team, field_name="team", empty_label="Any team", label="Team")
    area = AmongFilter(ProductArea, field_name="area", empty_label="Any area", label="Area")
    method = django_filters.ChoiceFilter(choices=Method, empty_label="Any method", label="Method")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("review", "Waiting for my review")],
        method="by_whose",
        empty_label="Anybody’s",
        label="Whose",
    )
    kpi = django_filters.CharFilter(field_name="kpis__kpi__slug", label="KPI", widget=forms.HiddenInput)
    surface = django_filters.CharFilter(method="by_surface", label="Surface", widget=forms.HiddenInput)
    sort = django_filters.OrderingFilter(
        fields=[("updated_at", "updated"), ("started_on", "started"), ("title", "title")],
        choices=[("-updated", "Last changed"), ("-started", "Last started"), ("title", "By title")],
        empty_label="Sort",
        label="Sort",
    )

    def __init__(self, data, queryset, *, user):
        super().__init__(data, queryset)
        self.user = user

    def by_state(self, queryset, name, value):
        if value == "any":
            return queryset
        return queryset.doubted() if value == "doubted" else queryset.filter(state=value)

    def by_ruling(self, queryset, name, value):
        return queryset.filter(decisions__ruling=value, decisions__state="stands")

    def by_surface(self, queryset, name, value):
        return queryset.filter(surfaces__contains=[value[:60].lower()])

    def by_whose(self, queryset, name, value):
        if value == "mine":
            return queryset.filter(owner=self.user)
        return queryset.filter(decisions__state="waiting").exclude(
            decisions__state="waiting", decisions__by=self.user
        )

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset).distinct()
        if self.form.cleaned_data.get("state"):
            return found
        return found.exclude(state=ExperimentState.DROPPED)


class LearningFilter(DownloadFilter):
    """Filters learnings; withdrawn ones only where they are asked for."""

    q = TextFilter("title", "body", "experiments__experiment__title", label="Search")
    area = AmongFilter(ProductArea, field_name="area", empty_label="Any area", label="Area")
    team = AmongFilter(Team, field_name="team", empty_label="Any team", label="Team")
    evidence = django_filters.ChoiceFilter(
        choices=[("contested", "Contested"), ("firm", "Nothing against it"), ("withdrawn", "Withdrawn")],
        method="by_evidence",
        empty_label="Holding",
        label="Evidence",
    )

    def by_evidence(self, queryset, name, value):
        if value == "withdrawn":
            return queryset.exclude(withdrawn_at=None)
        held = queryset.standing()
        if value == "contested":
            return held.filter(contradicting__gt=0)
        return held.filter(contradicting=0, supporting__gt=F("contradicting"))

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset).distinct()
        return found if self.form.cleaned_data.get("evidence") else found.standing()
