"""The filters of the roadmap and of promises."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Exists, OuterRef

from coordination.models import COMING, ItemState, Message, PromiseState, RoadmapLink
from prodops.filters import AmongFilter, ListFilter, TextFilter
from prodops.models import CustomerAccount, ProductArea


class RoadmapFilter(ListFilter):
    q = TextFilter("title", "public_words")
    state = django_filters.ChoiceFilter(choices=ItemState, empty_label="Any state", label="State")
    area = AmongFilter(ProductArea, null_label="No area yet", empty_label="Any area", label="Area")
    told = django_filters.ChoiceFilter(
        choices=[("no", "Shipped, nobody told")], method="not_told", empty_label="Told or not", label="Told"
    )

    def not_told(self, queryset, name, value):
        """Shipped ones that requests are linked to, and of which nobody was told."""
        told = Message.objects.filter(item=OuterRef("pk"))
        linked = RoadmapLink.objects.filter(item=OuterRef("pk"))
        return queryset.filter(Exists(linked), ~Exists(told), state=ItemState.SHIPPED)


class ComingFilter(ListFilter):
    """The roadmap as those who asked read it."""

    q = TextFilter("public_words")
    state = django_filters.ChoiceFilter(
        choices=[(state.value, state.label) for state in COMING], empty_label="Any state", label="State"
    )
    whose = django_filters.ChoiceFilter(
        choices=[("me", "What we asked for")], method="asked", empty_label="Whoever asked", label="Asked for"
    )

    def asked(self, queryset, name, value):
        return queryset.filter(asked_for=True)


class PromiseFilter(ListFilter):
    q = TextFilter("words", "account__name")
    state = django_filters.ChoiceFilter(
        choices=[("all", "All"), ("kept", "Kept"), ("broken", "Broken")],
        method="in_state",
        empty_label="Open",
        label="State",
    )
    due = django_filters.ChoiceFilter(
        choices=[("past", "Past its day"), ("soon", "Due within 14 days"), ("warned", "In danger")],
        method="when_due",
        empty_label="Due any day",
        label="Due",
    )
    whose = django_filters.ChoiceFilter(
        choices=[("me", "Made by me"), ("accounts", "To my accounts")],
        method="made_by_me",
        empty_label="Anybody's",
        label="Whose",
    )
    account = django_filters.ModelChoiceFilter(
        queryset=CustomerAccount.objects.all(),
        to_field_name="slug",
        widget=forms.HiddenInput,
        label="Account",
    )

    def __init__(self, *args, user, today, **kwargs):
        self.user, self.today = user, today
        super().__init__(*args, **kwargs)

    def in_state(self, queryset, name, value):
        return queryset  # applied below, since its absence means something too

    def when_due(self, queryset, name, value):
        if value == "warned":
            return queryset.exclude(warning="")
        days = {"past": (None, self.today - timedelta(1)), "soon": (self.today, self.today + timedelta(14))}
        after, until = days[value]
        queryset = queryset.filter(due_on__lte=until)
        return queryset.filter(due_on__gte=after) if after else queryset

    def made_by_me(self, queryset, name, value):
        return (
            queryset.filter(made_by=self.user) if value == "me" else queryset.filter(account__owner=self.user)
        )

    def filter_queryset(self, queryset):
        state = self.form.cleaned_data.get("state")
        if state != "all":
            queryset = queryset.filter(state=state or PromiseState.OPEN)
        return super().filter_queryset(queryset)
