"""What lists of process can be narrowed by."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from process.models import Document, DocumentState, DocumentTemplate, Intent, KeyResult, Objective
from prodops.filters import ListFilter, TextFilter
from prodops.models import ProductArea, Team


class DocumentFilter(ListFilter):
    q = TextFilter("title")
    state = django_filters.ChoiceFilter(choices=DocumentState, empty_label="Any state")
    template = django_filters.ModelChoiceFilter(
        field_name="template_version__template",
        queryset=DocumentTemplate.objects.all(),
        to_field_name="slug",
        empty_label="Any template",
    )
    team = django_filters.ModelChoiceFilter(
        queryset=Team.objects.all(), to_field_name="slug", empty_label="Any team"
    )
    area = django_filters.ModelChoiceFilter(
        queryset=ProductArea.objects.all(), to_field_name="slug", empty_label="Any product area"
    )
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
    team = django_filters.ModelChoiceFilter(
        queryset=Team.objects.all(), to_field_name="slug", empty_label="Any team"
    )
    intent = django_filters.ChoiceFilter(choices=Intent, empty_label="Any intent")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Mine"), ("my_teams", "My teams'")],
        method="filter_whose",
        label="Whose",
        empty_label="Anybody's",
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
