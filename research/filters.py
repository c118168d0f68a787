"""What research lists can be narrowed by; all of it stands in the address."""

import datetime as dt

import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import cached_property

from prodops.comboboxes import ThingFilter
from prodops.filters import AmongFilter, ListFilter, TextFilter
from prodops.forms import DateInput
from prodops.models import ProductArea, Segment, Team
from research.models import (
    Booking,
    BookingState,
    CameBy,
    Confidence,
    Highlight,
    Incentive,
    IncentiveState,
    Insight,
    InsightStatus,
    Method,
    Participant,
    Seat,
    Session,
    SessionKind,
    SpeakerRole,
    Study,
    StudyStatus,
    Tag,
)
from research.queries import panel, standing, tagging
from research.synthesis.badges import Flag
from research.synthesis.contact import State


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
    took_place = django_filters.ChoiceFilter(
        choices=[("yes", "Took place"), ("no", "Booked, nobody said so yet")],
        method="held",
        empty_label="Held or booked",
        label="Took place",
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

    def held(self, queryset, name, value):
        return queryset.held() if value == "yes" else queryset.to_be_said()

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


class StoredHighlightFilter(HighlightFilter):
    """A query that was kept, with the person it finds for in `request`.

    Tags that were merged since are what they became. As soon as a value fits nothing any more, nothing is
    found, and `problems` says why: the rest of the query would find what nobody asked for.
    """

    def __init__(self, data, queryset, *, request):
        data = data.copy()
        for tag in Tag.objects.filter(slug=data.get("tag", "").replace("\0", ""))[:1]:
            data["tag"] = tagging.current(tag).slug
        super().__init__(data, queryset, request=request)

    @cached_property
    def problems(self):
        """Why nothing can be found, in sentences."""
        said = [self._why(name) for name in self.form.errors]
        known = {*self.form.fields, *(f"{name}_text" for name in ("tag", "study"))}
        said += [
            f"Highlights are not narrowed down by “{name[:40]}”." for name in self.data if name not in known
        ]
        if not said and not any(self.form.cleaned_data.values()):
            said.append("It narrows the highlights down by nothing.")
        return said

    def _why(self, name):
        label = self.form.fields[name].label or name
        if isinstance(self.filters[name], ThingFilter):
            return f"{label}: what it asks for is not here any more, or you may not see it."
        return f"{label}: what it asks for does not fit any more."

    def filter_queryset(self, queryset):
        return queryset.none() if self.problems else super().filter_queryset(queryset)

    class Meta(HighlightFilter.Meta):
        pass


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


class CandidateFilter(ListFilter):
    q = TextFilter("name", "role", "account__name")
    segment = django_filters.ChoiceFilter(
        field_name="shown_segment", choices=Segment, empty_label="Any segment", label="Segment"
    )

    class Meta:
        model = Participant
        fields: list = []


class BookingFilter(ListFilter):
    q = TextFilter("recruit__participant__name", "recruit__participant__account__name", "study__title")
    state = django_filters.ChoiceFilter(choices=BookingState, empty_label="Any state", label="State")
    when = django_filters.ChoiceFilter(
        choices=[("today", "Today"), ("week", "The next 7 days"), ("unsaid", "Over, nobody has said how")],
        method="at_time",
        empty_label="Any time",
        label="When",
    )
    mine = django_filters.ChoiceFilter(
        choices=[("hosting", "I host"), ("observing", "I look on")],
        method="with_me",
        empty_label="Anybody's",
        label="Whose",
    )
    study = ThingFilter("study", label="Study")

    def at_time(self, queryset, name, value):
        now = timezone.now()
        if value == "unsaid":
            return queryset.filter(state=BookingState.BOOKED, ends_at__lt=now).order_by("starts_at", "pk")
        day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        ahead = dt.timedelta(days=1 if value == "today" else 7)
        return queryset.filter(starts_at__range=(day, day + ahead)).order_by("starts_at", "pk")

    def with_me(self, queryset, name, value):
        user = self.request.user
        if value == "observing":
            return queryset.filter(observers=user.pk)
        return queryset.filter(Exists(Seat.objects.filter(booking=OuterRef("pk"), host=user.pk, live=True)))

    class Meta:
        model = Booking
        fields: list = []


class PanelFilter(ListFilter):
    """People of the panel. Names are searched where `user` may read them; `at` is for contact states."""

    typed = "research.participant"
    q = django_filters.CharFilter(method="said", label="Search")
    state = django_filters.ChoiceFilter(
        choices=[(one.value, one.label) for one in State],
        method="standing",
        empty_label="Any state",
        label="State",
    )
    segment = django_filters.ChoiceFilter(
        field_name="shown_segment", choices=Segment, empty_label="Any segment", label="Segment"
    )
    came_by = django_filters.ChoiceFilter(
        choices=CameBy, empty_label="However they came", label="How they came"
    )
    account = ThingFilter("account", label="Account")
    sort = django_filters.OrderingFilter(
        fields=[("added_on", "added"), ("role", "role")],
        field_labels={"added_on": "Added", "role": "Role"},
        empty_label="Sort",
        label="Sort",
    )

    def __init__(self, *args, named, at, **kwargs):
        self.named, self.at = named, at
        super().__init__(*args, **kwargs)

    def said(self, queryset, name, value):
        fields = ("name", "role", "account__name") if self.named else ("role", "account__name")
        alias = value.strip().upper().removeprefix("P-")
        if alias.isascii() and alias.isdecimal() and len(alias) < 10:
            return queryset.filter(pk=int(alias))
        return TextFilter(*fields).filter(queryset, value)

    def standing(self, queryset, name, value):
        return panel.narrowed(queryset, value, at=self.at)

    class Meta:
        model = Participant
        fields: list = []


class IncentiveFilter(ListFilter):
    state = django_filters.ChoiceFilter(choices=IncentiveState, empty_label="Any state", label="State")
    study = ThingFilter("study", label="Study")
    since = django_filters.DateFilter(
        field_name="due_on", lookup_expr="gte", label="Due since", widget=DateInput()
    )
    until = django_filters.DateFilter(
        field_name="due_on", lookup_expr="lte", label="Due until", widget=DateInput()
    )
    paid_since = django_filters.DateFilter(
        field_name="paid_on", lookup_expr="gte", label="Paid since", widget=DateInput()
    )
    paid_until = django_filters.DateFilter(
        field_name="paid_on", lookup_expr="lte", label="Paid until", widget=DateInput()
    )

    class Meta:
        model = Incentive
        fields: list = []
