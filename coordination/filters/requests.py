"""The filters of the request lists."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coordination.models import (
    Channel,
    Clock,
    ClockKind,
    RequesterState,
    RequestTag,
    State,
    Urgency,
    Voice,
    requester_state,
)
from coordination.queries import NO_ACCOUNT, RANKS, best_tier
from prodops.filters import AmongFilter, ListFilter, TextFilter
from prodops.models import CustomerAccount, ProductArea, Segment, Team, Tier

ORDERS = {
    "newest": ["-submitted_at", "-pk"],
    "age": ["submitted_at", "pk"],
    "arr": ["-arr_total", "-pk"],
    "accounts": ["-accounts_count", "-pk"],
    "stake": ["-stake_total", "-arr_total", "-pk"],
    "urgency": ["urgency", "-stake_total", "-pk"],
    "due": ["due_at", "-pk"],  # PostgreSQL puts those without a clock last
}


def by_clock(queryset, which, at):
    """Undecided requests by the clock that runs out first, or those of which a target was missed."""
    if which in ("overdue", "soon"):
        waiting = queryset.filter(state=State.NEW)
        if which == "overdue":
            return waiting.overdue(at)
        return waiting.filter(due_at__range=(at, at + timedelta(days=1))).exclude(snoozed_until__gt=at)
    kind = ClockKind.RESPONSE if which == "answered_late" else ClockKind.DECISION
    return queryset.filter(pk__in=Clock.objects.missed(at).filter(kind=kind).values("request"))


class Order(django_filters.ChoiceFilter):
    """One of a few named orders, each total; `default` where none is asked for."""

    def __init__(self, *, default, choices):
        self.default = default
        super().__init__(choices=choices, label="Sort", empty_label=dict(choices)[default])
        self.extra["choices"] = [(value, words) for value, words in choices if value != default]

    def filter(self, qs, value):
        return qs.order_by(*ORDERS[value or self.default])


def _area(**kwargs):
    return AmongFilter(ProductArea, null_label="No area yet", **kwargs)


class RequestFilter(ListFilter):
    q = TextFilter("title", "problem")
    state = django_filters.ChoiceFilter(choices=State, empty_label="Any state", label="State")
    area = _area(empty_label="Any area", label="Area")
    urgency = django_filters.ChoiceFilter(choices=Urgency, empty_label="Any urgency", label="Urgency")
    segment = django_filters.ChoiceFilter(
        choices=Segment, method="of_segment", empty_label="Any segment", label="Segment"
    )
    tag = AmongFilter(RequestTag, key="pk", field_name="tags", empty_label="Any tag", label="Tag")
    team = AmongFilter(
        Team,
        field_name="submitter_team",
        empty_label="Any team",
        label="Sent by team",
        null_label="Without a team",
    )
    tier = django_filters.ChoiceFilter(
        choices=[(tier.value, tier.label if tier != Tier.NONE else "No tier") for tier in reversed(RANKS)]
        + [(NO_ACCOUNT, "Without an account")],
        method="of_tier",
        empty_label="Any tier",
        label="Tier",
    )
    channel = AmongFilter(Channel, empty_label="Any channel", label="Channel", null_label="Request form")
    since = django_filters.DateFilter(method="sent_on_or_after", widget=forms.HiddenInput, label="Sent since")
    account = django_filters.ModelChoiceFilter(
        queryset=CustomerAccount.objects.all(),
        to_field_name="slug",
        method="of_account",
        widget=forms.HiddenInput,
        label="Account",
    )
    clock = django_filters.ChoiceFilter(
        choices=[
            ("overdue", "Overdue now"),
            ("soon", "Due within a day"),
            ("answered_late", "Answered late"),
            ("decided_late", "Decided late"),
        ],
        method="by_clock",
        empty_label="Any clock",
        label="Clock",
    )
    sort = Order(
        default="newest",
        choices=[
            ("newest", "Newest first"),
            ("age", "Oldest first"),
            ("arr", "Most ARR"),
            ("accounts", "Most accounts"),
            ("stake", "Most at stake"),
            ("urgency", "Most urgent"),
            ("due", "Due soonest"),
        ],
    )

    def by_clock(self, queryset, name, value):
        return by_clock(queryset, value, timezone.now())

    def of_tier(self, queryset, name, value):
        """By the best tier of its accounts, as the report on requests counts it."""
        queryset = queryset.alias(best=best_tier())
        if value == NO_ACCOUNT:
            return queryset.filter(best__isnull=True)
        return queryset.filter(best=[tier.value for tier in RANKS].index(value))

    def sent_on_or_after(self, queryset, name, value):
        return queryset.sent_since(value)

    def of_segment(self, queryset, name, value):
        return queryset.filter(_voiced(account__segment=value))

    def of_account(self, queryset, name, value):
        return queryset.filter(_voiced(account=value))


class MineFilter(ListFilter):
    q = TextFilter("title", "problem")
    state = django_filters.ChoiceFilter(
        choices=RequesterState, method="in_their_words", empty_label="Any state", label="State"
    )
    whose = django_filters.ChoiceFilter(
        choices=[("me", "Sent by me")], method="sent_by", empty_label="Me and my team", label="Whose"
    )
    news = django_filters.ChoiceFilter(
        choices=[("yes", "Changed since I looked")], method="with_news", empty_label="Any news", label="News"
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def sent_by(self, queryset, name, value):
        voiced = Voice.objects.filter(added_by=self.user).values("request")
        return queryset.filter(Q(submitter=self.user) | Q(pk__in=voiced))

    def in_their_words(self, queryset, name, value):
        return queryset.filter(state__in=[one for one in State if requester_state(one) == value])

    def with_news(self, queryset, name, value):
        return queryset.news()


class TriageFilter(ListFilter):
    q = TextFilter("title", "problem")
    scope = django_filters.ChoiceFilter(
        choices=[("all", "All areas")], method="in_scope", empty_label="My areas", label="Scope"
    )
    area = _area(empty_label="Any area", label="Area")
    urgency = django_filters.ChoiceFilter(choices=Urgency, empty_label="Any urgency", label="Urgency")
    tag = AmongFilter(RequestTag, key="pk", field_name="tags", empty_label="Any tag", label="Tag")
    show = django_filters.ChoiceFilter(
        choices=[("snoozed", "Put off")], method="in_scope", empty_label="Waiting", label="Show"
    )
    clock = django_filters.ChoiceFilter(
        choices=[("overdue", "Overdue"), ("soon", "Due within a day")],
        method="by_clock",
        empty_label="Any clock",
        label="Clock",
    )
    sort = Order(
        default="stake",
        choices=[
            ("stake", "Most at stake"),
            ("urgency", "Most urgent"),
            ("age", "Oldest first"),
            ("newest", "Newest first"),
            ("due", "Due soonest"),
        ],
    )

    def __init__(self, *args, user, at, **kwargs):
        self.user, self.at = user, at
        super().__init__(*args, **kwargs)

    def by_clock(self, queryset, name, value):
        return by_clock(queryset, value, self.at)

    def in_scope(self, queryset, name, value):
        return queryset  # both are applied below, since their absence means something too

    def filter_queryset(self, queryset):
        values = self.form.cleaned_data
        if values.get("scope") != "all":
            queryset = queryset.triageable_by(self.user)
        queryset = queryset.put_off(self.at) if values.get("show") == "snoozed" else queryset.waiting(self.at)
        return super().filter_queryset(queryset)


def _voiced(**conditions):
    voices = Voice.objects.filter(**conditions)
    return Exists(voices.filter(request=OuterRef("pk"))) | Exists(voices.filter(request__root=OuterRef("pk")))
