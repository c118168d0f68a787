"""What research lists can be narrowed by; all of it stands in the address."""

import datetime as dt

import django_filters
from django import forms
from django.utils import timezone

from prodops.comboboxes import ThingFilter
from prodops.filters import AmongFilter, ListFilter, TextFilter
from prodops.forms import DateInput
from prodops.models import ProductArea, Segment, Team
from research.models import (
    Confidence,
    Highlight,
    Insight,
    InsightStatus,
    Method,
    Session,
    SessionKind,
    SpeakerRole,
    Study,
    StudyStatus,
)
from research.queries import standing
from research.synthesis.badges import Flag


class StudyFilter(ListFilter):
    typed = "research.study"
    q = TextFilter("title", "question", "summary")
    method = django_filters.ChoiceFilter(choices=Method, empty_label="Any method", label="Method")
    area = AmongFilter(ProductArea, key="pk", empty_label="Any area", label="Area")
    team = AmongFilter(Team, key="pk", empty_label="Any team", label="Team")
    status = django_filters.ChoiceFilter(choices=StudyStatus, empty_label="Any status", label="Status")
    sort = django_filters.OrderingFilter(
        fields=[("started_on", "started"), ("title", "title")],
        field_labels={"started_on": "Started", "title": "Title"},
        empty_label="Sort",
        label="Sort",
    )

    class Meta:
        model = Study
        fields: list = []


class SessionFilter(ListFilter):
    typed = "research.session"
    q = TextFilter("title", "participant__name", "participant__account__name", "study__title")
    study = ThingFilter("study", label="Study")
    kind = django_filters.ChoiceFilter(choices=SessionKind, empty_label="Any kind", label="Kind")
    method = django_filters.ChoiceFilter(
        field_name="study__method", choices=Method, empty_label="Any method", label="Method"
    )
    segment = django_filters.ChoiceFilter(
        field_name="participant__account__segment",
        choices=Segment,
        empty_label="Any segment",
        label="Segment",
    )
    since = django_filters.DateFilter(
        field_name="held_on", lookup_expr="gte", label="Held since", widget=DateInput()
    )
    until = django_filters.DateFilter(
        field_name="held_on", lookup_expr="lte", label="Held until", widget=DateInput()
    )
    sort = django_filters.OrderingFilter(
        fields=[("held_on", "held"), ("title", "title")],
        field_labels={"held_on": "Date", "title": "Title"},
        empty_label="Sort",
        label="Sort",
    )

    class Meta:
        model = Session
        fields: list = []


class HighlightFilter(ListFilter):
    q = TextFilter("quote", "session__participant__name", "session__participant__account__name")
    tag = ThingFilter("tag", field_name="tags", label="Tag")
    study = ThingFilter("study", field_name="session__study", label="Study")
    segment = django_filters.ChoiceFilter(
        field_name="session__participant__account__segment",
        choices=Segment,
        empty_label="Any segment",
        label="Segment",
    )
    since = django_filters.DateFilter(
        field_name="session__held_on", lookup_expr="gte", label="Said since", widget=DateInput()
    )
    until = django_filters.DateFilter(
        field_name="session__held_on", lookup_expr="lte", label="Said until", widget=DateInput()
    )
    role = django_filters.ChoiceFilter(
        choices=SpeakerRole, method="said_by", empty_label="Anybody", label="Who says it"
    )
    # kept in the address while evidence is chosen for an insight
    insight = django_filters.NumberFilter(method="unchanged", widget=forms.HiddenInput())

    def said_by(self, queryset, name, value):
        return queryset.said_by(value)

    def unchanged(self, queryset, name, value):
        return queryset

    class Meta:
        model = Highlight
        fields: list = []


class ReviewFilter(ListFilter):
    """Highlights that a correction of the text has touched."""

    q = TextFilter("quote", "quote_was", "session__title")
    what = django_filters.ChoiceFilter(
        choices=[("lost", "Lost its place"), ("changed", "Words changed")],
        method="touched",
        empty_label="Any",
        label="What happened",
    )
    study = ThingFilter("study", field_name="session__study", label="Study")
    session = django_filters.NumberFilter(label="Session", widget=forms.HiddenInput())

    def touched(self, queryset, name, value):
        return queryset.filter(**{"orphaned_at__isnull": value != "lost"})

    class Meta:
        model = Highlight
        fields: list = []


class TagHighlightFilter(HighlightFilter):
    """The same on the page of one tag."""

    tag = None  # type: ignore[assignment]  # the page is the tag's

    class Meta(HighlightFilter.Meta):
        pass


class InsightFilter(ListFilter):
    typed = "research.insight"
    q = TextFilter("title", "body")
    status = django_filters.ChoiceFilter(choices=InsightStatus, empty_label="Any status", label="Status")
    standing = django_filters.ChoiceFilter(
        choices=[*((flag.value, flag.label) for flag in Flag), ("clear", "Nothing to note")],
        empty_label="Any evidence",
        label="Evidence",
        method="by_flag",
    )
    confidence = django_filters.ChoiceFilter(
        choices=Confidence, empty_label="Any confidence", label="Confidence"
    )
    due = django_filters.ChoiceFilter(
        choices=[("overdue", "Overdue"), ("month", "Due within a month")],
        empty_label="Any review day",
        label="Review",
        method="by_review",
    )
    area = AmongFilter(ProductArea, key="pk", empty_label="Any area", label="Area")
    team = AmongFilter(Team, key="pk", empty_label="Any team", label="Team")
    sort = django_filters.OrderingFilter(
        fields=[("updated_at", "updated"), ("title", "title"), ("review_by", "review")],
        field_labels={"updated_at": "Changed", "title": "Title", "review_by": "Review day"},
        empty_label="Sort",
        label="Sort",
    )

    def by_flag(self, queryset, name, value):
        return queryset.filter(pk__in=standing.flagged(queryset, value, timezone.localdate()))

    def by_review(self, queryset, name, value):
        today = timezone.localdate()
        if value == "overdue":
            return queryset.overdue(today)
        until = today + dt.timedelta(days=31)
        return queryset.filter(status=InsightStatus.PUBLISHED, review_by__lte=until)

    class Meta:
        model = Insight
        fields: list = []
