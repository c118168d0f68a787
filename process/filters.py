"""What lists of process can be narrowed by."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from process.models import Document, DocumentState, DocumentTemplate, Intent, KeyResult, Objective
from prodops.filters import AmongFilter, ListFilter, TextFilter
from prodops.models import ProductArea, Team


class DocumentFilter(ListFilter):
    q = TextFilter("title")
    state = django_filters.ChoiceFilter(choices=DocumentState, empty_label="Any state")
    template = AmongFilter(
        DocumentTemplate,
        field_name="template_version__template",
        empty_label="Any template",
        label="Template",
    )
    team = AmongFilter(Team, empty_label="Any team", label="Team")
    area = AmongFilter(ProductArea, empty_label="Any product area", label="Product area")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Mine")], method="filter_whose", label="Whose", empty_label="Anybody's"
    )
    sort = django_filters.OrderingFilter(
        fields=[("updated_at", "updated"), ("title", "title")],
        choices=[("-updated", "Newest change first"), ("updated", "Oldest change first"), ("title", "Title")],
        empty_label="Sort",
        label="Sort",
    )

    class Meta:
        model = Document
        fields: list = []
        form = forms.Form

    def filter_whose(self, queryset, name, value):
        return queryset.filter(owner=self.request.user) if value == "mine" else queryset


class ObjectiveFilter(ListFilter):
    q = TextFilter("title", "why")
    team = AmongFilter(Team, empty_label="Any team", label="Team")
    intent = django_filters.ChoiceFilter(choices=Intent, empty_label="Any intent")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("my_teams", "My teams'")],
        method="filter_whose",
        label="Whose",
        empty_label="Anybody's",
    )
    archived = django_filters.ChoiceFilter(
        choices=[("yes", "Archived")], method="filter_archived", label="Archived", empty_label="Not archived"
    )

    class Meta:
        model = Objective
        fields: list = []
        form = forms.Form

    def filter_whose(self, queryset, name, value):
        user = self.request.user
        if value == "my_teams":
            return queryset.filter(team__in=user.team_ids)
        answered_for = KeyResult.objects.filter(objective=OuterRef("pk"), owner=user)
        return queryset.filter(Q(owner=user) | Exists(answered_for))

    def filter_archived(self, queryset, name, value):
        return queryset  # `filter_queryset` asks, since without a value too it leaves some out

    def filter_queryset(self, queryset):
        wanted = self.form.cleaned_data.get("archived") == "yes"
        return super().filter_queryset(queryset).filter(archived_at__isnull=not wanted)
